"""The built-in understanding: a linear model over words, sounds and letters, and rules for entities. Needs numpy only, no network, about 0.1 ms a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.understanding.base import Understood
from bot.understanding.features import LETTERS, of_pairs, of_word, words_of
from bot.understanding.lexicon import Words
from bot.understanding.reading import understood
from bot.understanding.sound import sound

MODEL = Path(__file__).parent / "model" / "builtin.npz"
WORDS_KEPT = 4096


class BuiltIn:
    """The model of `MODEL`. Use `BuiltIn.load()`: one reading of the file a process."""

    engine = "builtin"

    def __init__(self, intents: tuple[str, ...], vocabulary: dict[str, int], arrays: Mapping[str, NDArray[Any]], words: Words) -> None:
        self.intents, self.vocabulary, self.words = intents, vocabulary, words
        self._weights, self._bias = arrays["weights"], arrays["bias"]
        self._scale, self._idf = arrays["scale"], arrays["idf"]
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

    def _read_word(self, word: str) -> tuple[str, tuple[int, ...]]:
        heard = sound(word)
        return heard, tuple(i for gram in of_word(word, heard) if (i := self.vocabulary.get(gram)) is not None)

    def probabilities(self, text: str) -> NDArray[Any]:
        """Calibrated probabilities, in the order of `intents`."""
        words, counts = words_of(text), Counter[int]()
        sounds = []
        for word in words:
            heard, found = self._in_word(word)
            counts.update(found)
            sounds.append(heard)
        counts.update(i for pair in of_pairs(sounds) if (i := self.vocabulary.get(pair)) is not None)
        logits = self._bias
        if counts:
            rows = np.fromiter(counts.keys(), np.int32, len(counts))
            values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self._idf[rows]
            letters = rows < self._letters
            for block in (letters, ~letters):
                values[block] /= np.sqrt(values[block] @ values[block]) or 1
            logits = values @ self._weights[rows] * self._scale + self._bias
        raised = np.exp(logits - logits.max())
        return np.asarray(raised / raised.sum())

    def chances(self, text: str) -> dict[str, float]:
        """The same by intent."""
        return dict(zip(self.intents, self.probabilities(text).tolist(), strict=True))

    async def parse(self, text: str, *, locale: str | None = None, step: str | None = None, today: date | None = None) -> Understood:
        """See `Understanding.parse`."""
        return self.understand(text, locale=locale, step=step, today=today)

    def understand(self, text: str, *, locale: str | None = None, step: str | None = None, today: date | None = None) -> Understood:
        """The same without waiting."""
        return understood(text, self.chances(text), self.words, engine=self.engine, locale=locale, step=step, today=today)
