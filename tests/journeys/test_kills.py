"""A killed process at each named point of the turn and the payment: a real web process with its worker is killed there, started again, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import text

from backend.demo import seed_demo
from backend.kit.faults import POINTS
from backend.kit.house import House, build_house
from backend.kit.settings import HouseSettings
from backend.kit.unit_of_work import SYSTEM
from backend.money import billing, payment_gateway
from backend.money.payment_gateway.simulator import make_simulator
from backend.money.payment_gateway.simulator.app import Simulator
from backend.office import user
from backend.verification import verify_all
from backend.water import connection
from backend.wiring import backend_wiring
from bot.simulator import Ledger, SimulatedTwilio
from tests.support.databases import TestServer

ROOT = Path(__file__).resolve().parents[2]
SID, TOKEN, SECRET = "AC" + "2" * 32, "a-token-for-kills", "a-payment-secret-for-kills"
COLLECTOR = "+919000000101"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Mortal:
    """A service that can be killed, and providers that can't."""

    house: House
    url: str
    port: int
    providers: int
    twilio: SimulatedTwilio
    payments: Simulator
    ledger: Ledger
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    used: set[Any] = field(default_factory=set)

    def environment(self, fault: str | None) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("MGRAMSEVA_")}
        mine = {
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.url,
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
            "TWILIO_ACCOUNT_SID": SID,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "TWILIO_WHATSAPP_FROM": "+14155550100",
            "TWILIO_SMS_FROM": "+14155550101",
            "TWILIO_API_BASE_URL": f"http://127.0.0.1:{self.providers}/twilio",
            "PAYMENT_SIMULATOR_API_BASE_URL": f"http://127.0.0.1:{self.providers}/payments",
            "PAYMENT_SIMULATOR_SECRET": SECRET,
            "LOG_LEVEL": "ERROR",
        }
        return {**kept, **{f"MGRAMSEVA_{k}": v for k, v in mine.items()}, "PYTHONPATH": str(ROOT), **({"FAULT": fault} if fault else {})}

    async def start(self, fault: str | None = None) -> None:
        """Start the service and wait until it answers."""
        command = [sys.executable, "-m", "bot.cli", "serve", "--port", str(self.port), "--with-worker"]
        self.process = subprocess.Popen(command, env=self.environment(fault), cwd=self.folder)
        async with httpx2.AsyncClient(trust_env=False) as client:
            for _ in range(600):
                assert self.process.poll() is None, "the service ended at its start"
                try:
                    if (await client.get(f"http://127.0.0.1:{self.port}/health/ready")).status_code == 200:
                        return
                except httpx2.HTTPError:
                    pass
                await asyncio.sleep(0.05)
        raise AssertionError("the service did not start")

    async def died(self, within_s: float = 20) -> None:
        """Wait until the armed point has killed it."""
        assert self.process is not None
        for _ in range(int(within_s / 0.05)):
            if self.process.poll() is not None:
                assert self.process.returncode == -9
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the point was never passed")

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    async def say(self, phone: str, words: str, sid: str | None = None) -> str:
        """A WhatsApp message; its id, so that it can be delivered again. An answer that never comes is the caller's to repeat."""
        sid = sid or "SM" + os.urandom(16).hex()
        fields = {"MessageSid": sid, "AccountSid": SID, "From": f"whatsapp:{phone}", "To": "whatsapp:+14155550100", "Body": words, "NumMedia": "0"}
        with contextlib.suppress(httpx2.HTTPError):
            await self.twilio._post(f"http://127.0.0.1:{self.port}/webhooks/twilio", fields)
        return sid

    async def replies(self, phone: str, channel: str, before: int, wanted: int, within_s: float = 25) -> int:
        for _ in range(int(within_s / 0.05)):
            if len(self.ledger.sent(channel, phone)) - before >= wanted:
                break
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)
        return len(self.ledger.sent(channel, phone)) - before

    async def debtor(self) -> tuple[connection.Connection, str, payment_gateway.PayLink]:
        """A household that owes and was not used before, its phone, its link."""
        async with self.house.open(SYSTEM) as uow:
            rows = await uow.session.execute(
                text(
                    """SELECT c.tenant_id, c.id, c.holder_id FROM connection c WHERE c.connection_no > 'WS/15767/2026-27/0010' AND c.tenant_id = 'pb.abadighratian' AND EXISTS
                       (SELECT 1 FROM demand_line l WHERE l.tenant_id = c.tenant_id AND l.consumer_id = c.id AND l.paid < l.amount) ORDER BY c.connection_no"""
                )
            )
            row = next(r for r in rows if r.id not in self.used)
            self.used.add(row.id)
            bill = await billing.current_bill(uow, row.tenant_id, row.id)
            assert bill is not None
            link = await payment_gateway.ensure_link(uow, bill)
            return await connection.fetch_connection(uow, row.tenant_id, row.id), (await user.fetch_person(uow, row.holder_id)).phone, link

    async def payments_of(self, home: connection.Connection, amount: int) -> int:
        async with self.house.open(SYSTEM) as uow:
            query = text("SELECT count(*) FROM payment WHERE consumer_id = :c AND amount = :a AND channel <> 'demo'")
            return int((await uow.session.execute(query, {"c": home.id, "a": amount})).scalar_one())

    async def end_leases(self) -> None:
        """What a dead process held is taken over when its time is up; tests do not wait for that."""
        async with self.house.open(SYSTEM) as uow:
            await uow.session.execute(text("UPDATE pgqueuer SET heartbeat = now() - interval '10 minutes' WHERE status = 'picked'"))
            await uow.session.execute(text("UPDATE pgqueuer_schedules SET heartbeat = now() - interval '10 minutes' WHERE status = 'picked'"))
            await uow.session.execute(text("UPDATE outbound SET due_at = now() WHERE status = 'sending'"))

    async def assert_true(self) -> None:
        assert [(r["invariant"], r["violations"]) for r in await verify_all(self.house) if r["violations"]] == []


