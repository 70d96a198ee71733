"""Pure decisions of the pages: which language, which amount was typed, what of a name is shown, how long to wait."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import timedelta

import regex

from backend.kit.money import Money

LOCALES = ("en", "hi", "pa")
FALLBACK = "en"
LEAST_PAYMENT = Money(100)  # Re 1: less costs more to collect than it brings
FRESH = timedelta(minutes=30)  # a payment so young is the one its payer comes back from
AMOUNT_LETTERS_MAX = 20

_CODE = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")
_STUCK_ON = " \t.,;:!?)]}>'\"*…।॥’”\u200b"
_DIGITS = re.compile(r"^\d{1,9}(\.\d{1,2})?$")
_GROUPED = re.compile(r"^\d{1,3}(,\d{2,3})*,\d{3}(\.\d{1,2})?$")
_LETTERS = regex.compile(r"(?:\X(?<=[\u094d\u0a4d\u200d]))*\X")  # what a reader takes for one letter, conjuncts whole

# Seconds until a waiting page looks again: soon at first, then seldom; after the last it stops and leaves a button.
WAITS_S: Sequence[int] = (3, 4, 5, 8, 10, 15, 20, 30, 30, 30)


def clean_code(given: str) -> str | None:
    """The code of a link as it was made: messages stick full stops and brackets to links. None when it can't be one of ours."""
    cleaned = without_stuck_on(given)
    return cleaned if _CODE.match(cleaned) else None


def without_stuck_on(given: str) -> str:
    """The end of a link without what messages and people stick to it."""
    return given.rstrip(_STUCK_ON)


def choose_locale(asked: str | None, person: str | None, accept_language: str | None) -> str:
    """The reader's language: what he chose on the page, else the register's, else the browser's, else English."""
    for wish in (asked, person):
        if wish and wish.split("-", 1)[0] in LOCALES:
            return wish.split("-", 1)[0]
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate((accept_language or "")[:200].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        language = tag.strip().lower().split("-", 1)[0]
        if language in LOCALES:
            ranked.append((-_weight(weight), position, language))
    return min(ranked)[2] if ranked else FALLBACK


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def parse_amount(typed: str) -> Money | None:
    """Rupees as a person types them, in any digits: "40", "40.50", "₹1,000/-", "੪੦". None when it is not an amount."""
    if len(typed) > AMOUNT_LETTERS_MAX:
        return None
    plain = "".join(str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in typed)
    plain = plain.strip().lower().removeprefix("₹").removeprefix("rs.").removeprefix("rs").strip().removesuffix("/-").strip()
    if _GROUPED.match(plain):
        plain = plain.replace(",", "")
    return Money.rupees(plain) if _DIGITS.match(plain) else None


def mask_name(name: str) -> str:
    """What of a name a stranger with the link may see: each word's first letter. Enough to know one's own bill, too little to learn a name."""
    letters = [_LETTERS.match(word) for word in name.split()[:4]]
    return " ".join(f"{found.group()}•••" for found in letters if found)


def wait_s(round_no: int) -> int | None:
    """Seconds until the waiting page looks again; None: it has looked often enough."""
    return WAITS_S[round_no] if 0 <= round_no < len(WAITS_S) else None


def inner_path(path: str) -> str | None:
    """A path of our own to be sent on to; None for anything that leads elsewhere ("//x", "https:…", "/\\x", control characters)."""
    return path if re.fullmatch(r"/(?![/\\])[A-Za-z0-9/_.~?=&%-]*", path) else None


def wanted_amount(form: Mapping[str, str], total: Money, part_allowed: bool) -> tuple[Money | None, str | None]:
    """What a form asks to pay, or the key of what is wrong with it. `all` carries the total its page showed, in paise; `amount` is what was typed."""
    if "all" in form:
        return (total, None) if form["all"] == str(total.paise) else (None, "changed")
    amount = parse_amount(form.get("amount", ""))
    if amount is None:
        return None, "not_an_amount"
    if amount > total:
        return None, "too_much"
    if amount == total:
        return amount, None
    if not part_allowed:
        return None, "whole_only"
    return (amount, None) if amount >= LEAST_PAYMENT else (None, "too_small")
