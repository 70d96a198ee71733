"""Rasa as an understanding: one question over HTTP, a second at most, and its answer believed only when it has the shape of an answer.

Its server has no TLS and takes its token in the address, so it belongs on loopback or on a network of its own. Intents are Rasa's; numbers, months and days
are read by our rules, names and what money was spent on by both.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Self

import httpx2
import structlog
from prometheus_client import Counter
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from backend.kit.errors import Unavailable
from backend.kit.http import make_client
from bot.understanding.base import INTENTS, Entity, Understood
from bot.understanding.lexicon import Words
from bot.understanding.reading import by_chance, readable, understood

log = structlog.get_logger(__name__)

TIMEOUT_S = 1.0  # design: what takes longer, the built-in model answers
FAILURES_TO_OPEN, OPEN_S = 3, 15.0  # after so many failures in a row nobody waits for Rasa for so long
CONNECTIONS = 16
ANSWERS = Counter("mgramseva_rasa_answers_total", "What became of questions to Rasa", ["outcome"])

Chance = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class RasaUnavailable(Unavailable):
    code, title = "understanding.rasa_unavailable", "Rasa does not answer"


class _Ranked(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str
    confidence: Chance

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.name not in INTENTS:
            raise ValueError("an intent nobody knows")
        return self


class _Spotted(BaseModel):
    model_config = ConfigDict(extra="ignore")

    entity: str
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    confidence_entity: Chance = 1.0


class Heard(BaseModel):
    """Rasa's answer: every intent with its chance, best first, and what it spotted."""

    model_config = ConfigDict(extra="ignore")

    intent_ranking: list[_Ranked] = Field(min_length=1, max_length=len(INTENTS))
    entities: list[_Spotted] = Field(default_factory=list, max_length=200)
    text_tokens: list[tuple[int, int]] = Field(default_factory=list)  # the words it read, as [start, end)

    def chances(self) -> dict[str, float]:
        """The chance of each intent that was ranked."""
        return {ranked.name: ranked.confidence for ranked in self.intent_ranking}

    def spotted(self, text: str) -> tuple[Entity, ...]:
        """Names and expenses with their words; spans outside the text are nonsense and left out."""
        found = [s for s in self.entities if s.start < s.end <= len(text) and text[s.start : s.end].strip()]
        return tuple(Entity(entity=s.entity, value=text[s.start : s.end], start=s.start, end=s.end) for s in found)


class Rasa:
    """A client of one Rasa server. An async context manager: at its end the connections are given back."""

    engine = "rasa"

    def __init__(self, url: str, token: SecretStr, words: Words, *, timeout_s: float = TIMEOUT_S) -> None:
        self.url, self._token, self._words, self._timeout_s = url.rstrip("/"), token, words, timeout_s
        self._client = make_client(url, timeout_s=timeout_s, connections=CONNECTIONS)
        self._breakers = AsyncCircuitBreakerFactory(default_threshold=FAILURES_TO_OPEN, default_ttl=OPEN_S)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def healthy(self) -> bool:
        """Whether it answers a question like any other now; asked past the breaker."""
        try:
            await self._ask("bill")
        except RasaUnavailable:
            return False
        return True

    async def hear(self, text: str) -> Heard:
        """Rasa's answer. Raises RasaUnavailable when it is slow, gone, refuses, talks nonsense, or did so just now."""
        try:
            async with await self._breakers.get_breaker(self.url):
                return await self._ask(text)
        except OpenedState:
            ANSWERS.labels("not_asked").inc()
            raise RasaUnavailable("it failed just now") from None
        except RasaUnavailable as fault:
            log.warning("rasa does not answer", reason=fault.detail)
            raise

    async def _ask(self, text: str) -> Heard:
        try:
            async with asyncio.timeout(self._timeout_s), _counted():
                answer = await self._client.post(f"{self.url}/model/parse", params={"token": self._token.get_secret_value()}, json={"text": text})
                if answer.status_code != httpx2.codes.OK:
                    raise RasaUnavailable(f"it answered {answer.status_code}")
                return Heard.model_validate_json(answer.content)
        except (TimeoutError, httpx2.HTTPError) as fault:
            raise RasaUnavailable(type(fault).__name__) from None
        except ValidationError:
            raise RasaUnavailable("its answer has another shape") from None

    async def parse(self, text: str, *, locale: str | None = None, step: str | None = None, today: date | None = None) -> Understood:
        """What Rasa alone makes of a text. Raises RasaUnavailable."""
        heard = await self.hear(text) if readable(text) else None
        ranked, spotted = (by_chance(heard.chances()), heard.spotted(text)) if heard else ([], ())
        return understood(text, ranked, self._words, engine=self.engine, locale=locale, step=step, today=today, spotted=spotted)


@asynccontextmanager
async def _counted() -> AsyncIterator[None]:
    outcome = "failed"
    try:
        yield
        outcome = "answered"
    finally:
        ANSWERS.labels(outcome).inc()
