"""Entities by rules: exact, explainable, the same every time. Values as the contract of understanding says: amounts in paise, codes upper case.

A bare number takes its role from the step; without a step it is an amount, except where the words around it say otherwise: "145 walo ne 200 diye".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from bot.understanding import lexicon
from bot.understanding.base import Entity
from bot.understanding.days import Spot, days_and_periods
from bot.understanding.names import name_in
from bot.understanding.normalise import ascii_digits, normalise
from bot.understanding.tokens import Number, Token, cut, numbers

PAISE_MAX = 100_000_000_00  # ten crore rupees: more is no amount but a number
READING_MAX = 10_000_000  # meters show at most seven digits
CONNECTION_DIGITS = 8
DAYS_MAX = 31
SMALL = 20  # a lone number word below this is more often a word ("do", "sat") than money

_RECEIPT = re.compile(r"\bPB/[A-Z0-9]+(?:[/-][A-Z0-9]+)*", re.IGNORECASE)
_CODE = re.compile(r"\bWS[\s/_-]+\d+[\s/_-]+\d{4}[\s/_-]+\d{2}[\s/_-]+\d+|\b[A-Z]{2,4}(?:/[A-Z0-9-]+){2,}", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\d/])(?:\+?91[\s-]?|0)?([6-9]\d{4})[\s-]?(\d{5})(?![\d/])")


def entities(text: str, *, step: str | None = None, today: date | None = None, known: frozenset[str] = frozenset(), intent: str | None = None) -> tuple[Entity, ...]:
    """What a text names, in order of place. `known`: words of the trade, which are nobody's name; `intent` tells where a name may be expected."""
    plain = ascii_digits(text)
    found: list[Entity] = []
    for entity, pattern in (("receipt_no", _RECEIPT), ("connection_no", _CODE)):
        for match in pattern.finditer(plain):
            found.append(Entity(entity=entity, value=_code(match.group()), start=match.start(), end=match.end()))
            plain = _blank(plain, match.start(), match.end())
    for match in _PHONE.finditer(plain):
        found.append(Entity(entity="phone", value=match.group(1) + match.group(2), start=match.start(), end=match.end()))
        plain = _blank(plain, match.start(), match.end())
    for spot in days_and_periods(plain, today, promised=intent == "promise_to_pay"):
        found.append(_from_spot(spot))
        plain = _blank(plain, spot.start, spot.end)
    tokens = cut(plain)
    counted = _numbers_by_role(tokens, step, intent, has_code=any(e.entity == "connection_no" for e in found))
    found += counted
    if intent in ("add_expense", "pay_expense", None):
        found += _expense(tokens, intent)
    name = name_in(plain, tokens, counted, step=step, known=known, intent=intent)
    return tuple(sorted([*found, *([name] if name else [])], key=lambda e: (e.start, e.end)))


def amount_of(text: str) -> int | None:
    """The one amount a text names, in paise; None when it names none."""
    return next((int(e.value) for e in entities(text) if e.entity == "amount"), None)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _code(text: str) -> str:
    parts = re.split(r"[\s/_-]+", text.upper())
    return f"WS/{parts[1]}/{parts[2]}-{parts[3]}/{parts[4]}" if parts[0] == "WS" and len(parts) == 5 else text.upper()


def _from_spot(spot: Spot) -> Entity:
    return Entity(entity=spot.entity, value=spot.value, start=spot.start, end=spot.end)


def _numbers_by_role(tokens: list[Token], step: str | None, intent: str | None, *, has_code: bool) -> list[Entity]:
    all_numbers = numbers(tokens)
    bare = len(all_numbers) == 1 and all_numbers[0].first == 0 and all_numbers[0].after == len([t for t in tokens if t.word or t.digits])
    if bare and step in ("name", "connection_no", "household") and not all_numbers[0].money and all_numbers[0].text.isdecimal():
        return [_made("connection_no", all_numbers[0].text, tokens, all_numbers[0])]
    usable = [n for n in all_numbers if not _counts_something(tokens, n)]
    roles = [(n, _role(tokens, n, usable, step, intent, bare=bare, alone=has_code)) for n in usable]
    found: list[Entity] = []
    for number, role in roles:
        if role == "amount":
            paise = number.value * 100
            if paise.denominator == 1 and 0 < paise <= PAISE_MAX and not _said_twice(tokens, number, found):
                found.append(_made("amount", int(paise), tokens, number))
        elif role == "day":
            found.append(_made("date", f"day_{int(number.value)}", tokens, number))
        elif role == "reading":
            found.append(_made("reading", int(number.value), tokens, number))
        elif role == "connection_no":
            found.append(_made("connection_no", number.text, tokens, number))
    return found


