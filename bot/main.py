"""The composition root: the one place that chooses. Local facade, channels or their simulators, understanding, worker; the ASGI application."""

from __future__ import annotations

import asyncio
import contextlib
import math
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from backend.facade.local import LocalFacade
from backend.foundation import encryption
from backend.kit.house import House
from backend.kit.logging import say
from backend.kit.outage import DatabaseAway, outlast
from backend.kit.reviving import keep_running
from backend.kit.unit_of_work import SYSTEM
from backend.main import make_backend
from backend.money.payment_gateway.simulator import make_simulator
from backend.money.payment_gateway.simulator.app import Simulator
from backend.opening import Opened, opened
from backend.wiring import backend_wiring
from backend.worker import run_worker, working
from bot import webhooks
from bot.actions import shapes
from bot.channels.registry import Channels, build_channels
from bot.delivery import Delivery
from bot.desk import STALLED_AFTER, Desk
from bot.engine import load_flows
from bot.flow_commands import FOLDER as FLOWS
from bot.migrations import VERSIONS
from bot.notices import Notices, NoticeTexts
from bot.runner import Runner
from bot.settings import BotSettings
from bot.simulator import Ledger, SimulatedTelegram, SimulatedTwilio, make_chat_simulator
from bot.store import Store
from bot.texts import translations
from bot.understanding.builtin import BuiltIn
from bot.understanding.cascade import Cascade, keep_watch
from bot.understanding.rasa import Rasa
from bot.understanding.sidecar import keep_beside
from bot.wiring import bot_wiring

KEEP_ALIVE_S = 30
SHUTDOWN_S = 20
NOTICE_PAUSE_S = 0.2


@dataclass
class Bot:
    """The bot of a process: its desk, and the parts others look at."""

    desk: Desk
    understanding: Cascade
    store: Store
    channels: Channels
    facade: LocalFacade
    notices: Notices


def build_bot(house: House, settings: BotSettings) -> Bot:
    """The bot over a ready house; completes the house's wiring with the bot's page."""
    store = Store(house)
    channels = build_channels(settings, store)
    facade = LocalFacade(house)
    understanding = Cascade(BuiltIn.load())
    runner = Runner(
        store, facade, load_flows(FLOWS, shapes(), translations), understanding, lambda: house.clock(), call_timeout_s=settings.call_timeout_s, turn_timeout_s=settings.turn_timeout_s
    )
    desk = Desk(store, channels, runner, Delivery(store, channels, NoticeTexts(facade)), settings.intake_batch)

    async def send_soon() -> None:
        await asyncio.sleep(NOTICE_PAUSE_S)  # the unit that queued the notice is kept by then
        await desk.sweep_outgoing()

    notices = Notices(store, facade, channels, after=lambda: desk.spawn(send_soon()))
    bot = Bot(desk, understanding, store, channels, facade, notices)
    house.rewired(backend_wiring().joined(bot_wiring(lambda: bot.desk, lambda: bot.notices)))
    return bot


def make_app(house: House, bot: Bot, **options: Any) -> FastAPI:
    """The web application: the backend's, and the bot's webhooks."""
    app = make_backend(house, **options)
    app.state.desk = bot.desk
    app.state.health["understanding"] = lambda: "built-in and Rasa" if bot.understanding.rasa else "built-in"
    app.include_router(webhooks.router)
    return app


def simulated(settings: BotSettings, house: House) -> BotSettings:
    """The settings with the demo's own simulators wherever no account is given."""
    made, base = house.secrets.made, house.settings.public_url
    changes: dict[str, Any] = {"public_url": base}
    if not settings.twilio_account_sid:
        changes |= {
            "twilio_account_sid": "AC" + "0" * 32,
            "twilio_auth_token": SecretStr(made["twilio_auth_token"]),
            "twilio_whatsapp_from": "+14155550100",
            "twilio_sms_from": "+14155550101",
            "twilio_api_base_url": f"{base}/simulator/twilio",
        }
    if not settings.telegram_bot_token.get_secret_value():
        changes |= {
            "telegram_bot_token": SecretStr(f"100000:{made['telegram_secret_token']}"),
            "telegram_secret_token": SecretStr(made["telegram_secret_token"]),
            "telegram_api_base_url": f"{base}/simulator/telegram",
        }
    return settings.model_copy(update=changes)


@dataclass
class Simulators:
    """The providers' stand-ins of a process."""

    ledger: Ledger
    twilio: SimulatedTwilio
    telegram: SimulatedTelegram
    payments: Simulator


def add_simulators(app: FastAPI, house: House, settings: BotSettings) -> Simulators:
    """Mount the chat providers' and the payment provider's stand-ins."""
    from backend.demo import people

    base, ledger = house.settings.public_url, Ledger()
    twilio = SimulatedTwilio(settings.twilio_account_sid, settings.twilio_auth_token.get_secret_value(), base, base, ledger)
    telegram = SimulatedTelegram(settings.telegram_bot_token.get_secret_value(), settings.telegram_secret_token.get_secret_value(), base, ledger)

    async def list_people() -> list[dict[str, Any]]:
        async with house.open(SYSTEM) as uow:
            return await people(uow)

    make_chat_simulator(app, twilio, telegram, ledger, list_people)
    secret = house.settings.payment_simulator_secret.get_secret_value() or house.secrets.made["payment_simulator_secret"]
    root = f"{base}/payments-simulator"
    payments = make_simulator(secret, f"{base}/webhooks/payments/simulator", root=root, ledger_path=house.settings.data_dir / "payments-simulator.json")
    app.mount("/payments-simulator", payments)
    return Simulators(ledger, twilio, telegram, payments.state.simulator)


