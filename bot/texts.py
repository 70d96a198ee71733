"""Texts in the person's language: gettext catalogues whose msgid is the English text and whose context is "flow.step"; values formatted as villagers write them.

`{total:money}` is ₹1,23,456.50 in Indian grouping, `{amount:words}` in words, `{period:month}` October 2026, `{due_on:day}` 9 November 2026,
`{head:head}` the name of a bill's line. A text that a catalogue lacks is said in English, and `i18n check` refuses it before that can happen.
"""

from __future__ import annotations

import string
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.messages.pofile import read_po

from backend.kit.clock import india_day
from backend.kit.money import Money
from backend.kit.number_words import amount_digits, amount_words
from bot.engine.effects import Part
from bot.engine.matching import folded

FOLDER = Path(__file__).resolve().parents[1] / "locales"
LOCALES = ("en", "hi", "pa")


@cache
def catalogue(locale: str) -> dict[tuple[str | None, str], str]:
    """(context, English) → text of a language; empty for English, whose text is the msgid."""
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if locale == "en" or not path.exists():
        return {}
    with path.open("rb") as file:
        return {(m.context, m.id): m.string for m in read_po(file, locale=locale) if m.id and m.string and isinstance(m.id, str) and isinstance(m.string, str)}


def pgettext(context: str, text: str) -> str:
    """Marks a text of Python code for extraction; the text itself."""
    return text


def translate(context: str, text: str, locale: str) -> str:
    """A text in a language."""
    return catalogue(locale).get((context, text), text)


_HEADS = {
    "charge": pgettext("head", "Water charge"),
    "arrears": pgettext("head", "Arrears"),
    "penalty": pgettext("head", "Penalty"),
    "advance": pgettext("head", "Advance"),
    "round_off": pgettext("head", "Rounding"),
    "other": pgettext("head", "Other"),
}


def _day(value: Any, locale: str) -> str:
    day = india_day(value) if isinstance(value, datetime) else value
    return str(format_date(day, "d MMMM y", locale=locale)) if isinstance(day, date) else str(value)


def _month(value: str, locale: str) -> str:
    year, month = value.split("-")
    return str(format_date(date(int(year), int(month), 1), "LLLL y", locale=locale))


class _Formatter(string.Formatter):
    """`str.format` without attribute or item access, with our formats."""

    def __init__(self, locale: str) -> None:
        self._locale = locale

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        if not field_name.isidentifier():
            raise ValueError(f"not a plain name: {field_name!r}")
        return kwargs.get(field_name), field_name

    def format_field(self, value: Any, format_spec: str) -> Any:
        if value is None:
            return ""
        if format_spec in ("money", "words"):
            amount = value if isinstance(value, Money) else Money(int(value))
            return amount_digits(amount) if format_spec == "money" else amount_words(amount, self._locale)
        if format_spec == "day":
            return _day(value, self._locale)
        if format_spec == "month":
            return _month(str(value), self._locale)
        if format_spec == "head":
            return translate("head", _HEADS[str(value)], self._locale)
        return str(value)


@cache
def _formatter(locale: str) -> _Formatter:
    return _Formatter(locale)


def render(part: Part, locale: str) -> str:
    """A sentence with its values, in a language."""
    spoken = str(part.params.get("_locale") or locale)
    text = translate(part.context, part.text, spoken)
    return str(_formatter(spoken).vformat(text, (), part.params)) if "{" in text else text


@lru_cache(maxsize=2048)
def label_words(context: str, label: str) -> tuple[str, ...]:
    """A fixed label in all languages, folded: what a person may type for it."""
    return tuple(dict.fromkeys(folded(translate(context, label, locale)) for locale in LOCALES)) if "{" not in label else ()
