"""How many villagers' questions are answered a second: a real web process with its worker, signed Twilio webhooks in, replies counted at a loopback
provider; interleaved with pgbench on the same server. `size` is the seconds of each of the three rounds."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qsl, urlencode

from backend import demo
from backend.kit import embedded
from backend.kit.unit_of_work import SYSTEM
from benchmarks.machine import cpu_s, described, family, percentile

VILLAGERS, ROUNDS, SEED, HOUSEHOLDS = 16, 3, 7, 120
SID, TOKEN = "AC" + "1" * 32, "bench-token"  # noqa: S105 of a provider that lives for the benchmark
ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"https?://[^\s\"\\]+/s/[\w-]+")


def free_port() -> int:
    """A port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Provider:
    """Takes the bot's sends over HTTP and tells who is waiting for one."""

    def __init__(self) -> None:
        self.waiting: dict[str, asyncio.Future[float]] = {}
        self.taken: dict[str, int] = {}

    async def serve(self, port: int) -> asyncio.Server:
        """Listen."""
        return await asyncio.start_server(self._connection, "127.0.0.1", port)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = int(re.search(r"(?i)content-length: (\d+)", head).group(1))  # type: ignore[union-attr]
                answer = json.dumps(self._answer(head.split(" ", 2)[1], await reader.readexactly(length))).encode()
                writer.write(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _answer(self, path: str, body: bytes) -> dict[str, Any]:
        if path.startswith("/v1/Content"):
            return {"sid": "HX" + secrets.token_hex(16)}
        fields = dict(parse_qsl(body.decode()))
        phone = fields["To"].removeprefix("whatsapp:")
        text = fields.get("ContentVariables", "") + fields.get("Body", "")
        if LINK.search(text):
            self.taken[phone] = self.taken.get(phone, 0) + 1
            waiter = self.waiting.pop(phone, None)
            if waiter is not None and not waiter.done():
                waiter.set_result(time.perf_counter())
        return {"sid": "SM" + secrets.token_hex(16), "status": "queued"}


def signed(public_url: str, fields: dict[str, str]) -> tuple[bytes, str]:
    """A webhook's body and its signature."""
    plain = f"{public_url}/webhooks/twilio" + "".join(k + fields[k] for k in sorted(fields))
    return urlencode(fields).encode(), base64.b64encode(hmac.new(TOKEN.encode(), plain.encode(), hashlib.sha1).digest()).decode()


async def villager(phone: str, port: int, provider: Provider, until: float, times: list[float]) -> tuple[int, int]:
    """Ask for the bill until the time is over; (asked, unanswered)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = lost = 0
    while time.perf_counter() < until:
        fields = {"MessageSid": "SM" + secrets.token_hex(16), "AccountSid": SID, "From": f"whatsapp:{phone}", "To": "whatsapp:+14155550100", "Body": "mera bill", "NumMedia": "0"}
        body, signature = signed(f"http://127.0.0.1:{port}", fields)
        head = f"POST /webhooks/twilio HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nX-Twilio-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
        answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        provider.waiting[phone] = answered
        began = time.perf_counter()
        writer.write(head.encode() + body)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        await reader.readexactly(int(re.search(r"(?i)content-length: (\d+)", answer).group(1)))  # type: ignore[union-attr]
        asked += 1
        try:
            times.append((await asyncio.wait_for(answered, 10) - began) * 1000)
        except TimeoutError:
            lost += 1
    writer.close()
    return asked, lost


async def _round(phones: list[str], port: int, provider: Provider, seconds: float, pids: tuple[int, int]) -> dict[str, Any]:
    provider.taken.clear()
    times: list[float] = []
    before = [sum(cpu_s(p) for p in family(pid)) for pid in pids]
    began = time.perf_counter()
    done = await asyncio.gather(*(villager(p, port, provider, began + seconds, times) for p in phones))
    took = time.perf_counter() - began
    after = [sum(cpu_s(p) for p in family(pid)) for pid in pids]
    asked, lost = sum(a for a, _ in done), sum(x for _, x in done)
    answered = sum(provider.taken.values())
    return {
        "messages_per_s": len(times) / took,
        "app": (after[0] - before[0]) * 1000 / max(asked, 1),
        "database": (after[1] - before[1]) * 1000 / max(asked, 1),
        "times": times,
        "lost": lost,
        "doubled": max(0, answered - asked),
    }


def _pgbench(server: embedded.EmbeddedServer, arguments: list[str]) -> str:
    environment = {**os.environ, "PGPASSWORD": server.superuser_password}
    command = [str(server.program("pgbench")), "-h", str(server.socket_dir), "-p", str(server.port), "-U", server.superuser, *arguments, "bench"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


async def _measure(folder: Path, seconds: float) -> dict[str, Any]:
    from backend.opening import opened
    from bot.migrations import VERSIONS
    from bot.settings import BotSettings

    web, taker = free_port(), free_port()
    given = {"DATA_DIR": str(folder), "PUBLIC_URL": f"http://127.0.0.1:{web}", "TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN, "LOG_LEVEL": "ERROR"}
    given |= {"TWILIO_WHATSAPP_FROM": "+14155550100", "TWILIO_SMS_FROM": "+14155550101", "TWILIO_API_BASE_URL": f"http://127.0.0.1:{taker}"}
    settings = {f"MGRAMSEVA_{name}": value for name, value in given.items()}
    async with opened(BotSettings, migrate=True, migrations=[VERSIONS], overrides={"data_dir": folder, "log_level": "ERROR"}) as ready:
        await demo.seed(ready.house, 1, HOUSEHOLDS, 1, SEED)
        async with ready.house.open(SYSTEM) as uow:
            phones = await _owing(uow)
        assert ready.server is not None
        create = [str(ready.server.program("createdb")), "-h", str(ready.server.socket_dir), "-U", ready.server.superuser, "bench"]
        subprocess.run(create, env={**os.environ, "PGPASSWORD": ready.server.superuser_password}, check=True)
        await asyncio.to_thread(_pgbench, ready.server, ["-i", "-q", "-s", "50"])
        provider = Provider()
        listening = await provider.serve(taker)
        process = subprocess.Popen([sys.executable, "-m", "bot.cli", "serve", "--port", str(web), "--with-worker"], env={**os.environ, **settings, "PYTHONPATH": str(ROOT)}, cwd=folder)
        try:
            await _until_ready(web)
            return await _rounds(phones, web, provider, seconds, process.pid, ready.server)
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait)
            listening.close()


async def _owing(uow: Any) -> list[str]:
    from sqlalchemy import text

    from backend.office import user

    rows = await uow.session.execute(
        text(
            """SELECT c.holder_id FROM connection c JOIN demand_line l ON l.tenant_id = c.tenant_id AND l.consumer_id = c.id
               WHERE l.paid < l.amount GROUP BY 1 HAVING count(DISTINCT c.id) = 1 LIMIT :n"""
        ),
        {"n": VILLAGERS},
    )
    people = await user.fetch_persons(uow, [r.holder_id for r in rows])
    return [p.phone for p in people.values()]


async def _until_ready(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise RuntimeError("the web process did not start")


async def _rounds(phones: list[str], port: int, provider: Provider, seconds: float, app_pid: int, server: embedded.EmbeddedServer) -> dict[str, Any]:
    database_pid = int((server.data_dir / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    await _round(phones, port, provider, 3, (app_pid, database_pid))
    rounds, tps = [], []
    for _ in range(ROUNDS):
        rounds.append(await _round(phones, port, provider, seconds, (app_pid, database_pid)))
        out = await asyncio.to_thread(_pgbench, server, ["-N", "-c", "16", "-j", "2", "-T", str(int(min(30, max(5, seconds))))])
        tps.append(float(re.search(r"tps = ([\d.]+)", out).group(1)))  # type: ignore[union-attr]
    times = [t for r in rounds for t in r["times"]]
    rate = median(r["messages_per_s"] for r in rounds)
    return {
        "messages_per_s": round(rate, 1),
        "cpu_ms_per_message": {"app": round(median(r["app"] for r in rounds), 2), "database": round(median(r["database"] for r in rounds), 2)},
        "reply_ms": {"p50": round(percentile(times, 0.5), 1), "p95": round(percentile(times, 0.95), 1), "p99": round(percentile(times, 0.99), 1)},
        "pgbench_tps": round(median(tps), 1),
        "share_of_pgbench": round(rate / median(tps), 3),
        "lost": sum(r["lost"] for r in rounds),
        "doubled": sum(r["doubled"] for r in rounds),
    }


def run(size: int = 30) -> dict[str, Any]:
    """Three rounds of `size` seconds; the medians."""
    with tempfile.TemporaryDirectory(prefix="mgs-bench-") as folder:
        measured = asyncio.run(_measure(Path(folder), size))
    return {"bench": "chat", **described(dataset={"households": HOUSEHOLDS, "villagers": VILLAGERS}, seed=SEED, server={"synchronous_commit": "on", "seconds": size}), **measured}