def _made(entity: str, value: int | str, tokens: list[Token], number: Number) -> Entity:
    return Entity(entity=entity, value=value, start=tokens[number.first].start, end=tokens[number.after - 1].end)


def _said_twice(tokens: list[Token], number: Number, found: Iterable[Entity]) -> bool:
    """ "500-500 do ghar": each gave 500."""
    if number.first < 2 or tokens[number.first - 1].text not in "-–":
        return False
    return any(e.entity == "amount" and e.value == number.value * 100 for e in found)


def _words_before(tokens: list[Token], first: int) -> tuple[str, str]:
    """The second last and the last word before a number, over signs as in "H. No. 45" and "connection: 45"."""
    words: list[str] = []
    for token in reversed(tokens[max(0, first - 4) : first]):
        if token.word:
            words.append(token.word)
        elif token.text not in ".:-#/":
            break
    before, earlier = [*words, "", ""][:2]
    return earlier, before


def _near(tokens: list[Token], number: Number) -> tuple[str, str, str]:
    """The two words before a number and the one after it."""
    after = tokens[number.after].word if number.after < len(tokens) else ""
    return (*_words_before(tokens, number.first), after)


def _house_before(tokens: list[Token], number: Number) -> bool:
    """ "house no 45", "ghar ka number 12"."""
    return any(t.word in lexicon.HOUSE for t in tokens[max(0, number.first - 4) : number.first])


def _second_after(tokens: list[Token], number: Number) -> str:
    return tokens[number.after + 1].word if number.after + 1 < len(tokens) else ""


def _counts_something(tokens: list[Token], number: Number) -> bool:
    """Numbers that are no money, number or reading: houses, days, years, ordinals."""
    if number.money:
        return False
    earlier, before, after = _near(tokens, number)
    if before in lexicon.HOUSE or (before in lexicon.NUMBER and _house_before(tokens, number)):
        return True
    if number.after < len(tokens) and tokens[number.after].text == "%":
        return True
    if after in lexicon.NUMBER and _second_after(tokens, number) not in lexicon.HOUSE:
        return False  # "45 no wale"
    if after in lexicon.COUNTED and not number.multiplied:
        return not (before in lexicon.CONNECTION or before in lexicon.NUMBER)
    if number.spelt and not number.multiplied and number.value < SMALL:
        return len(tokens) != number.after - number.first
    return _is_year(number, before, after, whole=len(tokens) == 1)


_AND = lexicon.words("te aur and or & और ਤੇ ਅਤੇ")
_GIVERS = lexicon.words("ne nay paid gave ne ने ਨੇ ton se ਤੋਂ से")
_BY = lexicon.words("ko nu nun nuu tak takk tk को तक ਨੂੰ ਤੱਕ ਤਕ")
_OF = lexicon.words("ka ki ke da di de mein me vich ch का की के में ਦਾ ਦੀ ਦੇ ਵਿੱਚ saal sal year in san")


def _is_year(number: Number, before: str, after: str, *, whole: bool) -> bool:
    year = number.text.isdecimal() and len(number.text) == 4 and 2015 <= int(number.text) <= 2035
    return year and not whole and (after in _OF or before in _OF or before in lexicon.MONTHS)


