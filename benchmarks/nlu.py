"""How fast texts are understood: the built-in model in this process, Rasa over HTTP in one of its own, by 1 and by 16 clients. One line a run.

`size` is the number of texts a run, taken in turn from the held-out cases. CPU is the engine's: this process's for the built-in model, the server's for Rasa.
Memory: what the process grew by when the model was loaded and had read every text; for Rasa its server's whole resident set.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from backend.kit.logging import say
from benchmarks.machine import cpu_s, described, family, percentile, resident_mb
from bot.understanding.builtin import MODEL, BuiltIn
from bot.understanding.rasa import Rasa
from bot.understanding.sidecar import Address, NoRasa, is_trained, rasa_beside

CASES = Path(__file__).resolve().parents[1] / "nlu" / "tests"
CLIENTS = (1, 16)
SIZE = 2000


def _texts() -> list[str]:
    return [json.loads(line)["text"] for file in sorted(CASES.glob("heldout-*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]


async def _measured(read: Callable[[str], Awaitable[Any]], texts: Iterator[str], clients: int, size: int, cpu: Callable[[], float]) -> dict[str, Any]:
    waits: list[float] = []
    left = iter(range(size))

    async def client() -> None:
        for _ in left:
            began = time.perf_counter()
            await read(next(texts))
            waits.append(time.perf_counter() - began)

    used, began = cpu(), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    took, used = time.perf_counter() - began, cpu() - used
    return {
        "clients": clients, "parses_per_s": round(size / took, 1), "cpu_ms": round(used / size * 1000, 3), "p50_ms": round(percentile(waits, 0.5) * 1000, 3),
        "p99_ms": round(percentile(waits, 0.99) * 1000, 3),
    }  # fmt: skip


async def _builtin(texts: list[str], size: int) -> list[dict[str, Any]]:
    gc.collect()
    before = resident_mb(os.getpid())
    model = BuiltIn.read(MODEL)
    for text in texts:
        model.understand(text)
    gc.collect()
    grown = round(resident_mb(os.getpid()) - before, 1)
    return [{"engine": "builtin", "memory_mb": grown, **await _measured(model.parse, itertools.cycle(texts), n, size, time.process_time)} for n in CLIENTS]


async def _rasa(texts: list[str], size: int) -> list[dict[str, Any]]:
    address, words = Address.new(), BuiltIn.load().words
    async with rasa_beside(address, words) as (rasa, pid):
        return [await _rasa_run(rasa, pid, texts, n, size) for n in CLIENTS]


async def _rasa_run(rasa: Rasa, pid: int, texts: list[str], clients: int, size: int) -> dict[str, Any]:
    figures = await _measured(rasa.parse, itertools.cycle(texts), clients, size, lambda: sum(cpu_s(p) for p in family(pid)))
    return {"engine": "rasa", "memory_mb": round(resident_mb(pid), 1), **figures}


async def _run(size: int) -> list[dict[str, Any]]:
    texts = _texts()
    runs = await _builtin(texts, size)
    if is_trained():
        try:
            runs += await _rasa(texts, size)
        except NoRasa as reason:
            say(str(reason))
    else:
        say("Rasa is not set up here, so it is not measured: make nlu")
    return [{"bench": "nlu", **described(), "dataset": {"texts": len(texts), "parses": size}, "seed": None, **run} for run in runs]


def run(size: int = SIZE) -> list[dict[str, Any]]:
    """Every engine by every number of clients."""
    return asyncio.run(_run(size))
