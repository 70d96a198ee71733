"""The understanding of the service: the built-in model first, Rasa for what that is unsure of, and the built-in alone while Rasa does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date

from prometheus_client import Gauge

from bot.understanding.base import Understood
from bot.understanding.builtin import BuiltIn
from bot.understanding.rasa import Rasa, RasaUnavailable
from bot.understanding.reading import by_chance, readable, understood

SURE = 0.90  # what the built-in model believes this much, Rasa is not asked
RASA_SHARE = 0.3  # how much Rasa's chances count where it is asked; measured on nlu/tests/dev.jsonl, see docs/understanding.md
WATCH_S = 5.0
UP = Gauge("mgramseva_rasa_up", "Whether Rasa answers")


class Cascade:
    """Two understandings as one. Rasa may be switched in and out while texts are being read."""

    engine = "cascade"

    def __init__(self, builtin: BuiltIn, rasa: Rasa | None = None) -> None:
        self.builtin, self.rasa = builtin, rasa

    async def parse(self, text: str, *, locale: str | None = None, step: str | None = None, today: date | None = None) -> Understood:
        """See `Understanding.parse`. Never slower than the built-in model plus Rasa's time limit; never raises because of Rasa."""
        first = self.builtin.understand(text, locale=locale, step=step, today=today)
        rasa = self.rasa
        if rasa is None or first.confidence >= SURE or not readable(text):
            return first
        try:
            heard = await rasa.hear(text)
        except RasaUnavailable:
            return first
        mine, its = self.builtin.chances(text), heard.chances()
        both = {intent: (1 - RASA_SHARE) * chance + RASA_SHARE * its.get(intent, 0.0) for intent, chance in mine.items()}
        return understood(text, by_chance(both), self.builtin.words, engine=rasa.engine, locale=locale, step=step, today=today, spotted=heard.spotted(text))


async def keep_watch(cascade: Cascade, rasa: Rasa, say: Callable[[str], None], every_s: float = WATCH_S) -> None:
    """Switch Rasa in whenever it answers and out when it does not, so that nobody's message waits to find that out; for as long as this task lives."""
    cascade.rasa = None
    try:
        while True:
            up = await rasa.healthy()
            if up != (cascade.rasa is not None):
                cascade.rasa = rasa if up else None
                say("understanding: built-in and Rasa" if up else "understanding: built-in; Rasa does not answer")
            UP.set(up)
            await asyncio.sleep(every_s)
    finally:
        cascade.rasa = None
        UP.set(0)