def _role(tokens: list[Token], number: Number, usable: list[Number], step: str | None, intent: str | None, *, bare: bool, alone: bool) -> str | None:
    _, before, after = _near(tokens, number)
    plain = number.text.isdecimal() and not number.money
    if number.money or (step == "amount" and bare):
        return "amount"
    if intent == "meter_reading" or (intent is None and step is None and any(t.word in lexicon.READING for t in tokens)):
        return _role_of_reading(tokens, number, usable)
    if not plain:
        return "reading" if step == "reading" and bare else "amount"
    if bare and step is not None:
        return {"reading": "reading", "amount": "amount", "phone": None, "otp": None, "upi_reference": None, "text": None}.get(step, "amount")
    if intent == "promise_to_pay" and int(number.text) <= DAYS_MAX and after in _BY:
        return "day"
    if _is_connection(tokens, number, usable, intent, alone=alone):
        return "connection_no"
    if len(number.text) > CONNECTION_DIGITS or intent in ("search_household", "link_connection"):
        return "connection_no" if len(number.text) <= CONNECTION_DIGITS else None
    return "amount"


def _is_listed(tokens: list[Token], number: Number, usable: list[Number]) -> bool:
    """ "145, 146 te 147 ne 200 ditte": numbers in a row, then who gave, then money."""
    row: list[Number] = []
    for one in usable:
        if row and any(t.text != "," and t.word not in _AND for t in tokens[row[-1].after : one.first]):
            break
        row.append(one)
    after = tokens[row[-1].after].word if row and row[-1].after < len(tokens) else ""
    return 1 < len(row) < len(usable) and number in row and (after in _GIVERS or after in lexicon.OWNERS)


def _role_of_reading(tokens: list[Token], number: Number, usable: list[Number]) -> str | None:
    """Where a meter is read, numbers are readings, but for the household's own."""
    earlier, before, after = _near(tokens, number)
    named = before in lexicon.CONNECTION or (before in lexicon.NUMBER and earlier in lexicon.CONNECTION) or after in lexicon.OWNERS
    if named or (len(usable) > 1 and number is usable[0] and (after in _OF or number.text.startswith("0"))):
        return "connection_no" if number.text.isdecimal() else None
    return "reading" if number.value < READING_MAX else None


def _is_connection(tokens: list[Token], number: Number, usable: list[Number], intent: str | None, *, alone: bool) -> bool:
    earlier, before, after = _near(tokens, number)
    others, first = [n for n in usable if n is not number], number is usable[0]
    if _is_listed(tokens, number, usable):
        return True
    if number.text.startswith("0") or before in lexicon.CONNECTION or (before in lexicon.NUMBER and before != "no") or (before == "no" and earlier in lexicon.CONNECTION):
        return True
    if after in lexicon.NUMBER and (others or _second_after(tokens, number) in lexicon.OWNERS):
        return True
    if after in lexicon.OWNERS and first and (others or intent in ("search_household", "send_reminder", "collect_payment")):
        return True
    if others and first and others[0].value != number.value and not alone and intent not in ("add_expense", "cash_deposit", "pay_expense"):
        return not others[0].text.startswith("0")  # "500 0045": the money came first
    sought = any(t.word in lexicon.SOUGHT for t in tokens) and intent in (None, "search_household", "link_connection", "my_connections", "check_bill")
    return not others and sought and len(number.text) <= CONNECTION_DIGITS


def _expense(tokens: list[Token], intent: str | None) -> list[Entity]:
    """What money was spent on: the longest known phrase; only where an expense is spoken of."""
    spoken = [t for t in tokens if t.word]
    if intent is None and not any(t.word in _SPENT for t in spoken):
        return []
    best: tuple[int, Entity] | None = None
    for i in range(len(spoken)):
        for size in (3, 2, 1):
            part = spoken[i : i + size]
            kind = lexicon.EXPENSES.get(" ".join(t.word for t in part)) if len(part) == size else None
            if kind and (best is None or size > best[0] or (best[1].value == "OTHER" and kind != "OTHER")):
                best = (size, Entity(entity="expense_type", value=kind, start=part[0].start, end=part[-1].end))
                break
    return [best[1]] if best else []


_SPENT = lexicon.words("kharcha kharch kharche expense expenses spent खर्च खर्चा ਖਰਚ ਖਰਚਾ ਖਰਚਾ ਖ਼ਰਚਾ kharchaa")


def folded_words(text: str) -> list[str]:
    """The folded words of a text, without numbers."""
    return [w for w in normalise(text).split() if not w.isdecimal()]