@pytest.fixture(scope="module")
async def mortal(server: TestServer, template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mortal]:
    name, folder = await server.copy(), tmp_path_factory.mktemp("kills")
    port, providers = free_port(), free_port()
    base = f"http://127.0.0.1:{port}"
    house = build_house(HouseSettings(data_dir=folder, public_url=base, database_pool=4), backend_wiring(), url=server.app_url(name))
    await seed_demo(house)
    ledger = Ledger()
    twilio = SimulatedTwilio(SID, TOKEN, base, base, ledger)
    payments = make_simulator(SECRET, f"{base}/webhooks/payments/simulator", root=f"http://127.0.0.1:{providers}/payments")
    app = FastAPI()
    app.include_router(twilio.router, prefix="/twilio")
    app.mount("/payments", payments)
    running = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=providers, log_level="error", lifespan="off"))
    task = asyncio.create_task(running.serve())
    made = Mortal(house, server.app_url(name), port, providers, twilio, payments.state.simulator, ledger, folder)
    yield made
    made.end()
    running.should_exit = True
    await task
    await house.close()
    await server.drop(name)


@pytest.fixture(autouse=True)
def none_survives(mortal: Mortal) -> Iterator[None]:
    """A test that fails leaves no process behind that the next one would meet at its port."""
    yield
    mortal.end()


TURN_POINTS = [p for p in POINTS if p.split(".")[0] in ("intake", "turn", "delivery")]
MONEY_POINTS = [p for p in POINTS if p.startswith(("payment.", "receipt.")) and p != "payment.attempt_made"]
CALL_POINTS = [p for p in POINTS if p.startswith("call.")]


def test_every_point_has_its_test() -> None:
    assert sorted([*TURN_POINTS, *MONEY_POINTS, *CALL_POINTS, "payment.attempt_made"]) == sorted(POINTS)


