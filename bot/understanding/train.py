"""Trains the built-in model from the training texts. Deterministic: the same texts give the same predictions. scikit-learn is imported only here, when used."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from bot.understanding import names
from bot.understanding.base import EXPENSE_TYPES, INTENTS
from bot.understanding.builtin import MODEL
from bot.understanding.features import LETTERS, TOGETHER, of_pairs, of_word, words_of
from bot.understanding.normalise import normalise
from bot.understanding.sound import heard_phrase, sound

DATA = Path(__file__).parents[2] / "nlu" / "data"
HEARD_MIN = 3  # sounds of a phrase; "chai" and "chahiye" are one sound
CLEAR_MIN = 3  # phrases of one type that a word must stand in to mean the type by itself
SEEN_MIN = 2  # n-grams of one text only say nothing about others
PAIR_SEEN_MIN = 4  # pairs that are no neighbours: half of all n-grams, and the rare ones add nothing
STRENGTH, TOLERANCE = 1.0, 1.0
FOLDS = 4  # of the texts, two are trained on and one is measured to find the temperature
_MARKED = re.compile(r"\[([^\]]+)\]\((\w+)\)")


class BadTrainingData(ValueError):
    """Training texts that cannot be used: an unknown intent, or an intent without texts."""


class Texts(NamedTuple):
    """What is in the training texts, in a fixed order: (text with marked entities, intent); words of names, folded; folded phrase → type of expense."""

    examples: list[tuple[str, str]]
    names: frozenset[str]
    expenses: dict[str, str]


def _lines(listed: str) -> list[str]:
    return [line[2:].strip() for line in listed.splitlines() if line.startswith("- ")]


def read_texts(folder: Path = DATA) -> Texts:
    """The training texts of every written form. Raises BadTrainingData with the file's name for what the model could not be trained on."""
    examples: list[tuple[str, str]] = []
    named: list[str] = []
    expenses: dict[str, str] = {}
    for path in sorted(folder.glob("*/*.yml")):
        place = f"{path.parent.name}/{path.name}"
        for part in YAML(typ="safe").load(path.read_text(encoding="utf-8")).get("nlu") or []:
            lines = _lines(part["examples"])
            if "intent" in part:
                examples += [(line, _known(part["intent"], INTENTS, place, "intent")) for line in lines]
            elif "synonym" in part:
                kind = _known(part["synonym"], EXPENSE_TYPES, place, "expense type")
                expenses = dict.fromkeys(lines, kind) | expenses  # who said it first is believed
            elif part.get("lookup") == "name":
                named += lines
    missing = set(INTENTS) - {intent for _, intent in examples}
    if missing:
        raise BadTrainingData(f"no examples: {', '.join(sorted(missing))}")
    named += [text for marked, _ in examples for text, entity in _MARKED.findall(marked) if entity == "name"]
    return Texts(examples, frozenset(word for name in named for word in normalise(name).split() if not word.isdecimal()), expenses)


def _known(word: str, words: Sequence[str], place: str, what: str) -> str:
    if word not in words:
        raise BadTrainingData(f"{place}: unknown {what} {word}")
    return word


def _plain(marked: str) -> str:
    return _MARKED.sub(r"\1", marked)


def _known_words(examples: list[tuple[str, str]], spoken: list[list[str]], expenses: dict[str, str]) -> list[str]:
    """Words of the trade, folded: those that stand outside names, and those of expenses."""
    outside: set[str] = set()
    for (marked, _), words in zip(examples, spoken, strict=True):
        outside.update(words_of(_MARKED.sub(lambda m: " " if m.group(2) == "name" else m.group(1), marked)) if "](name)" in marked else words)
    return sorted(outside.union(*(normalise(phrase).split() for phrase in expenses)) - names.PARTS)


def _heard_expenses(expenses: dict[str, str]) -> dict[str, str]:
    """Sound of a phrase → type, and of any word that stands in phrases of one type only, in several of them: "starter" alone is as clear as "starter repair"."""
    found = {said: kind for phrase, kind in reversed(expenses.items()) if len(said := heard_phrase(phrase)) >= HEARD_MIN}
    kinds: dict[str, list[str]] = {}
    for said, kind in found.items():
        for word in set(said.split()):
            kinds.setdefault(word, []).append(kind)
    clear = {word: of[0] for word, of in kinds.items() if len(of) >= CLEAR_MIN and len(set(of)) == 1 and len(word) > HEARD_MIN}
    return clear | found


class Seen(NamedTuple):
    """The n-grams of texts: for each text and n-gram in it, sorted by text, its number in `grams` and how often it stands there; in how many texts each stands."""

    grams: list[str]
    rows: NDArray[Any]
    columns: NDArray[Any]
    often: NDArray[Any]
    texts: NDArray[Any]


