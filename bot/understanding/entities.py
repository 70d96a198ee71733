"""Entities by rules: exact, explainable, the same every time. Values as the contract of understanding says: amounts in paise, codes upper case.

A bare number takes its role from the step; without a step it is an amount, except where the words around it say otherwise: "145 walo ne 200 diye".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from bot.understanding import lexicon
from bot.understanding.base import Entity
from bot.understanding.days import days_and_periods, outside
from bot.understanding.names import NAMED, names_in
from bot.understanding.roles import roles
from bot.understanding.sound import heard_phrase, sound
from bot.understanding.tokens import Number, Token, cut, written_digits

PAISE_MAX = 100_000_000_00  # ten crore rupees: more is no amount but a number
NO_WORDS = lexicon.Words()
PAST = frozenset(("cash_deposit", "collect_payment", "add_expense", "pay_expense", "reverse_entry", "day_summary", "payment_history", "get_receipt", "report_problem"))
_RECEIPT = re.compile(r"\bPB/[A-Z0-9]+(?:[/-][A-Z0-9]+)*", re.IGNORECASE)
# a number of ours | a code of a department | old numbers as villages wrote them: "WS-1023"; "12/145" is one where it is no day
_CODE = re.compile(r"\bWS[\s/_-]+\d+[\s/_-]+\d{4}[\s/_-]+\d{2}[\s/_-]+\d+|\b[A-Z]{2,4}(?:/[A-Z0-9-]+){2,}|\bWS[\s_-]?\d+\b", re.IGNORECASE)
_OLD = re.compile(r"(?<![\w/.,-])\d{1,4}/\d{1,5}(?![\w/]|[.,-]\d)")
_NO_OLD = ("24/7", "1/2", "1/4", "3/4", "50/50")
_CLOCK = re.compile(r"(?<![\d:])\d{1,2}:[0-5]\d(?![\d:])")
_DIGIT = re.compile(r"\d")
_PHONE = re.compile(r"(?<![\d/])(?:\+?91[\s-]?|0)?([6-9]\d{4})[\s-]?(\d{5})(?![\d/])")


def entities(
    text: str, *, step: str | None = None, today: date | None = None, words: lexicon.Words = NO_WORDS, intent: str | None = None, spotted: tuple[Entity, ...] = ()
) -> tuple[Entity, ...]:
    """What a text names, in order of place. `intent` tells where a name or an expense may be expected; `spotted` is what a model saw, for where no rule sees any."""
    plain = written_digits(text)
    found: list[Entity] = []
    if _DIGIT.search(plain):
        plain = _take_written(plain, found)
    tokens = cut(plain)
    spots = days_and_periods(plain, tokens, today, promised=intent == "promise_to_pay", past=intent in PAST)
    found += [Entity(entity=spot.entity, value=spot.value, start=spot.start, end=spot.end) for spot in spots]
    tokens = _take_old(plain, outside(tokens, spots), found)
    counted = _numbers_by_role(tokens, step, intent, has_code=any(e.entity == "connection_no" for e in found))
    found += counted
    if intent is None or intent in SPENDING:
        found += _expense(tokens, intent, words.expenses)
    found += names_in(plain, tokens, found, step=step, words=words, intent=intent)
    found += _helped(found, spotted, words, intent)
    return tuple(sorted(found, key=lambda e: (e.start, e.end)))


def _take_written(plain: str, found: list[Entity]) -> str:
    """Receipt numbers, codes and phones go to `found`; the text without them, and without times of the day."""
    for entity, pattern in (("receipt_no", _RECEIPT), ("connection_no", _CODE)):
        for match in pattern.finditer(plain):
            found.append(Entity(entity=entity, value=_code(match.group()), start=match.start(), end=match.end()))
            plain = _blank(plain, match.start(), match.end())
    for match in _PHONE.finditer(plain):
        found.append(Entity(entity="phone", value=match.group(1) + match.group(2), start=match.start(), end=match.end()))
        plain = _blank(plain, match.start(), match.end())
    return _CLOCK.sub(lambda m: " " * len(m.group()), plain)


def _take_old(plain: str, tokens: list[Token], found: list[Entity]) -> list[Token]:
    """Numbers such as "12/145" go to `found`; the tokens without them."""
    for match in _OLD.finditer(plain) if "/" in plain else ():
        inside = [t for t in tokens if match.start() <= t.start < match.end()]
        if len(inside) == 3 and match.group() not in _NO_OLD:
            found.append(Entity(entity="connection_no", value=match.group(), start=match.start(), end=match.end()))
            tokens = [t for t in tokens if t not in inside]
    return tokens


def amount_of(text: str) -> int | None:
    """The one amount a text names, in paise; None when it names none."""
    return next((int(e.value) for e in entities(text) if e.entity == "amount"), None)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _code(text: str) -> str:
    parts = re.split(r"[\s/_-]+", text.upper())
    if len(parts) == 2 and parts[0] == "WS":
        return "WS-" + parts[1]
    return f"WS/{parts[1]}/{parts[2]}-{parts[3]}/{parts[4]}" if parts[0] == "WS" and len(parts) == 5 else text.upper()


def _numbers_by_role(tokens: list[Token], step: str | None, intent: str | None, *, has_code: bool) -> list[Entity]:
    found: list[Entity] = []
    for number, role in roles(tokens, step, intent, has_code=has_code):
        if role == "amount":
            paise = number.value * 100
            if paise.denominator == 1 and 0 < paise <= PAISE_MAX and not _said_twice(tokens, number, found):
                found.append(_made("amount", int(paise), tokens, number))
        elif role == "day":
            found.append(_made("date", f"day_{int(number.value)}", tokens, number))
        elif role == "reading":
            found.append(_made("reading", int(number.value), tokens, number))
        elif role in ("connection_no", "receipt_no"):
            found.append(_made(role, number.text or str(int(number.value)), tokens, number))
    return found


def _made(entity: str, value: int | str, tokens: list[Token], number: Number) -> Entity:
    return Entity(entity=entity, value=value, start=tokens[number.first].start, end=tokens[number.after - 1].end)


def _said_twice(tokens: list[Token], number: Number, found: Iterable[Entity]) -> bool:
    """ "500-500 do ghar", "do sau do sau": each gave it."""
    if number.first < 2 or not (tokens[number.first - 1].text in "-–" or number.multiplied):
        return False
    return any(e.entity == "amount" and e.value == number.value * 100 for e in found)


def _expense(tokens: list[Token], intent: str | None, phrases: Mapping[str, str]) -> list[Entity]:
    """What money was spent on: the longest known phrase, as it sounds; only where an expense is spoken of."""
    spoken = [t for t in tokens if t.word]
    spending = any(t.word in _SPENT for t in spoken)
    if intent is None and not spending:
        return []
    heard = [sound(t.word) for t in spoken]
    best: tuple[tuple[bool, int, int], Entity] | None = None
    for i in range(len(spoken)):
        for size in range(min(EXPENSE_WORDS, len(heard) - i), 0, -1):
            kind = phrases.get(" ".join(heard[i : i + size]))
            weight = (kind != "OTHER", size, -EXPENSE_RANK.index(kind)) if kind else None
            if weight and (best is None or weight > best[0]):
                best = (weight, Entity(entity="expense_type", value=str(kind), start=spoken[i].start, end=spoken[i + size - 1].end))
    if best is None or (best[1].value == "OTHER" and intent == "reverse_entry" and not spending):
        return []
    return [best[1]]


EXPENSE_WORDS = 4
EXPENSE_RANK = ("SALARY", "ELECTRICITY_BILL", "CHEMICALS", "OM", "OTHER")  # "pump operator's pay" is pay


def _helped(found: list[Entity], spotted: tuple[Entity, ...], words: lexicon.Words, intent: str | None) -> list[Entity]:
    """The first name and expense a model saw where the rules saw none; what they saw stands."""
    helped: list[Entity] = []
    for kind, intents in (("name", NAMED), ("expense_type", SPENDING)):
        seen = next((e for e in spotted if e.entity == kind), None)
        if seen is None or intent not in intents or any(e.entity == kind or (e.start < seen.end and seen.start < e.end) for e in found):
            continue
        value = seen.value if kind == "name" else words.expenses.get(heard_phrase(str(seen.value)), "OTHER")
        helped.append(seen.model_copy(update={"value": value}))
    return helped


SPENDING = ("add_expense", "pay_expense", "reverse_entry")
_SPENT = lexicon.words("kharcha kharch kharche expense expenses spent खर्च खर्चा ਖਰਚ ਖਰਚਾ ਖਰਚਾ ਖ਼ਰਚਾ kharchaa")
