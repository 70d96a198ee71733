"""Trains the built-in model from the training texts. Deterministic: the same texts give the same predictions. scikit-learn is imported only here, when used."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from bot.understanding import names
from bot.understanding.base import INTENTS
from bot.understanding.builtin import MODEL
from bot.understanding.features import features
from bot.understanding.normalise import normalise, unsqueezed
from bot.understanding.tokens import cut

DATA = Path(__file__).parents[2] / "nlu" / "data"
SEEN_MIN = 2  # n-grams of one text only say nothing about others
STRENGTH, FOLDS = 1.0, 5
_MARKED = re.compile(r"\[([^\]]+)\]\((\w+)\)")


class BadTrainingData(ValueError):
    """Training texts that cannot be used: an unknown intent, or an intent without texts."""


def _parts(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """(file name, part) of every file of training texts, in a fixed order."""
    files = sorted(folder.glob("*/*.yml"))
    return [(path.name, part) for path in files for part in YAML(typ="safe").load(path.read_text(encoding="utf-8")).get("nlu") or []]


def _lines(listed: str) -> list[str]:
    return [line[2:].strip() for line in listed.splitlines() if line.startswith("- ")]


def read_examples(folder: Path = DATA) -> list[tuple[str, str]]:
    """(text with marked entities, intent) of every example of every language, in a fixed order."""
    found: list[tuple[str, str]] = []
    for name, part in _parts(folder):
        if "intent" in part:
            if part["intent"] not in INTENTS:
                raise BadTrainingData(f"{name}: unknown intent {part['intent']}")
            found += [(line, part["intent"]) for line in _lines(part["examples"])]
    missing = set(INTENTS) - {intent for _, intent in found}
    if missing:
        raise BadTrainingData(f"no examples: {', '.join(sorted(missing))}")
    return found


def read_names(folder: Path = DATA) -> set[str]:
    """Folded words of the lookup tables of people's names and of the names marked in the examples."""
    listed = [line for _, part in _parts(folder) if part.get("lookup") == "name" for line in _lines(part["examples"])]
    listed += [text for marked, _ in read_examples(folder) for text, entity in _MARKED.findall(marked) if entity == "name"]
    return {word for name in listed for word in normalise(name).split() if not word.isdecimal()}


def _plain(marked: str) -> str:
    return _MARKED.sub(r"\1", marked)


def _known_words(examples: list[tuple[str, str]]) -> list[str]:
    """Words of the trade: those that stand outside names."""
    outside = {t.word for marked, _ in examples for t in cut(_MARKED.sub(lambda m: " " if m.group(2) == "name" else m.group(1), marked)) if t.word and not t.digits}
    return sorted(outside - names.PARTS)


def _matrix(counted: list[Counter[str]], vocabulary: dict[str, int], idf: NDArray[Any]) -> Any:
    from scipy.sparse import csr_matrix

    data: list[float] = []
    rows: list[int] = []
    columns: list[int] = []
    for row, counts in enumerate(counted):
        items = sorted((vocabulary[g], n) for g, n in counts.items() if g in vocabulary)
        values = (1 + np.log([n for _, n in items])) * idf[[i for i, _ in items]] if items else np.zeros(0)
        length = float(np.sqrt(values @ values)) or 1.0
        data += (values / length).tolist()
        rows += [row] * len(items)
        columns += [i for i, _ in items]
    return csr_matrix((data, (rows, columns)), shape=(len(counted), len(vocabulary)))


def _fitted(matrix: Any, answers: NDArray[Any]) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=STRENGTH, tol=1e-3, max_iter=2000, random_state=0).fit(matrix, answers)


def _temperature(matrix: Any, answers: NDArray[Any], groups: NDArray[Any]) -> float:
    """How much to sharpen the margins, so that on texts not trained on, probabilities are as often right as they say. The same text never stands on both sides."""
    from sklearn.model_selection import GroupKFold

    margins = np.zeros((len(answers), len(INTENTS)))
    for train, held in GroupKFold(FOLDS).split(matrix, answers, groups):
        model = _fitted(matrix[train], answers[train])
        margins[np.ix_(held, model.classes_)] = model.decision_function(matrix[held])

    def loss(scale: float) -> float:
        scaled = margins * scale
        top = scaled.max(axis=1)
        sums = np.log(np.exp(scaled - top[:, None]).sum(axis=1)) + top
        return float(np.mean(sums - scaled[np.arange(len(answers)), answers]))

    return min((s / 10 for s in range(10, 150)), key=loss)


def train(path: Path = MODEL, folder: Path = DATA) -> dict[str, Any]:
    """Train, write the model to `path`, and say how large it is, what it was made of and how many seconds of CPU it took."""
    began = time.process_time()
    examples = read_examples(folder)
    texts = [_plain(marked) for marked, _ in examples]
    answers = np.array([INTENTS.index(intent) for _, intent in examples])
    counted = [Counter(features(t)) for t in texts]
    seen = Counter(g for counts in counted for g in counts)
    grams = sorted(g for g, n in seen.items() if n >= SEEN_MIN)
    vocabulary = {g: i for i, g in enumerate(grams)}
    idf = (np.log((1 + len(texts)) / (1 + np.array([seen[g] for g in grams]))) + 1).astype(np.float32)
    matrix = _matrix(counted, vocabulary, idf)
    distinct = {t: i for i, t in enumerate(sorted({unsqueezed(t) for t in texts}))}
    temperature = _temperature(matrix, answers, np.array([distinct[unsqueezed(t)] for t in texts]))
    model, known = _fitted(matrix, answers), _known_words(examples)
    named = sorted(read_names(folder) - set(known))
    save(path, grams, idf, model.coef_.T * temperature, model.intercept_ * temperature, {"known": known, "names": named})
    return {
        "examples": len(texts), "features": len(grams), "temperature": temperature, "bytes": path.stat().st_size, "cpu_s": round(time.process_time() - began, 2)
    }


def save(path: Path, grams: list[str], idf: NDArray[Any], weights: NDArray[Any], bias: NDArray[Any], words: dict[str, list[str]]) -> None:
    """Write the model: weights as one byte each with a scale a column, texts as UTF-8 bytes; no pickle."""
    scale = np.abs(weights).max(axis=0) / 127
    path.parent.mkdir(parents=True, exist_ok=True)
    listed = {"intents": list(INTENTS), "vocabulary": grams, **words}
    texts = {name: np.frombuffer("\n".join(lines).encode(), dtype=np.uint8) for name, lines in listed.items()}
    small = np.round(weights / scale).astype(np.int8)
    np.savez_compressed(path, allow_pickle=False, weights=small, scale=scale.astype(np.float32), bias=bias.astype(np.float32), idf=idf.astype(np.float16), **texts)
