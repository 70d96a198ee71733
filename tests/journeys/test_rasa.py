"""Rasa for real, behind a running service: switched in without a restart, killed in the middle of a conversation, started again. Nobody notices."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from benchmarks.machine import family
from bot.understanding.rasa import ANSWERS
from bot.understanding.sidecar import SERVE, is_trained, keep_beside
from tests.journeys.conftest import World

VILLAGER = "+919000000001"
UNCLEAR = "woh jo tha na pichhli baar wala uska kuch hua kya"
UP_S = 90

pytestmark = pytest.mark.skipif(not is_trained(), reason="LEFT OUT: Rasa is not set up here (x86-64 Linux with Python 3.10 or a network to fetch it; make nlu)")


def servers() -> list[int]:
    """The processes of Rasa's server that are this process's children."""
    return [pid for pid in family(os.getpid())[1:] if str(SERVE).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def until_up(world: World, up: bool, within_s: float = UP_S) -> None:
    """Wait until Rasa is switched in, or out."""
    for _ in range(int(within_s / 0.1)):
        if (world.bot.understanding.rasa is not None) == up:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"Rasa is not switched {'in' if up else 'out'} within {within_s} s")


@pytest.fixture
async def beside(world: World) -> AsyncIterator[World]:
    """Rasa beside the service that already runs."""
    task = asyncio.create_task(keep_beside(world.bot.understanding, lambda line: None))
    yield world
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def answered() -> float:
    return float(ANSWERS.labels("answered")._value.get())


async def test_killed_in_the_middle_of_a_conversation(beside: World) -> None:
    world = beside
    assert len(await world.say("whatsapp", VILLAGER, "bill")) == 1, "before Rasa is up the service answers"
    await until_up(world, up=True)
    before = answered()
    (reply,) = await world.say("whatsapp", VILLAGER, UNCLEAR)
    assert reply.view["text"]
    assert answered() > before, "the built-in model was unsure, so Rasa was asked"
    health = (await world.web.get("/health/ready")).json()
    assert health == {"ready": True, "understanding": "built-in and Rasa"}

    (pid,) = servers()
    os.kill(pid, signal.SIGKILL)
    for text in (UNCLEAR, "mera bil kitna h", UNCLEAR, "0", UNCLEAR, "rasid bhejo"):
        began = time.monotonic()
        replies = await world.say("whatsapp", VILLAGER, text)
        assert [r.view["text"] for r in replies if r.view["text"]], text
        assert time.monotonic() - began < 3
    await until_up(world, up=False, within_s=15)
    assert (await world.web.get("/health/ready")).json() == {"ready": True, "understanding": "built-in"}

    await until_up(world, up=True)
    assert servers() != [pid]
    before = answered()
    await world.say("whatsapp", VILLAGER, UNCLEAR)
    assert answered() > before
    await world.assert_true()


async def test_it_leaves_nothing_behind(world: World) -> None:
    task = asyncio.create_task(keep_beside(world.bot.understanding, lambda line: None))
    for _ in range(100):
        if servers():
            break
        await asyncio.sleep(0.1)
    (pid,) = servers()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert world.bot.understanding.rasa is None


async def test_it_reads_the_words_that_the_built_in_model_reads(beside: World) -> None:
    from bot.understanding.normalise import model_words

    await until_up(beside, up=True)
    rasa = beside.bot.understanding.rasa
    assert rasa is not None
    for text in ("ਰਮੇਸ਼ ਨੇ ੫੦੦ ਦਿੱਤੇ", "Mera  BILL kitna hai??", "ws/15767/2026-27/0001 नहीं", "1,20,000 jama"):
        heard = await rasa.hear(text)
        assert [tuple(span) for span in heard.text_tokens] == [(start, end) for _, start, end in model_words(text)]
    heard = await rasa.hear("ਰਮੇਸ਼ ਨੇ ੫੦੦ ਦਿੱਤੇ")
    assert [(e.entity, e.value) for e in heard.spotted("ਰਮੇਸ਼ ਨੇ ੫੦੦ ਦਿੱਤੇ")] == [("name", "ਰਮੇਸ਼")]
