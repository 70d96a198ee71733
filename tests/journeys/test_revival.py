"""The embedded PostgreSQL is killed under a living demo: the chat goes on, nothing is lost or doubled; and a server that can't be had back ends in a sentence."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from backend.kit.unit_of_work import SYSTEM
from tests.journeys.conftest import World
from tests.support.databases import TestServer

ROOT = Path(__file__).resolve().parents[2]
VILLAGERS, COLLECTOR, VILLAGE = ("+919000000001", "+919000000003", "+919000000006"), "+919000000101", "pb.abadighratian"
# The command, more impatient than it is: a server that does not start is given up within seconds.
HASTY = "from backend.kit import embedded, reviving; embedded.REFUSED_LIMIT_S = 0.3; reviving.PAUSES_S = (0.0, 0.1); from bot.cli import main; main()"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder, gone afterwards with its server."""
    made = Path(tempfile.mkdtemp(prefix="mgs-revival-"))
    yield made
    for _ in range(100):  # the watchdog stops a server whose users died
        if not (made / "postgres" / "postmaster.pid").exists() or not alive(postmaster(made)):
            break
        time.sleep(0.1)
    shutil.rmtree(made)


def postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MGRAMSEVA_")}
    return {**kept, "MGRAMSEVA_DATA_DIR": str(folder), "MGRAMSEVA_LOG_LEVEL": "ERROR", "PYTHONPATH": str(ROOT)}


@contextlib.asynccontextmanager
async def living(folder: Path, *command: str) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A process of the service, its words in files of the folder."""
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen([sys.executable, *command], env=environment(folder), cwd=folder, stdout=out, stderr=err)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            await asyncio.to_thread(process.wait, 30)


async def until_ready(web: httpx2.AsyncClient, process: subprocess.Popen[bytes], within_s: float = 90) -> None:
    for _ in range(int(within_s / 0.1)):
        assert process.poll() is None, "the service ended"
        with contextlib.suppress(httpx2.HTTPError):
            if (await web.get("/health/ready")).status_code == 200:
                return
        await asyncio.sleep(0.1)
    raise AssertionError("the service is not ready")


@dataclass
class Chat:
    """Conversations on the simulator's page: what was said, what was heard."""

    web: httpx2.AsyncClient
    said: Counter[str] = field(default_factory=Counter)
    heard: dict[str, dict[str, str]] = field(default_factory=dict)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> Chat:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def listen(self, *phones: str) -> None:
        for phone in phones:
            self.heard[phone] = {}
            self._tasks.append(asyncio.create_task(self._follow(phone)))

    async def _follow(self, phone: str) -> None:
        async with self.web.stream("GET", "/simulator/stream", params={"channel": "whatsapp", "phone": phone}, timeout=None) as stream:
            async for line in stream.aiter_lines():
                entry: dict[str, Any] = json.loads(line[5:]) if line.startswith("data:") else {}
                if entry.get("direction") == "out":
                    self.heard[phone][entry["id"]] = entry["view"]["text"]

    async def say(self, phone: str, words: str) -> None:
        self.said[phone] += 1
        answer = await self.web.post("/simulator/say", json={"channel": "whatsapp", "phone": phone, "text": words})
        assert answer.status_code == 200, (answer.text, words)

    async def answered(self, phone: str, within_s: float) -> str:
        """The last reply, once there is one for each message."""
        limit = time.monotonic() + within_s
        while len(self.heard[phone]) < self.said[phone]:
            assert time.monotonic() < limit, (phone, self.said[phone], self.heard[phone])
            await asyncio.sleep(0.05)
        return list(self.heard[phone].values())[-1]


async def payments_of(web: httpx2.AsyncClient, folder: Path, amount_paise: int) -> int:
    """How often an amount was booked in the village, by REST."""
    password = next(line.split(": ")[1] for line in (folder / "out").read_text().splitlines() if line.startswith("admin password"))
    token = (await web.post("/api/v1/auth/token", data={"grant_type": "password", "username": "admin", "password": password})).json()["access_token"]
    listed = await web.get(f"/api/v1/villages/{VILLAGE}/payments", params={"limit": 500}, headers={"Authorization": f"Bearer {token}"})
    return sum(p["amount_paise"] == amount_paise for p in listed.json()["items"])


