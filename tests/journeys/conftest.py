"""A whole service for journeys: the demo's villages on a database of their own, the real application on a loopback port, a worker, and the simulators as providers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn

from backend.demo import seed_demo
from backend.kit.house import House, build_house
from backend.kit.settings import HouseSettings
from backend.money.payment_gateway.simulator.app import Simulator
from backend.verification import verify_all
from backend.wiring import backend_wiring
from backend.worker import working
from bot.main import Bot, add_simulators, build_bot, make_app, simulated
from bot.settings import BotSettings
from bot.simulator import Entry, Ledger, SimulatedTelegram, SimulatedTwilio
from bot.simulator.app import key_of
from tests.support.databases import TestServer


@dataclass
class World:
    """The running service and its surroundings. `app.state` of the simulators is reached through `twilio`, `telegram`, `payments`."""

    base: str
    house: House
    bot: Bot
    ledger: Ledger
    twilio: SimulatedTwilio
    telegram: SimulatedTelegram
    payments: Simulator
    web: httpx2.AsyncClient

    async def say(self, channel: str, phone: str, text: str = "", *, replies: int = 1, **more: Any) -> list[Entry]:
        """Say something and wait for the replies."""
        key = key_of(channel, phone)
        before = len(self.ledger.sent(channel, key))
        if channel == "telegram":
            status = await self.telegram.say(key, text, **more)
        else:
            status = await self.twilio.say(channel, phone, text, **more)
        assert status == 200
        return await self.heard(channel, phone, before, replies)

    async def heard(self, channel: str, phone: str, before: int, replies: int = 1, within_s: float = 8) -> list[Entry]:
        """The messages after the first `before`, once there are so many."""
        key = key_of(channel, phone)
        for _ in range(int(within_s / 0.02)):
            if len(self.ledger.sent(channel, key)) >= before + replies:
                break
            await asyncio.sleep(0.02)
        return self.ledger.sent(channel, key)[before:]

    async def settled(self) -> None:
        """Turns and sends under way are over."""
        await self.bot.desk.drain()

    async def assert_true(self) -> None:
        """Every invariant holds."""
        assert [(r["invariant"], r["violations"]) for r in await verify_all(self.house) if r["violations"]] == []


@contextlib.asynccontextmanager
async def served(house: House, port: int) -> AsyncIterator[World]:
    """The application over a house on a port."""
    settings = simulated(BotSettings(public_url=house.settings.public_url), house)
    bot = build_bot(house, settings)
    app = make_app(house, bot)
    simulators = add_simulators(app, house, settings)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    async with working(house), httpx2.AsyncClient(base_url=house.settings.public_url, timeout=20, trust_env=False) as web:
        yield World(house.settings.public_url, house, bot, simulators.ledger, simulators.twilio, simulators.telegram, simulators.payments, web)
        await bot.desk.drain()
    server.should_exit = True
    await task


@pytest.fixture(scope="module")
async def world(server: TestServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """One service for a module's journeys; they use different people, or put back what they change."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    name = await server.copy()
    folder: Path = tmp_path_factory.mktemp("journeys")
    settings = HouseSettings(data_dir=folder, public_url=f"http://127.0.0.1:{port}", upi_vpa="village@upi", log_level="ERROR")
    house = build_house(settings, backend_wiring(), url=server.app_url(name))
    await seed_demo(house)
    async with served(house, port) as running:
        yield running
    await house.close()
    await server.drop(name)