def _seen(texts: list[list[str]]) -> Seen:
    """All n-grams that are worth a weight, in the order of their names; of the texts' words."""
    numbers: dict[str, int] = {}
    of_words: dict[str, tuple[str, list[int]]] = {}
    flat: list[int] = []
    sizes = []
    for text in texts:
        size, sounds = len(flat), []
        for word in text:
            if word not in of_words:
                heard = sound(word)
                of_words[word] = heard, [numbers.setdefault(gram, len(numbers)) for gram in of_word(word, heard)]
            sounds.append(of_words[word][0])
            flat += of_words[word][1]
        flat += [numbers.setdefault(gram, len(numbers)) for gram in of_pairs(sounds)]
        sizes.append(len(flat) - size)
    keys, often = np.unique(np.repeat(np.arange(len(texts)), sizes) * len(numbers) + np.array(flat), return_counts=True)
    rows, columns = np.divmod(keys, len(numbers))
    texts_with = np.bincount(columns, minlength=len(numbers))
    grams = sorted(gram for gram, n in numbers.items() if texts_with[n] >= (PAIR_SEEN_MIN if TOGETHER in gram else SEEN_MIN))
    chosen = np.array([numbers[gram] for gram in grams])
    place = np.full(len(numbers), -1)
    place[chosen] = np.arange(len(grams))
    kept = place[columns] >= 0
    return Seen(grams, rows[kept], place[columns[kept]], often[kept], texts_with[chosen])


def _matrix(seen: Seen, idf: NDArray[Any], texts: int) -> Any:
    """A row a text: 1 + log of how often, times idf; each block of features of length one."""
    from scipy.sparse import csr_matrix

    values = (1 + np.log(seen.often)) * idf[seen.columns]
    letters = seen.columns < sum(gram.startswith(LETTERS) for gram in seen.grams)
    for block in (letters, ~letters):
        lengths = np.sqrt(np.bincount(seen.rows[block], values[block] ** 2, texts))
        values[block] /= lengths[seen.rows[block]]
    return csr_matrix((values, (seen.rows, seen.columns)), shape=(texts, len(seen.grams)))


def _fitted(matrix: Any, answers: NDArray[Any]) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=STRENGTH, tol=TOLERANCE, random_state=0).fit(matrix, answers)


def _temperature(matrix: Any, answers: NDArray[Any], groups: NDArray[Any]) -> float:
    """How much to sharpen the margins, so that on texts not trained on, probabilities are as often right as they say. The same text never stands on both sides."""
    held, trained = np.flatnonzero(groups % FOLDS == 0), np.flatnonzero(groups % FOLDS >= 2)
    model = _fitted(matrix[trained], answers[trained])
    margins = model.decision_function(matrix[held])

    def loss(scale: float) -> float:
        scaled = margins * scale
        top = scaled.max(axis=1)
        sums = np.log(np.exp(scaled - top[:, None]).sum(axis=1)) + top
        return float(np.mean(sums - scaled[np.arange(len(held)), np.searchsorted(model.classes_, answers[held])]))

    return min((s / 10 for s in range(10, 150)), key=loss)


def train(path: Path = MODEL, folder: Path = DATA) -> dict[str, Any]:
    """Train, write the model to `path`, and say how large it is, what it was made of and how many seconds of CPU it took, scikit-learn's import among them."""
    began = time.process_time()
    import_module("sklearn.svm")
    from threadpoolctl import threadpool_limits

    imported = time.process_time() - began
    with threadpool_limits(1):  # more threads wait for one another longer than they work
        figures = _trained(path, folder)
    return {**figures, "cpu_s": round(time.process_time() - began, 2), "import_cpu_s": round(imported, 2)}


def _trained(path: Path, folder: Path) -> dict[str, Any]:
    examples, named, expenses = read_texts(folder)
    texts = [words_of(_plain(marked)) for marked, _ in examples]
    answers = np.array([INTENTS.index(intent) for _, intent in examples])
    seen = _seen(texts)
    idf = (np.log((1 + len(texts)) / (1 + seen.texts)) + 1).astype(np.float32)
    matrix = _matrix(seen, idf, len(texts))
    alike = [" ".join(words) for words in texts]
    distinct = {text: i for i, text in enumerate(sorted(set(alike)))}
    temperature = _temperature(matrix, answers, np.array([distinct[text] for text in alike]))
    model, known = _fitted(matrix, answers), _known_words(examples, texts, expenses)
    heard = _heard_expenses(expenses)
    words = {
        "known": sorted({sound(word) for word in known}), "names": sorted(named - set(known)), "expenses": [f"{phrase}\t{kind}" for phrase, kind in sorted(heard.items())]
    }  # fmt: skip
    save(path, seen.grams, idf, model.coef_.T * temperature, model.intercept_ * temperature, words)
    return {"examples": len(texts), "features": len(seen.grams), "temperature": temperature, "bytes": path.stat().st_size}


def save(path: Path, grams: list[str], idf: NDArray[Any], weights: NDArray[Any], bias: NDArray[Any], words: dict[str, list[str]]) -> None:
    """Write the model: weights as one byte each with a scale a column, texts as UTF-8 bytes; no pickle."""
    scale = np.abs(weights).max(axis=0) / 127
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = {"intents": list(INTENTS), "vocabulary": grams, **words}
    texts = {name: np.frombuffer("\n".join(lines).encode(), dtype=np.uint8) for name, lines in listed.items()}
    small = np.round(weights / scale).astype(np.int8)
    making = path.with_name(f".{path.stem}-{os.getpid()}.npz")  # a process that reads the model meanwhile sees the old one or the new one
    try:
        np.savez_compressed(making, allow_pickle=False, weights=small, scale=scale.astype(np.float32), bias=bias.astype(np.float32), idf=idf.astype(np.float16), **texts)
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)
