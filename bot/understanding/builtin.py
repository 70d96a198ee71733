"""The built-in understanding: a linear model over words, sounds and letters, and rules for entities. Needs numpy only, no network, about 0.2 ms a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.base import Understood
from bot.understanding.features import LETTERS, of_pairs, of_word, words_of
from bot.understanding.lexicon import Words
from bot.understanding.reading import ALTERNATIVES, understood
from bot.understanding.sound import sound

MODEL = Path(__file__).parent / "model" / "builtin.npz"
WORDS_KEPT = 4096


class BuiltIn:
    """The model of `MODEL`. Use `BuiltIn.load()`: one reading of the file a process."""

    engine = "builtin"

    def __init__(self, intents: tuple[str, ...], vocabulary: dict[str, int], arrays: Mapping[str, NDArray[Any]], words: Words) -> None:
        self.intents, self.vocabulary, self.words = intents, vocabulary, words
        self._weights, self._scale = arrays["weights"], arrays["scale"].astype(np.float32)  # a byte a weight, as stored: what is read is mostly in the cache
        self._bias, self._idf = arrays["bias"], arrays["idf"].astype(np.float32)
        self._letters = sum(gram.startswith(LETTERS) for gram in vocabulary)  # the vocabulary is sorted: the letters' block comes first
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
            texts = {name: bytes(file[name]).decode().split("\n") for name in ("intents", "vocabulary", "known", "names", "expenses")}
            expenses = dict(line.split("\t") for line in texts["expenses"])
            arrays = {name: file[name] for name in ("weights", "scale", "bias", "idf")}
            vocabulary = {gram: i for i, gram in enumerate(texts["vocabulary"])}
            return cls(tuple(texts["intents"]), vocabulary, arrays, Words(frozenset(texts["known"]), frozenset(texts["names"]), expenses))

    def _read_word(self, word: str) -> tuple[str, NDArray[Any]]:
        heard = sound(word)
        return heard, self._rows(of_word(word, heard))

    def _rows(self, grams: Sequence[str]) -> NDArray[Any]:
        return np.array([i for i in map(self.vocabulary.get, grams) if i is not None], np.intp)

    def probabilities(self, text: str) -> NDArray[Any]:
        """Calibrated probabilities, in the order of `intents`."""
        read = [self._in_word(word) for word in words_of(text)]
        rows = np.concatenate([*(found for _, found in read), self._rows(of_pairs([heard for heard, _ in read]))])
        logits = self._bias
        if rows.size:
            rows.sort()
            first = np.ones(rows.size, np.bool_)
            np.not_equal(rows[1:], rows[:-1], out=first[1:])
            often = np.bincount(first.cumsum() - 1)
            rows = rows[first]
            values = self._idf[rows] * (1 + np.log(often, dtype=np.float32))
            letters = int(rows.searchsorted(self._letters))
            for block in (values[:letters], values[letters:]):
                if block.size:
                    np.divide(block, np.sqrt(block @ block), out=block)
            logits = values @ self._weights.take(rows, axis=0).astype(np.float32) * self._scale + self._bias
        raised = np.exp(logits - logits.max())
        return np.asarray(raised / raised.sum())

    def ranked(self, text: str, most: int = ALTERNATIVES + 1) -> list[tuple[str, float]]:
        """The likeliest intents with their probabilities, best first."""
        chances = self.probabilities(text)
        return [(self.intents[i], float(chances[i])) for i in np.argsort(-chances, kind="stable")[:most]]

    def chances(self, text: str) -> dict[str, float]:
        """The probabilities of all by intent."""
        return dict(zip(self.intents, self.probabilities(text).tolist(), strict=True))

    async def parse(self, text: str, *, locale: str | None = None, step: str | None = None, today: date | None = None) -> Understood:
        """See `Understanding.parse`."""
        return self.understand(text, locale=locale, step=step, today=today)

    def understand(self, text: str, *, locale: str | None = None, step: str | None = None, today: date | None = None) -> Understood:
        """The same without waiting."""
        return understood(text, self.ranked(text), self.words, engine=self.engine, locale=locale, step=step, today=today)