async def book_around_a_kill(chat: Chat, folder: Path, nth: int) -> None:
    """Cash is confirmed and bills are asked for while the database is killed; every message has its reply, the money is booked once."""
    number, amount = f"00{20 + nth}", 1131 + nth
    assert await payments_of(chat.web, folder, amount * 100) == 0
    await chat.say(COLLECTOR, f"{number} {amount}")
    await chat.answered(COLLECTOR, 10)
    sayings = [asyncio.create_task(chat.say(phone, words)) for phone, words in ((COLLECTOR, "1"), *((phone, "bill") for phone in VILLAGERS))]
    await asyncio.sleep(0.02 * nth)
    os.kill(postmaster(folder), signal.SIGKILL)
    for turn in range(8):
        sayings.append(asyncio.create_task(chat.say(VILLAGERS[turn % 3], "bill")))
        await asyncio.sleep(0.1)
    await asyncio.gather(*sayings)
    for phone in (*VILLAGERS, COLLECTOR):
        await chat.answered(phone, 20)
    assert await payments_of(chat.web, folder, amount * 100) == 1, chat.heard[COLLECTOR]


async def test_a_chat_goes_on_though_its_database_is_killed_again_and_again(folder: Path) -> None:
    port, kills = free_port(), 3
    async with (
        living(folder, "-m", "bot.cli", "demo", "--port", str(port), "--nlu", "off") as process,
        httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as web,
        Chat(web) as chat,
    ):
        await until_ready(web, process)
        await chat.listen(*VILLAGERS, COLLECTOR)
        for nth in range(kills):
            await book_around_a_kill(chat, folder, nth)
        await asyncio.sleep(1)
        assert {phone: len(heard) for phone, heard in chat.heard.items()} == dict(chat.said), "one reply for each message, none lost, none doubled"
        said = (folder / "err").read_text()
        assert said.count("The database ended unexpectedly. It was started again") == kills and "Traceback" not in said, said
        verified = await asyncio.to_thread(subprocess.run, [sys.executable, "-m", "bot.cli", "verify"], env=environment(folder), cwd=folder, capture_output=True, text=True)
        assert verified.returncode == 0, verified.stdout


@pytest.mark.parametrize("command", [("serve", "--with-worker", "--port"), ("worker",)], ids=["serve", "worker"])
async def test_a_process_whose_database_can_not_be_had_back_ends_with_a_sentence(folder: Path, command: tuple[str, ...]) -> None:
    words = [*command, str(free_port())] if command[-1] == "--port" else [*command]
    async with living(folder, "-c", HASTY, *words) as process:
        for _ in range(600):
            with contextlib.suppress(FileNotFoundError):
                if "ready" in (folder / "postgres" / "postmaster.pid").read_text().splitlines()[-1]:
                    break
            await asyncio.sleep(0.1)
        await asyncio.sleep(6)  # migrated, and at work
        assert process.poll() is None
        (folder / "postgres" / "global" / "pg_control").rename(folder / "pg_control")
        os.kill(postmaster(folder), signal.SIGKILL)
        code = await asyncio.to_thread(process.wait, 60)
    said = (folder / "err").read_text()
    assert code == 1 and "Traceback" not in said[said.index("The database ended") :], said  # before it, a worker misses the schema that nobody made
    assert said.splitlines()[-1].startswith("The database ended 2 times within 10 minutes, or did not start. Its log: "), said


async def test_replies_whose_fate_could_not_be_written_are_remembered_and_not_sent_again(world: World, server: TestServer) -> None:
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{world.house.engine.url.database}' AND pid <> pg_backend_pid()"
    phone = "+919000000001"
    before = len(world.ledger.sent("whatsapp", phone))
    cutting = True

    async def cut_again_and_again() -> None:
        while cutting:
            await server.run_in("postgres", cut)
            await asyncio.sleep(0.07)

    task = asyncio.create_task(cut_again_and_again())
    for _ in range(12):
        assert await world.twilio.say("whatsapp", phone, "bill") == 200
        await asyncio.sleep(0.15)
    cutting = False
    await task
    await world.heard("whatsapp", phone, before, 12, within_s=60)  # one that was claimed when its connection was cut waits for the end of its lease
    for _ in range(600):
        await world.settled()
        async with world.house.open(SYSTEM) as uow:
            states = (await uow.session.execute(text("SELECT status, count(*) FROM outbound WHERE key NOT LIKE '%:%' GROUP BY 1"))).all()
            tried = (await uow.session.execute(text("SELECT count(*) FROM inbound WHERE attempts > 0 OR status <> 'handled'"))).scalar_one()
        if "sending" not in {s.status for s in states}:
            break
        await asyncio.sleep(0.1)
    assert len(world.ledger.sent("whatsapp", phone)) == before + 12
    assert {s.status for s in states} <= {"accepted", "sent", "delivered"}, states
    assert tried == 0, "a database that was away is no failure of a turn"
    await world.assert_true()
