"""How well an understanding does on cases with known answers; the figures and their names are those of `nlu evaluate`."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from bot.engine import ACT
from bot.understanding.base import INTENTS, Understanding, Understood
from bot.understanding.entities import amount_of

CONFUSED_SHOWN = 20


class BadCases(ValueError):
    """A file of cases that cannot be read; the text names the line."""


def read_cases(path: Path, needed: Sequence[str]) -> list[dict[str, Any]]:
    """The cases of a JSON-lines file, each with the fields `needed`."""
    cases: list[dict[str, Any]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
        except json.JSONDecodeError as fault:
            raise BadCases(f"{path.name} line {number}: {fault.msg}") from None
        if not isinstance(case, dict) or any(name not in case for name in needed):
            raise BadCases(f"{path.name} line {number}: needs {', '.join(needed)}")
        if case.get("intent", INTENTS[0]) not in INTENTS:
            raise BadCases(f"{path.name} line {number}: unknown intent {case['intent']}")
        cases.append(case)
    if not cases:
        raise BadCases(f"{path.name} holds no cases")
    return cases


async def ask_all(understanding: Understanding, cases: list[dict[str, Any]], today: date | None) -> list[Understood]:
    """The understanding's answer to every case. The case's locale is not told: people do not announce it either."""
    return [await understanding.parse(case["text"], step=case.get("step"), today=today) for case in cases]


def score(engine: str, cases: list[dict[str, Any]], answers: list[Understood]) -> dict[str, Any]:
    """The figures of answers, one for each case. Shares are of 1; a share of nothing is None."""
    pairs = list(zip(cases, answers, strict=True))
    right = [a.intent == c["intent"] for c, a in pairs]
    oos_meant, oos_said = [c["intent"] == "out_of_scope" for c, _ in pairs], [a.intent == "out_of_scope" for _, a in pairs]
    oos_both = sum(m and s for m, s in zip(oos_meant, oos_said, strict=True))
    confused = Counter((c["intent"], a.intent) for c, a in pairs if a.intent != c["intent"])
    whole, by_entity = _entities(pairs)
    return {
        "engine": engine,
        "n": len(cases),
        "rasa_answered": sum(a.engine == "rasa" for a in answers),
        "intent_accuracy": _share(sum(right), len(right)),
        "confident_wrong": _share(sum(not r and a.confidence >= ACT for r, a in zip(right, answers, strict=True)), len(right)),
        "asked_back": _share(sum(a.confidence < ACT for a in answers), len(right)),
        "oos_recall": _share(oos_both, sum(oos_meant)),
        "oos_precision": _share(oos_both, sum(oos_said)),
        "by_locale": _by([c.get("locale", "?") for c in cases], right),
        "by_intent": _by([c["intent"] for c in cases], right),
        "entity_f1": whole,
        "by_entity": by_entity,
        "confused": [{"intent": meant, "as": said, "count": n} for (meant, said), n in confused.most_common(CONFUSED_SHOWN)],
    }


def score_amounts(cases: list[dict[str, Any]]) -> dict[str, Any]:
    """How many texts give their amount in paise, null for none, and which do not."""
    said = [(c["text"], c["paise"], amount_of(c["text"])) for c in cases]
    wrong = [{"text": text, "paise": meant, "got": got} for text, meant, got in said if meant != got]
    return {"n": len(cases), "accuracy": _share(len(cases) - len(wrong), len(cases)), "wrong": wrong}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _by(keys: Iterable[str], right: list[bool]) -> dict[str, float | None]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for key, ok in zip(keys, right, strict=True):
        groups[key].append(ok)
    return {key: _share(sum(group), len(group)) for key, group in sorted(groups.items())}


def _entities(pairs: list[tuple[dict[str, Any], Understood]]) -> tuple[float | None, dict[str, float | None]]:
    """F1 over multisets of (entity, value), micro, of the cases that name their entities; also each entity's own."""
    both: Counter[str] = Counter()
    either: Counter[str] = Counter()
    for case, answer in pairs:
        if "entities" not in case:
            continue
        meant = Counter((e["entity"], str(e["value"])) for e in case["entities"])
        said = Counter((e.entity, str(e.value)) for e in answer.entities)
        for (entity, _), n in (meant & said).items():
            both[entity] += 2 * n
        for (entity, _), n in (meant + said).items():
            either[entity] += n
    return _share(both.total(), either.total()), {entity: _share(both[entity], n) for entity, n in sorted(either.items())}
