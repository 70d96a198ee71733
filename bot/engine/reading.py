"""What a question's answer says, as far as digits and signs tell it: amounts, connection numbers, codes, UPI references. Words are for the model."""

from __future__ import annotations

from typing import Any

import regex

from bot.engine.definition import Expect
from bot.engine.events import Said

OTP_DIGITS = 6  # what the backend sends
REFERENCE_DIGITS = range(9, 17)  # UPI's RRN has 12; some apps show a longer or shorter number
TEXT_MAX, NAME_MAX, NAME_WORDS_MAX = 500, 60, 5
PAISE_MAX = 100_000_000_00  # ten crore rupees: what is more is no amount but a number

_RUPEES = r"(?:₹|rs\.?|inr|rupees?|rupaye|rupay|rupaiye|rupee|re|रु\.?|रुपये|रुपए|रुपया|रूपये|ਰੁ\.?|ਰੁਪਏ|ਰੁਪਿਆ|ਰੁਪਈਏ)"
_AMOUNT_TEXT = rf"{_RUPEES}?\s*(\p{{Nd}}[\p{{Nd}},]*)(?:\.(\p{{Nd}}{{1,2}}))?\s*(?:/[-=]?|-/)?\s*{_RUPEES}?"
_AMOUNT = regex.compile(rf"^\s*{_AMOUNT_TEXT}\s*$", regex.IGNORECASE)
_LINE = regex.compile(rf"^\s*(?P<who>\S.*?)[\s,:=-]+(?:cash\s+)?{_AMOUNT_TEXT}\s*$", regex.IGNORECASE)
_NUMBER = regex.compile(r"^(?=.*\p{Nd})[A-Z\p{Nd}]{1,10}(?:[/-][A-Z\p{Nd}]{1,15}){0,6}$", regex.IGNORECASE)
_OTP = regex.compile(rf"(?<![\p{{Nd}}/-])(?:\p{{Nd}}{{{OTP_DIGITS}}}|\p{{Nd}}{{3}}[ -]\p{{Nd}}{{3}})(?![\p{{Nd}}/-])")
_DIGIT_RUN = regex.compile(r"\p{Nd}(?:[\s-]?\p{Nd})*")
_LETTER = regex.compile(r"\p{L}")
_NAME = regex.compile(r"^[\p{L}\p{M}\s.'-]+$")


def ascii_digits(text: str) -> str:
    """A text with the digits of every script as 0 to 9."""
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)


def _paise(rupees: str, decimals: str | None) -> int | None:
    if len(rupees) > 1 and int(rupees[0]) == 0:
        return None  # 0045 is a connection number
    paise = int(rupees.replace(",", "")) * 100 + int((decimals or "0").ljust(2, "0"))
    return paise if 0 < paise <= PAISE_MAX else None


def amount_in(text: str) -> int | None:
    """The amount a text is, in paise: "500", "₹1,200", "500/-", "५०० रुपये", "80.50"."""
    found = _AMOUNT.match(text)
    return _paise(found.group(1), found.group(2)) if found else None


def number_in(text: str) -> str | None:
    """The connection number, or its last digits, that a text is: upper case, ASCII digits."""
    said = text.strip().strip(".,!?'\"")
    return ascii_digits(said).upper() if len(said) <= 64 and _NUMBER.match(said) else None


def household_line(text: str) -> tuple[str, int | None] | None:
    """A collector's line: "0045 500" → ("0045", 50000), "ramesh 500" → ("ramesh", 50000), "0045" → ("0045", None). None when digits don't tell."""
    number = number_in(text)
    if number is not None:
        return number, None
    found = _LINE.match(text)
    if found is None:
        return None
    who, paise = found.group("who").strip(), _paise(found.group(2), found.group(3))
    query = number_in(who) or (who if _NAME.match(who) and len(who) <= NAME_MAX else None)
    return (query, paise) if query is not None and paise is not None else None


def _run(text: str, wanted: range) -> str | None:
    for found in _DIGIT_RUN.findall(text):
        digits = "".join(c for c in ascii_digits(found) if c.isdecimal())
        if len(digits) in wanted:
            return digits
    return None


def otp_in(text: str) -> str | None:
    """The code a text holds: "482913", "482 913", "code is ४८२९१३". Not a part of a longer number, as in "2026-27"."""
    found = _OTP.findall(text)
    return ascii_digits(regex.sub(r"\D", "", found[0])) if len(found) == 1 else None


def plain_answer(expect: Expect, said: Said) -> dict[str, Any] | None:
    """The variables an answer gives without a model, or None."""
    text = said.text
    match expect.what:
        case "text":
            return {expect.save: text.strip()[:TEXT_MAX]} if text.strip() else None
        case "amount":
            value: Any = amount_in(text)
        case "connection_no":
            value = number_in(text) if len(text.strip()) >= 3 else None
        case "otp":
            value = otp_in(text)
        case "upi_reference":
            value = _run(text, REFERENCE_DIGITS)
        case "household":
            line = household_line(text)
            if line is None:
                return None
            return {expect.save: line[0]} | ({expect.amount: line[1]} if expect.amount and line[1] is not None else {})
        case _:
            return None
    return None if value is None else {expect.save: value}


def digits_miss(expect: Expect, text: str) -> bool:
    """Digits where digits are asked for, but the wrong ones: no other wish is read into them."""
    if expect.what == "amount" and cash_line(text) is not None:
        return False  # another household's money
    return expect.what in ("amount", "connection_no", "otp", "upi_reference") and _LETTER.search(text) is None


def cash_line(text: str) -> dict[str, Any] | None:
    """A collector's line of a number and an amount, by entity: "0045 500". Names are for the model."""
    line = household_line(text)
    if line is None or line[1] is None or number_in(line[0]) is None:
        return None
    return {"connection_no": line[0], "amount": line[1]}


def understood_answer(expect: Expect, said: Said) -> dict[str, Any] | None:
    """The variables an answer gives by what a model found in it, or None."""
    entities = said.entities
    if expect.what == "household":
        who = entities.get("connection_no") or entities.get("name") or _bare_name(said)
        if who is None:
            return None
        return {expect.save: str(who)} | ({expect.amount: entities["amount"]} if expect.amount and type(entities.get("amount")) is int else {})
    if expect.what == "amount" and {"connection_no", "name"} & entities.keys():
        return None  # another household's money, not an answer about this one
    if expect.what in ("amount", "connection_no") and expect.what in entities:
        value = entities[expect.what]
        return {expect.save: value} if expect.what != "amount" or type(value) is int else None
    return None


def _bare_name(said: Said) -> str | None:
    """A text that looks like a name and nothing else."""
    text = said.text.strip()
    return text if text and len(text) <= NAME_MAX and len(text.split()) <= NAME_WORDS_MAX and _NAME.match(text) else None
