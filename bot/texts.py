"""Texts in the person's language: gettext catalogues whose msgid is the English text and whose context is "flow.step"; values formatted as villagers write them.

`{total:money}` is ₹1,23,456.50 in Indian grouping, `{amount:words}` in words, `{period:month}` October 2026, `{due_on:day}` 9 November 2026,
`{head:head}` the name of a bill's line. Amounts are integer paise or `Money`, days are dates or ISO texts. A text that a catalogue lacks is said in English;
`i18n check` and the flow loader refuse it before that can happen. The .mo file is read when it is newer than the .po file, else the .po file itself.
"""

from __future__ import annotations

import io
import string
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from backend.kit.clock import india_day
from backend.kit.money import Money
from backend.kit.number_words import amount_digits, amount_words
from bot.engine.effects import Part
from bot.engine.matching import folded

FOLDER = Path(__file__).resolve().parents[1] / "locales"
LOCALES = ("en", "hi", "pa")


def catalogue_path(locale: str, folder: Path = FOLDER) -> Path:
    """The .po file of a language."""
    return folder / locale / "LC_MESSAGES" / "messages.po"


def read_catalogue(path: Path) -> NullTranslations:
    """The texts of a .po file, by its .mo file where that is up to date."""
    compiled = path.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
        with compiled.open("rb") as file:
            return GNUTranslations(file)
    if not path.exists():
        return NullTranslations()
    buffer = io.BytesIO()
    with path.open("rb") as file:
        write_mo(buffer, read_po(file, locale=path.parts[-3]))
    buffer.seek(0)
    return GNUTranslations(buffer)


@cache
def catalogue(locale: str) -> NullTranslations:
    """The texts of a language."""
    return read_catalogue(catalogue_path(locale))


def pgettext(context: str, text: str) -> str:
    """Marks a text of Python code for extraction; the text itself."""
    return text


def translate(context: str, text: str, locale: str) -> str:
    """A text in a language."""
    return catalogue(locale).pgettext(context, text)


def ngettext(context: str, text: str, plural: str, count: int, locale: str) -> str:
    """The form of a text for a number, in a language."""
    return catalogue(locale).npgettext(context, text, plural, count)


def translations(context: str, text: str) -> Mapping[str, str | None]:
    """A text in every language, None where it is missing: what the flow loader checks."""
    return {locale: text if locale == "en" else _known(context, text, locale) for locale in LOCALES}


def _known(context: str, text: str, locale: str) -> str | None:
    said = catalogue(locale).pgettext(context, text)
    if said != text:
        return said
    found = getattr(catalogue(locale), "_catalog", {})
    key = f"{context}\x04{text}"
    return said if key in found or (key, 0) in found else None


# --- values --------------------------------------------------------------------------------------------------------------------------------

_HEADS = {
    "charge": pgettext("head", "Water charge"),
    "arrears": pgettext("head", "Arrears"),
    "penalty": pgettext("head", "Penalty"),
    "advance": pgettext("head", "Advance"),
    "round_off": pgettext("head", "Rounding"),
    "other": pgettext("head", "Other"),
}


@lru_cache(maxsize=2048)
def _day(day: date, locale: str) -> str:
    return str(format_date(day, "d MMMM y", locale=locale))


def day_text(value: date | datetime | str, locale: str) -> str:
    """9 November 2026; an instant is a day in India."""
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return _day(india_day(found) if isinstance(found, datetime) else found, locale)


@lru_cache(maxsize=1024)
def month_text(value: str, locale: str) -> str:
    """October 2026, of "2026-10"."""
    year, month = value.split("-")[:2]
    return str(format_date(date(int(year), int(month), 1), "LLLL y", locale=locale))


def _money(value: Any) -> Money:
    return value if isinstance(value, Money) else Money(int(value))


_FORMATS: dict[str, Callable[[Any, str], str]] = {
    "": lambda value, locale: str(value),
    "money": lambda value, locale: amount_digits(_money(value)),
    "words": lambda value, locale: amount_words(_money(value), locale),
    "day": day_text,
    "month": lambda value, locale: month_text(str(value), locale),
    "head": lambda value, locale: translate("head", _HEADS.get(str(value), "Other"), locale),
}


@cache
def _pieces(text: str) -> tuple[tuple[str, str | None, str], ...]:
    """A text taken apart: (literal, name, format)."""
    pieces = []
    for literal, name, form, conversion in string.Formatter().parse(text):
        if name is not None and (not name.isidentifier() or conversion or form not in _FORMATS):
            raise ValueError(f"not a value: {name!r}")
        pieces.append((literal, name, form or ""))
    return tuple(pieces)


def fill(text: str, values: Mapping[str, Any], locale: str) -> str:
    """A text with its values; an absent one is empty. Values are never looked into and never taken for texts."""
    said = []
    for literal, name, form in _pieces(text):
        said.append(literal)
        value = values.get(name) if name is not None else None
        if value is not None:
            said.append(_FORMATS[form](value, locale))
    return "".join(said)


def render(part: Part, locale: str) -> str:
    """A sentence with its values, in a language (or in the one the sentence is fixed to)."""
    spoken = part.locale or locale
    context, plural = part.context, part.plural
    text = translate(context, part.text, spoken) if plural is None else ngettext(context, part.text, plural, part.count, spoken)
    return fill(text, part.params, spoken) if "{" in text else text


# What people also type for a label: a word it had before, or their own.
_ALSO_SAID = {
    "Other household": ("another household", "other house", "doosra ghar", "dusra ghar", "dooja ghar", "duja ghar", "hor ghar", "और घर", "ਹੋਰ ਘਰ"),
    "Another number": ("doosra number", "dusra number", "dooja number", "duja number", "hor number", "ਹੋਰ ਨੰਬਰ"),
    "Log cash": ("cash darj karo", "nakad darj karo", "कैश दर्ज करें", "ਕੈਸ਼ ਦਰਜ ਕਰੋ"),
}


@lru_cache(maxsize=4096)
def label_words(context: str, label: str) -> tuple[str, ...]:
    """A fixed label in all languages, folded, and what is also said for it: what a person may type."""
    if "{" in label:
        return ()
    said = [*(translate(context, label, locale) for locale in LOCALES), *_ALSO_SAID.get(label, ())]
    return tuple(dict.fromkeys(folded(text) for text in said))
