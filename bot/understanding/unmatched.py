"""What was not understood, as candidates in training format: masked, put together by form, place in the talk and likeness. A person accepts or not.

Nothing leaves unmasked: digits become nines, codes and addresses lose their content, names become a stand-in. What remains are the words of the trade and
unknown words, which is what one learns from; so only messages of people who allowed it come here (`bot.learning`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from rapidfuzz import fuzz, process

from bot.understanding.builtin import BuiltIn
from bot.understanding.entities import entities
from bot.understanding.names import PARTS
from bot.understanding.normalise import ascii_digits, normalise
from bot.understanding.tokens import cut, written_digits

ALIKE = 68  # rapidfuzz's token_sort_ratio from which two texts are one idea; below, "bill kinna" and "bijli da bill" fall together
STAND_INS = {"hi": "रमेश", "pa": "ਰਮੇਸ਼"}  # for a name in its script; Latin below
STAND_IN = "ramesh"
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|www\.\S+", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_FIELDS = ("connection_no", "receipt_no", "phone")


@dataclass(frozen=True)
class Misread:
    """A text nobody understood: where in the talk ("flow.step"), and who wrote it, as a token that means nothing outside."""

    text: str
    place: str
    speaker: str


@dataclass
class Cluster:
    """Texts of one idea in one form at one place; `guesses` is what the built-in model thinks of them together, best first."""

    form: str
    flow: str
    examples: list[str]
    people: int
    messages: int
    guesses: list[tuple[str, float]] = field(default_factory=list)


def _nines(found: re.Match[str]) -> str:
    digits = found.group()
    return "0" + "9" * (len(digits) - 1) if digits.startswith("0") and len(digits) > 1 else "9" * len(digits)


def _spans(text: str, names: frozenset[str]) -> list[tuple[int, int, str]]:
    """What must be hidden: codes and phones, then names; each [start, end) with what it is."""
    found = [(e.start, e.end, e.entity) for e in entities(text, intent="check_bill") if e.entity in (*_FIELDS, "name")]
    for token in cut(written_digits(text)):
        if token.word and token.digits is None and (token.word in PARTS or token.word in names) and not any(s <= token.start < e for s, e, _ in found):
            found.append((token.start, token.end, "name"))
    return sorted(found)


def mask(text: str, form: str, names: frozenset[str]) -> str:
    """The text in one line without numbers, addresses, codes and names; a name becomes the same stand-in everywhere, marked as training texts mark it."""
    line = ascii_digits(_ADDRESS.sub("…", " ".join(text.split())))
    parts, at, last = [], 0, ""
    for start, end, kind in _spans(line, names):
        if start < at:
            continue
        between = line[at:start]
        if kind == "name" and last == "name" and not between.strip():
            at = end  # name and surname are one name
            continue
        parts += [between, f"[{STAND_INS.get(form, STAND_IN)}](name)" if kind == "name" else line[start:end]]
        at, last = end, kind
    return _DIGITS.sub(_nines, "".join([*parts, line[at:]])).replace("`", "'")


def clusters(misread: Iterable[Misread], model: BuiltIn) -> list[Cluster]:
    """Put texts together by form, flow and likeness; the largest first."""
    groups: dict[tuple[str, str], list[tuple[str, Misread]]] = defaultdict(list)
    for one in misread:
        form = model.understand(one.text).locale
        masked = mask(one.text, form, model.words.names)
        if normalise(masked):
            groups[form, one.place.partition(".")[0]].append((masked, one))
    made = [cluster for (form, flow), texts in groups.items() for cluster in _alike(form, flow, texts, model)]
    return sorted(made, key=lambda c: (-c.people, -c.messages, c.form, c.flow, c.examples))


def _alike(form: str, flow: str, texts: list[tuple[str, Misread]], model: BuiltIn) -> list[Cluster]:
    leaders: list[str] = []
    members: list[list[tuple[str, Misread]]] = []
    for masked, one in texts:
        folded = normalise(masked)
        best = process.extractOne(folded, leaders, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
        if best is None:
            leaders.append(folded)
            members.append([])
        members[best[2] if best else -1].append((masked, one))
    return [_cluster(form, flow, group, model) for group in members]


def _cluster(form: str, flow: str, group: list[tuple[str, Misread]], model: BuiltIn) -> Cluster:
    chances = np.mean([model.probabilities(one.text) for _, one in group], axis=0)
    best = sorted(zip(model.intents, (round(float(c), 2) for c in chances), strict=True), key=lambda g: -g[1])[:3]
    distinct = {normalise(masked): masked for masked, _ in reversed(group)}
    return Cluster(form, flow, sorted(distinct.values()), len({one.speaker for _, one in group}), len(group), best)


def as_training(found: list[Cluster]) -> str:
    """The candidates in Rasa's training format, the model's guess as the intent. Empty without candidates."""
    if not found:
        return ""
    lines = ["# Not understood, masked, with consent. Correct the intent, keep what is worth it in nlu/data/<form>/, then: mgramseva nlu train", 'version: "3.1"', "nlu:"]
    for cluster in found:
        guesses = ", ".join(f"{intent} {chance:.2f}" for intent, chance in cluster.guesses)
        lines += [f"# {cluster.form}, in {cluster.flow}: {cluster.messages} messages of {cluster.people} people; the model's guess: {guesses}"]
        lines += [f"- intent: {cluster.guesses[0][0]}", "  examples: |", *(f"    - {text}" for text in cluster.examples)]
    return "\n".join(lines) + "\n"
