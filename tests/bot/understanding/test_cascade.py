"""The cascade against a Rasa that answers, dawdles, talks nonsense, refuses and is gone: nobody waits long, nobody sees an error."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import SecretStr

from bot.understanding.builtin import BuiltIn
from bot.understanding.cascade import SURE, Cascade, keep_watch
from bot.understanding.rasa import FAILURES_TO_OPEN, Rasa, RasaUnavailable
from tests.support.serving import serving

BUILTIN = BuiltIn.load()
TOKEN = "a-token-for-rasa"
CLEAR = "mera bill kitna hai"
# whichever the model of the day knows least about
UNCLEAR = min(("uska kya hua phir", "zorba tilpo grund", "woh jo tha na wala", "kal wala abhi tak", "bheja tha na wahi"), key=lambda t: BUILTIN.understand(t).confidence)


@dataclass
class FakeRasa:
    """A Rasa that does as it is told and keeps what it was asked."""

    answer: Any = None
    status: int = 200
    delay_s: float = 0.0
    asked: list[str] = field(default_factory=list)

    def app(self, _: str) -> FastAPI:
        app = FastAPI()

        @app.post("/model/parse")
        async def parse(request: Request) -> Response:
            if request.query_params.get("token") != TOKEN:
                return Response(status_code=401)
            self.asked.append((await request.json())["text"])
            await asyncio.sleep(self.delay_s)
            return JSONResponse(self.answer, self.status) if not isinstance(self.answer, bytes) else Response(self.answer, self.status)

        return app


def meant(intent: str, confidence: float = 1.0, *entities: dict[str, Any]) -> dict[str, Any]:
    """An answer as Rasa gives it."""
    return {"text": "…", "intent": {"name": intent, "confidence": confidence}, "intent_ranking": [{"name": intent, "confidence": confidence}], "entities": list(entities)}


@asynccontextmanager
async def beside(fake: FakeRasa, token: str = TOKEN, timeout_s: float = 0.3) -> AsyncIterator[tuple[Cascade, Rasa]]:
    async with serving(fake.app) as origin, Rasa(origin, SecretStr(token), BUILTIN.words, timeout_s=timeout_s) as rasa:
        yield Cascade(BUILTIN, rasa), rasa


async def test_only_what_the_builtin_model_is_unsure_of_goes_to_rasa() -> None:
    fake = FakeRasa(meant("tariff"))
    async with beside(fake) as (cascade, _):
        assert BUILTIN.understand(CLEAR).confidence >= SURE > BUILTIN.understand(UNCLEAR).confidence
        sure, unsure = await cascade.parse(CLEAR), await cascade.parse(UNCLEAR)
    assert (sure.intent, sure.engine) == ("check_bill", "builtin")
    assert (unsure.intent, unsure.engine) == ("tariff", "rasa")
    assert fake.asked == [UNCLEAR]


async def test_two_that_disagree_are_less_sure_than_one() -> None:
    mine = BUILTIN.understand(UNCLEAR)
    async with beside(FakeRasa(meant("tariff", 0.8))) as (cascade, _):
        both = await cascade.parse(UNCLEAR)
    assert mine.intent != "tariff"
    assert both.confidence < 0.8


async def test_a_name_that_only_rasa_sees_is_taken_with_the_spelling_it_had() -> None:
    text = "Zorba tilpo kithe"
    spotted = {"entity": "name", "start": 0, "end": 5, "value": "zorba", "confidence_entity": 0.9}
    async with beside(FakeRasa(meant("list_dues", 1.0, spotted))) as (_, rasa):
        heard = await rasa.parse(text)
    assert [(e.entity, e.value) for e in heard.entities] == [("name", "Zorba")]


@pytest.mark.parametrize(
    "nonsense",
    [
        b"", b"<html>", b"[1]", b"null", {}, {"intent_ranking": []}, meant("make_coffee"), meant("tariff", 7.0), {"intent_ranking": [{"name": "tariff", "confidence": "NaN"}]},
        meant("tariff", 1.0, {"entity": "name", "start": -1, "end": 4}), {"intent_ranking": [{"name": "tariff", "confidence": 0.1}] * 500},
    ],
)  # fmt: skip
async def test_nonsense_is_not_believed(nonsense: Any) -> None:
    async with beside(FakeRasa(nonsense)) as (cascade, rasa):
        assert await cascade.parse(UNCLEAR) == BUILTIN.understand(UNCLEAR)
        assert not await rasa.healthy()


async def test_a_span_outside_the_text_names_nobody() -> None:
    async with beside(FakeRasa(meant("list_dues", 1.0, {"entity": "name", "start": 5, "end": 400}))) as (_, rasa):
        assert (await rasa.parse("tilpo")).entities == ()


async def test_a_slow_rasa_costs_its_limit_then_nothing() -> None:
    fake = FakeRasa(meant("tariff"), delay_s=5)
    async with beside(fake) as (cascade, _):
        waits = []
        for _ in range(FAILURES_TO_OPEN + 5):
            began = time.monotonic()
            assert (await cascade.parse(UNCLEAR)).engine == "builtin"
            waits.append(time.monotonic() - began)
    assert len(fake.asked) == FAILURES_TO_OPEN
    assert max(waits) < 0.8
    assert max(waits[FAILURES_TO_OPEN:]) < 0.1


@pytest.mark.parametrize("status", [401, 404, 429, 500])
async def test_a_refusal_is_no_answer(status: int) -> None:
    async with beside(FakeRasa(meant("tariff"), status)) as (cascade, rasa):
        assert await cascade.parse(UNCLEAR) == BUILTIN.understand(UNCLEAR)
        with pytest.raises(RasaUnavailable):
            await rasa.parse(UNCLEAR)


async def test_a_wrong_token_is_refused() -> None:
    fake = FakeRasa(meant("tariff"))
    async with beside(fake, token="another") as (_, rasa):
        assert not await rasa.healthy()
    assert fake.asked == []


async def test_it_is_switched_in_and_out_while_people_talk() -> None:
    said: list[str] = []
    fake = FakeRasa(meant("tariff"))
    async with serving(fake.app) as origin, Rasa(origin, SecretStr(TOKEN), BUILTIN.words) as rasa:
        cascade = Cascade(BUILTIN)
        watch = asyncio.create_task(keep_watch(cascade, rasa, said.append, every_s=0.05))

        async def until(up: bool) -> bool:
            for _ in range(100):
                if (cascade.rasa is not None) == up:
                    return True
                await asyncio.sleep(0.02)
            return False

        assert await until(up=True)
        assert (await cascade.parse(UNCLEAR)).engine == "rasa"
        fake.status = 500
        assert (await cascade.parse(UNCLEAR)).engine == "builtin", "nobody waits for the watch to notice"
        assert await until(up=False)
        fake.status = 200
        assert await until(up=True)
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        assert cascade.rasa is None
    assert said == ["understanding: built-in and Rasa", "understanding: built-in; Rasa does not answer", "understanding: built-in and Rasa"]
