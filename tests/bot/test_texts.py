"""Texts in three languages: values as villagers write them, forms for numbers, and nothing a value could break."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.money import Money
from bot.engine.effects import Part
from bot.texts import LOCALES, catalogue_path, fill, label_words, ngettext, read_catalogue, render, translate


@pytest.mark.parametrize(
    ("text", "values", "locale", "said"),
    [
        ("{total:money}", {"total": 80_00}, "en", "₹80"),
        ("{total:money}", {"total": 1_23_456_50}, "hi", "₹1,23,456.50"),
        ("{total:money}", {"total": Money.rupees(80)}, "pa", "₹80"),
        ("{amount:words}", {"amount": 500_00}, "pa", "ਪੰਜ ਸੌ ਰੁਪਏ"),
        ("{amount:words}", {"amount": 500_00}, "hi", "पाँच सौ रुपये"),
        ("{period:month}", {"period": "2026-10"}, "hi", "अक्टूबर 2026"),
        ("{period:month}", {"period": "2026-10"}, "pa", "ਅਕਤੂਬਰ 2026"),
        ("{on:day}", {"on": "2026-11-09"}, "en", "9 November 2026"),
        ("{on:day}", {"on": date(2026, 11, 9)}, "pa", "9 ਨਵੰਬਰ 2026"),
        ("{on:day}", {"on": datetime(2026, 11, 8, 20, 0, tzinfo=UTC)}, "hi", "9 नवंबर 2026"),
        ("{head:head}", {"head": "arrears"}, "pa", "ਪਿਛਲਾ ਬਕਾਇਆ"),
        ("{name}", {"name": "{total:money}"}, "en", "{total:money}"),
        ("{name}!", {}, "en", "!"),
        ("{{x}}", {}, "en", "{x}"),
    ],
)
def test_fill(text: str, values: dict[str, object], locale: str, said: str) -> None:
    assert fill(text, values, locale) == said


@pytest.mark.parametrize("text", ["{name.__class__}", "{0}", "{name!r}", "{total:gold}", "{a[0]}"])
def test_a_text_never_looks_into_values(text: str) -> None:
    with pytest.raises(ValueError, match="not a value"):
        fill(text, {"name": "x", "total": 1}, "en")


@given(st.text(max_size=50))
def test_any_value_is_said_as_it_is(value: str) -> None:
    assert fill("<{name}>", {"name": value}, "en") == f"<{value}>"


def test_forms_for_a_number() -> None:
    one, many = "{on:day}: {count} payment, {total:money} in cash.", "{on:day}: {count} payments, {total:money} in cash."
    assert "payment," in ngettext("day.show", one, many, 1, "en")
    assert "payments," in ngettext("day.show", one, many, 3, "en")
    assert "ਪੇਮੈਂਟ," in ngettext("day.show", one, many, 1, "pa")
    assert "ਪੇਮੈਂਟਾਂ," in ngettext("day.show", one, many, 3, "pa")


def test_a_sentence_may_be_fixed_to_a_language() -> None:
    assert render(Part("first.choose", "Punjabi", locale="pa"), "en") == "ਪੰਜਾਬੀ"


def test_an_unknown_text_is_said_in_english() -> None:
    assert translate("nowhere", "Hello there", "pa") == "Hello there"


def test_a_label_is_known_in_every_language() -> None:
    assert label_words("menu.villager", "My bill") == ("my bill", "मेरा बिल", "ਮੇਰਾ ਬਿੱਲ")
    assert label_words("account.choose", "{short} {name}") == ()


def test_a_catalogue_is_read_without_its_mo_file_and_by_it_when_it_is_fresh(tmp_path: Path) -> None:
    import os

    from bot.catalogues import compile_all

    for locale in LOCALES:
        path = catalogue_path(locale, tmp_path)
        path.parent.mkdir(parents=True)
        path.write_bytes(catalogue_path(locale).read_bytes())
    path = catalogue_path("pa", tmp_path)
    assert read_catalogue(path).pgettext("head", "Arrears") == "ਪਿਛਲਾ ਬਕਾਇਆ"
    compile_all(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("ਪਿਛਲਾ ਬਕਾਇਆ", "ਨਵਾਂ"), encoding="utf-8")
    compiled = path.with_suffix(".mo")
    os.utime(compiled, (path.stat().st_mtime + 5, path.stat().st_mtime + 5))
    assert read_catalogue(path).pgettext("head", "Arrears") == "ਪਿਛਲਾ ਬਕਾਇਆ", "fresh: the compiled one is read"
    os.utime(compiled, (path.stat().st_mtime - 5, path.stat().st_mtime - 5))
    assert read_catalogue(path).pgettext("head", "Arrears") == "ਨਵਾਂ", "stale: the text is read"
