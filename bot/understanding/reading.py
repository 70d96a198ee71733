"""From the chances of the intents to what was understood: entities by rules, collectors' lines and bare answers recognised. The same for every engine."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from bot.understanding.base import Entity, Understood
from bot.understanding.detect import detect
from bot.understanding.entities import entities
from bot.understanding.lexicon import Words
from bot.understanding.normalise import normalise

ALTERNATIVES = 3
LINE_CONFIDENCE = 0.9  # "0045 500": a household and an amount, nothing else, is a collector's line
SURE = 0.9  # above it the model is believed even where a line looks like a collector's
BARE_CONFIDENCE = 0.5  # an amount alone, asked for by nobody
# a model has seen no text without letters: these signs answer a question, everything else is nothing we understand
SIGNS = {"👍": "affirm", "👌": "affirm", "✅": "affirm", "👎": "deny", "❌": "deny", "🙏": "thanks"}
# what an answer that is nothing but the thing asked for belongs to, where its step is told by its kind only
BARE_ANSWERS = {
    "amount": "collect_payment", "reading": "meter_reading", "date": "promise_to_pay", "expense_type": "add_expense", "connection_no": "search_household",
    "household": "search_household", "name": "search_household",
}  # fmt: skip
_KINDS = {
    "amount": "amount paise rupees", "reading": "reading meter", "connection_no": "connection consumer", "household": "household", "name": "name", "date": "date day when",
    "expense_type": "expense", "phone": "phone mobile", "otp": "otp code", "upi_reference": "upi reference", "text": "text", "contact": "contact",
}  # fmt: skip
_KIND_OF_WORD = {word: kind for kind, words in _KINDS.items() for word in words.split()}


def kind_of_step(step: str | None) -> str | None:
    """What a step asks for: its name is a kind ("amount") or holds one ("cash.amount", "ask_meter_reading"); the last word that says so decides."""
    if step is None or step in _KINDS:
        return step
    return next((kind for word in reversed(re.split(r"[^a-z]+", step.lower())) if (kind := _KIND_OF_WORD.get(word))), "text")


_READABLE = re.compile(r"[^\W_]")


def readable(text: str) -> bool:
    """Whether there is a letter or a digit in it."""
    return _READABLE.search(text) is not None


def by_chance(chances: Mapping[str, float]) -> list[tuple[str, float]]:
    """Intents with their chances, best first."""
    return sorted(chances.items(), key=lambda c: (-c[1], c[0]))


def understood(
    text: str,
    ranked: Sequence[tuple[str, float]],
    words: Words,
    *,
    engine: str,
    locale: str | None = None,
    step: str | None = None,
    today: date | None = None,
    spotted: tuple[Entity, ...] = (),
) -> Understood:
    """What a text means, by the intents an engine thinks likeliest, best first, with their chances (0 to 1). `spotted`: names and expenses it saw, which help where our rules see none."""
    spoken, asked = detect(text, chosen=locale), kind_of_step(step)
    if not readable(text):
        sign = next((intent for sign, intent in SIGNS.items() if sign in text), "out_of_scope")
        return Understood(intent=sign, confidence=LINE_CONFIDENCE, locale=spoken, engine=engine)
    best = [(intent, round(chance, 4)) for intent, chance in ranked[: ALTERNATIVES + 1]]
    found = entities(text, step=asked, today=today, words=words, intent=best[0][0], spotted=spotted)
    if asked is not None and (bare := _bare_answer(text, asked, best[0], found)):
        best = [(bare, LINE_CONFIDENCE), *[b for b in best if b[0] != bare]]
    elif best[0][0] != "collect_payment" and (best[0][1] < SURE or _buys_nothing(best[0][0], found)) and any(e.entity == "amount" for e in found):
        line = entities(text, step=asked, today=today, words=words, intent="collect_payment", spotted=spotted)
        if _is_line(text, line):
            best, found = [("collect_payment", LINE_CONFIDENCE), *[b for b in best if b[0] != "collect_payment"]], line
    elif best[0][0] == "collect_payment":
        best = _collected(text, best, found)
    return Understood(intent=best[0][0], confidence=best[0][1], entities=found, locale=spoken, engine=engine, alternatives=tuple(best[1 : ALTERNATIVES + 1]))


def _buys_nothing(intent: str, found: tuple[Entity, ...]) -> bool:
    """An expense of which nothing says what it was for: "kirpal 300" may as well be a household."""
    return intent == "add_expense" and not any(e.entity == "expense_type" for e in found)


def _bare_answer(text: str, asked: str, best: tuple[str, float], found: tuple[Entity, ...]) -> str | None:
    """The intent of an answer that is nothing but what was asked for."""
    wanted = {"household": ("name", "connection_no")}.get(asked, (asked,))
    bare = len(found) == 1 and found[0].entity in wanted and _rest(text, found) == ""
    return BARE_ANSWERS.get(asked) if bare and not (asked in ("name", "household") and best[1] >= SURE) else None


def _collected(text: str, best: list[tuple[str, float]], found: tuple[Entity, ...]) -> list[tuple[str, float]]:
    """A household with an amount is sure to be a collector's line; an amount alone may as well be what somebody wants to pay."""
    if _is_line(text, found):
        return [(best[0][0], max(best[0][1], LINE_CONFIDENCE)), *best[1:]]
    if len(found) == 1 and found[0].entity == "amount" and _rest(text, found) == "":
        return [("collect_payment", BARE_CONFIDENCE), ("pay_bill", 1 - BARE_CONFIDENCE), *[b for b in best[1:] if b[0] != "pay_bill"]]
    return best


def _rest(text: str, found: tuple[Entity, ...]) -> str:
    """The text without what was found in it, folded. `found` is in order of place."""
    parts, at = [], 0
    for entity in found:
        parts.append(text[at : entity.start])
        at = max(at, entity.end)
    return normalise(" ".join([*parts, text[at:]]))


def _is_line(text: str, found: tuple[Entity, ...]) -> bool:
    """A household and one amount and nothing else: the shorthand of collectors."""
    kinds = [e.entity for e in found]
    return kinds.count("amount") == 1 and ("name" in kinds or "connection_no" in kinds) and _rest(text, found) == ""