@pytest.mark.parametrize("point", TURN_POINTS)
async def test_a_question_survives_a_kill_in_its_turn(mortal: Mortal, point: str) -> None:
    home, phone, _ = await mortal.debtor()
    before = len(mortal.ledger.sent("whatsapp", phone))
    await mortal.start(f"{point}:1:kill")
    sid = await mortal.say(phone, "bill")
    await mortal.died()
    await mortal.start()
    await mortal.say(phone, "bill", sid)  # the provider delivers again what was not answered
    await mortal.end_leases()
    heard = await mortal.replies(phone, "whatsapp", before, 2 if point == "delivery.after_send" else 1)
    assert home.connection_no in str([e.view for e in mortal.ledger.sent("whatsapp", phone)])
    assert 1 <= heard <= (2 if point == "delivery.after_send" else 1)
    mortal.end()
    await mortal.assert_true()


@pytest.mark.parametrize("point", CALL_POINTS)
async def test_cash_is_posted_once_though_the_process_dies_around_the_call(mortal: Mortal, point: str) -> None:
    home, _, _ = await mortal.debtor()
    number = home.connection_no.rsplit("/", 1)[-1]
    await mortal.start()
    before = len(mortal.ledger.sent("whatsapp", COLLECTOR))
    await mortal.say(COLLECTOR, "menu")
    assert await mortal.replies(COLLECTOR, "whatsapp", before, 1) == 1
    before = len(mortal.ledger.sent("whatsapp", COLLECTOR))
    await mortal.say(COLLECTOR, f"{number} 130")
    assert await mortal.replies(COLLECTOR, "whatsapp", before, 1) == 1
    mortal.end()
    await mortal.start(f"{point}:1:kill")
    sid = await mortal.say(COLLECTOR, "1")
    await mortal.died()
    await mortal.end_leases()
    await mortal.start()
    await mortal.say(COLLECTOR, "1", sid)
    assert await mortal.replies(COLLECTOR, "whatsapp", before, 2) == 2
    assert await mortal.payments_of(home, 13_000) == 1
    mortal.end()
    await mortal.assert_true()


@pytest.mark.parametrize("point", MONEY_POINTS)
async def test_money_is_booked_once_and_told_though_the_process_dies(mortal: Mortal, point: str) -> None:
    home, phone, link = await mortal.debtor()
    before = len(mortal.ledger.sent("sms", phone))
    await mortal.start(f"{point}:1:kill")
    order = mortal.payments.ledger.order(link.reference, link.amount.paise, "UPI", "", "en")
    await mortal.payments.settle(order, link.amount.paise, "UPI")
    await mortal.died()
    await mortal.start()
    await mortal.end_leases()
    for _ in range(500):
        if await mortal.payments_of(home, link.amount.paise):
            break
        await asyncio.sleep(0.05)
    assert await mortal.payments_of(home, link.amount.paise) == 1
    assert await mortal.replies(phone, "sms", before, 1) == 1
    mortal.end()
    await mortal.assert_true()


async def test_a_kill_before_the_provider_knows_of_an_attempt_leaves_it_repeatable(mortal: Mortal) -> None:
    _, _, link = await mortal.debtor()
    await mortal.start("payment.attempt_made:1:kill")
    origin = {"Origin": f"http://127.0.0.1:{mortal.port}"}
    async with httpx2.AsyncClient(base_url=origin["Origin"], trust_env=False, timeout=20) as web:
        with pytest.raises(httpx2.HTTPError):
            await web.post(f"/pay/{link.token}", data={"all": str(link.amount.paise)}, headers=origin)
        await mortal.died()
        await mortal.start()
        again = await web.post(f"/pay/{link.token}", data={"all": str(link.amount.paise)}, headers=origin)
        assert again.status_code == 303
    async with mortal.house.open(SYSTEM) as uow:
        attempts = (await uow.session.execute(text("SELECT count(*) FROM pay_attempt WHERE link_token = :t"), {"t": link.token})).scalar_one()
    assert attempts == 1
    mortal.end()
