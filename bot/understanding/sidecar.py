"""Rasa beside the service: set up and trained by scripts/nlu.sh, served on a free port of this machine with a token of its own, ended with this process."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from pydantic import SecretStr

from bot.understanding.cascade import Cascade, keep_watch
from bot.understanding.lexicon import Words
from bot.understanding.rasa import Rasa

log = structlog.get_logger(__name__)

ROOT = Path(__file__).parents[2]
SETUP = ROOT / "scripts" / "nlu.sh"
SERVE = ROOT / "nlu" / "serve.py"
PYTHON = ROOT / "nlu" / ".venv" / "bin" / "python"
MODELS = ROOT / "nlu" / "models"
READY_S, PROBE_S = 180.0, 0.5  # loading takes 15 s on an idle core
RESTART_S = 5.0  # before a server that ended is started again
END_S = 5.0  # for a clean end, before it is killed


class NoRasa(Exception):
    """Why there is no Rasa here: one sentence for a person."""


def is_trained() -> bool:
    """Whether a model and what serves it are here; not whether the model is of the newest texts."""
    return PYTHON.exists() and any(MODELS.glob("nlu-*.tar.gz"))


async def _end(process: asyncio.subprocess.Process) -> None:
    """End a process and what it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), END_S)
            return


async def set_up(say: Callable[[str], None]) -> None:
    """Install and train what is not there yet, in the background of this machine. Raises NoRasa with the reason."""
    process = await asyncio.create_subprocess_exec(
        "nice", "-n", "10", "sh", str(SETUP), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True
    )
    last = ""
    try:
        assert process.stdout is not None
        async for line in process.stdout:
            last = line.decode(errors="replace").strip() or last
            if last.endswith(("…", "trained.")):
                say(last)
        if await process.wait() != 0:
            raise NoRasa(last or "Rasa could not be set up.")
    finally:
        await _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Address:
    """Where a Rasa of this machine answers."""

    port: int
    token: SecretStr

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @classmethod
    def new(cls) -> Address:
        """A free port and a token nobody knows."""
        return cls(_free_port(), SecretStr(secrets.token_urlsafe(24)))


@contextlib.asynccontextmanager
async def serving(address: Address) -> AsyncIterator[asyncio.subprocess.Process]:
    """Rasa's server for the time of the block; it is loading when the block begins."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    environment = {name: os.environ[name] for name in kept if name in os.environ} | {
        "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "TF_CPP_MIN_LOG_LEVEL": "3",
        "OMP_NUM_THREADS": "1", "MGRAMSEVA_NLU_TOKEN": address.token.get_secret_value(), "MGRAMSEVA_NLU_PORT": str(address.port),
    }  # fmt: skip
    with (MODELS / "serve.log").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            str(PYTHON), str(SERVE), "--with-parent", stdin=asyncio.subprocess.PIPE, stdout=output, stderr=output, env=environment, start_new_session=True
        )
    try:
        yield process
    finally:
        await _end(process)


@contextlib.asynccontextmanager
async def rasa_beside(address: Address, words: Words) -> AsyncIterator[tuple[Rasa, int]]:
    """A Rasa that answers, and the id of its process, for the time of the block. Raises NoRasa when none is trained, or it does not come up."""
    if not is_trained():
        raise NoRasa("Rasa is not set up here: make nlu")
    async with serving(address) as process, Rasa(address.url, address.token, words) as rasa:
        for _ in range(int(READY_S / PROBE_S)):
            if process.returncode is not None:
                break
            if await rasa.healthy():
                yield rasa, process.pid
                return
            await asyncio.sleep(PROBE_S)
        raise NoRasa(f"Rasa does not come up; see {(MODELS / 'serve.log').relative_to(ROOT)}")


async def keep_beside(cascade: Cascade, say: Callable[[str], None]) -> None:
    """Set Rasa up, serve it and switch it in, for as long as this task lives; one that ends is started again. Says so when there can be none."""
    try:
        await set_up(say)
    except NoRasa as reason:
        say(f"understanding: built-in. {reason}")
        return
    address = Address.new()
    async with Rasa(address.url, address.token, cascade.builtin.words) as rasa, asyncio.TaskGroup() as tasks:
        tasks.create_task(keep_watch(cascade, rasa, say))
        while True:
            async with serving(address) as process:
                await process.wait()
            log.warning("rasa ended", code=process.returncode)
            await asyncio.sleep(RESTART_S)
