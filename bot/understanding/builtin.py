"""The built-in understanding: a linear model over character n-grams and rules for entities. Needs numpy only, no network, about 0.1 ms a text."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.understanding.base import Entity, Understood
from bot.understanding.detect import detect
from bot.understanding.entities import entities
from bot.understanding.features import in_word, pairs
from bot.understanding.normalise import model_text, normalise

MODEL = Path(__file__).parent / "model" / "builtin.npz"
ALTERNATIVES = 3
WORDS_KEPT = 8192
LINE_CONFIDENCE = 0.9  # "0045 500": a household and an amount, nothing else, is a collector's line
SURE = 0.9  # above it the model is believed even where a line looks like a collector's
BARE_CONFIDENCE = 0.5  # an amount alone, asked for by nobody
# a model has seen no text without letters: these signs answer a question, everything else is nothing we understand
SIGNS = {"👍": "affirm", "👌": "affirm", "✅": "affirm", "👎": "deny", "❌": "deny", "🙏": "thanks"}


class Words(NamedTuple):
    """Folded words: of the trade, which are nobody's name, and names of people."""

    known: frozenset[str]
    names: frozenset[str]


class BuiltIn:
    """The model of `MODEL`. Use `BuiltIn.load()`: one reading of the file a process."""

    engine = "builtin"

    def __init__(self, intents: tuple[str, ...], vocabulary: dict[str, int], idf: NDArray[Any], weights: NDArray[Any], bias: NDArray[Any], words: Words) -> None:
        self.intents, self.vocabulary, self.known, self.names = intents, vocabulary, words.known, words.names
        self._idf, self._weights, self._bias = idf, weights, bias
        self._in_word = lru_cache(maxsize=WORDS_KEPT)(self._read_word)  # people use few words: most of a text was read before

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> BuiltIn:
        """The shipped model, read once."""
        return cls.read(MODEL)

    @classmethod
    def read(cls, path: Path) -> BuiltIn:
        """A model from a file of `train.save`; arrays and UTF-8 text only, nothing in it can run."""
        with np.load(path, allow_pickle=False) as file:
            texts = {name: bytes(file[name]).decode().split("\n") for name in ("intents", "vocabulary", "known", "names")}
            weights = file["weights"].astype(np.float32) * file["scale"].astype(np.float32)
            vocabulary = {gram: i for i, gram in enumerate(texts["vocabulary"])}
            words = Words(frozenset(texts["known"]), frozenset(texts["names"]))
            return cls(tuple(texts["intents"]), vocabulary, file["idf"].astype(np.float32), weights, file["bias"], words)

    def _read_word(self, word: str) -> tuple[int, ...]:
        return tuple(i for gram in in_word(word) if (i := self.vocabulary.get(gram)) is not None)

    def probabilities(self, text: str) -> NDArray[Any]:
        """Calibrated probabilities, in the order of `intents`."""
        words = model_text(text).split()
        counts = Counter(i for word in words for i in self._in_word(word))
        counts.update(i for pair in pairs(words) if (i := self.vocabulary.get(pair)) is not None)
        logits = self._bias
        if counts:
            rows = np.fromiter(counts.keys(), np.int32, len(counts))
            values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self._idf[rows]
            logits = (values / np.sqrt(values @ values)) @ self._weights[rows] + self._bias
        raised = np.exp(logits - logits.max())
        return np.asarray(raised / raised.sum())

    async def parse(self, text: str, *, locale: str | None = None, step: str | None = None, today: date | None = None) -> Understood:
        """See `Understanding.parse`."""
        return self.understand(text, locale=locale, step=step, today=today)

    def understand(self, text: str, *, locale: str | None = None, step: str | None = None, today: date | None = None) -> Understood:
        """The same without waiting."""
        spoken = detect(text, chosen=locale)
        if not normalise(text):
            sign = next((intent for sign, intent in SIGNS.items() if sign in text), "out_of_scope")
            return Understood(intent=sign, confidence=LINE_CONFIDENCE, locale=spoken, engine=self.engine)
        chances = self.probabilities(text)
        order = np.argsort(-chances, kind="stable")[: ALTERNATIVES + 1]
        best = [(self.intents[i], round(float(chances[i]), 4)) for i in order]
        found = entities(text, step=step, today=today, known=self.known, intent=best[0][0])
        if best[0][0] != "collect_payment" and best[0][1] < SURE and any(e.entity == "amount" for e in found):
            line = entities(text, step=step, today=today, known=self.known, intent="collect_payment")
            if _is_line(text, line):
                best, found = [("collect_payment", LINE_CONFIDENCE), *[b for b in best if b[0] != "collect_payment"]], line
        elif best[0][0] == "collect_payment":
            best = self._collected(text, best, found)
        return Understood(intent=best[0][0], confidence=best[0][1], entities=found, locale=spoken, engine=self.engine, alternatives=tuple(best[1 : ALTERNATIVES + 1]))

    def _collected(self, text: str, best: list[tuple[str, float]], found: tuple[Entity, ...]) -> list[tuple[str, float]]:
        """A household with an amount is sure to be a collector's line; an amount alone may as well be what somebody wants to pay."""
        if _is_line(text, found):
            return [(best[0][0], max(best[0][1], LINE_CONFIDENCE)), *best[1:]]
        if len(found) == 1 and found[0].entity == "amount" and _rest(text, found) == "":
            return [("collect_payment", BARE_CONFIDENCE), ("pay_bill", 1 - BARE_CONFIDENCE), *[b for b in best[1:] if b[0] != "pay_bill"]]
        return best


def _rest(text: str, found: tuple[Entity, ...]) -> str:
    return normalise("".join(" " if any(e.start <= i < e.end for e in found) else c for i, c in enumerate(text)))


def _is_line(text: str, found: tuple[Entity, ...]) -> bool:
    """A household and one amount and nothing else: the shorthand of collectors."""
    kinds = [e.entity for e in found]
    return kinds.count("amount") == 1 and ("name" in kinds or "connection_no" in kinds) and _rest(text, found) == ""