async def run_server(app: FastAPI, host: str, port: int, over: asyncio.Event, ready: Any = None) -> None:
    """Serve until SIGTERM, Ctrl-C or `over`; what is under way is finished."""
    config = uvicorn.Config(app, host=host, port=port, log_level="warning", timeout_keep_alive=KEEP_ALIVE_S, timeout_graceful_shutdown=SHUTDOWN_S, loop="uvloop", server_header=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():
        await asyncio.sleep(0.02)
    if ready is not None and server.started:
        await ready()
    ending = asyncio.create_task(over.wait())
    await asyncio.wait({task, ending}, return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    server.should_exit = True
    await task


@contextlib.asynccontextmanager
async def opened_bot(*, migrate: bool, overrides: dict[str, Any] | None = None, with_simulators: bool = False) -> AsyncIterator[tuple[Opened, Bot, BotSettings]]:
    """House and bot, ready. SealBroken when what is stored does not open with the keys of this deployment."""
    async with opened(BotSettings, migrate=migrate, migrations=[VERSIONS], overrides=overrides) as ready:
        (settings,) = ready.parts
        await _require_keys(ready.house)
        if with_simulators:
            settings = simulated(settings, ready.house)
        yield ready, build_bot(ready.house, settings), settings


async def _require_keys(house: House) -> None:
    async def look() -> None:
        async with house.open(SYSTEM) as uow:
            await encryption.require_opening(uow)

    try:
        await look()
    except DatabaseAway:
        say("The database does not answer. Waiting for it …")
        await outlast(look, math.inf)


@contextlib.asynccontextmanager
async def listening(bot: Bot, settings: BotSettings, *, beside: bool = False) -> AsyncIterator[None]:
    """Rasa behind the running service for the time of the block: the one of the settings, else, where `beside` says so, one of this machine."""
    async with contextlib.AsyncExitStack() as stack:
        watch = None
        if settings.nlu_url:
            rasa = await stack.enter_async_context(Rasa(settings.nlu_url, settings.nlu_token, bot.understanding.builtin.words))
            watch = asyncio.create_task(keep_watch(bot.understanding, rasa, say))
        elif beside:
            watch = asyncio.create_task(keep_beside(bot.understanding, say))
        try:
            yield
        finally:
            if watch is not None:
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)


async def sweep_soon(desk: Desk) -> None:
    """Take up what was left behind by a process that died, whoever holds the sweep's schedule."""
    await asyncio.sleep(STALLED_AFTER.total_seconds() + 1)
    await desk.sweep()


@contextlib.asynccontextmanager
async def taking_over(desk: Desk) -> AsyncIterator[None]:
    """Soon after its start this process takes up what one that died left behind."""
    task = asyncio.create_task(sweep_soon(desk))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@contextlib.asynccontextmanager
async def kept_running(ready: Opened, bot: Bot, over: asyncio.Event) -> AsyncIterator[None]:
    """The embedded server is started again when it dies under the block. When it can't be, `over` is set to end the block, and EmbeddedFailed leaves it."""
    if ready.server is None:
        yield
        return
    data_dir = ready.server.data_dir

    async def keep() -> None:
        try:
            await keep_running(data_dir, ready.house.engine.dispose, lambda: bot.desk.spawn(sweep_soon(bot.desk)))
        finally:
            over.set()

    task = asyncio.create_task(keep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    if not task.cancelled():
        task.result()


def serve_demo(port: int, nlu: str) -> None:
    """`mgramseva demo`."""
    asyncio.run(_demo(port, nlu))


async def _demo(port: int, nlu: str) -> None:
    from backend.demo import seed_demo

    base = f"http://127.0.0.1:{port}"
    overrides = {"public_url": base} if port else {}
    async with opened_bot(migrate=True, overrides=overrides, with_simulators=True) as (ready, bot, settings):
        house = ready.house
        seeding = await seed_demo(house, say)
        password = await _admin(house) if seeding is not None else None
        app = make_app(house, bot)
        add_simulators(app, house, settings)

        async def announce() -> None:
            print(f"simulator   {base}/simulator\nREST docs   {base}/docs", flush=True)
            print(f"admin password: {password}" if password else "admin password: as printed at the first start", flush=True)
            behind = "; Rasa is switched in when it answers" if nlu == "auto" or settings.nlu_url else ""
            print(f"understanding: built-in{behind}", flush=True)
            print("not here yet: dashboard, office pages", flush=True)

        over = asyncio.Event()
        async with kept_running(ready, bot, over), working(house), listening(bot, settings, beside=nlu == "auto"), taking_over(bot.desk):
            await run_server(app, "127.0.0.1", port, over, announce)
        await bot.desk.drain()


async def _admin(house: House) -> str:
    from backend.office import user

    password = secrets.token_urlsafe(18)
    async with house.open(SYSTEM) as uow:
        await user.create_login(uow, "admin", password, superuser=True)
    return password


def serve_web(host: str, port: int, *, with_worker: bool) -> None:
    """`mgramseva serve`."""
    asyncio.run(_web(host, port, with_worker))


async def _web(host: str, port: int, with_worker: bool) -> None:
    over = asyncio.Event()
    async with opened_bot(migrate=True) as (ready, bot, settings), kept_running(ready, bot, over), listening(bot, settings), taking_over(bot.desk):
        app = make_app(ready.house, bot)
        async with working(ready.house) if with_worker else contextlib.nullcontext():
            await run_server(app, host, port, over)
        await bot.desk.drain()


def run_worker_process() -> None:
    """`mgramseva worker`."""
    asyncio.run(_worker())


async def _worker() -> None:
    import signal

    stop = asyncio.Event()
    async with opened_bot(migrate=False) as (ready, bot, settings), kept_running(ready, bot, stop), listening(bot, settings):
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run_worker(ready.house, stop)
        await bot.desk.drain()
