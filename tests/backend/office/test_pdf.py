"""The printed receipt: what it says, how it looks, what it costs. `MGRAMSEVA_TEST_REWRITE=1` writes the golden pictures anew; look at them then."""

from __future__ import annotations

import io
import os
import statistics
import time
from datetime import date
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pydantic import ValidationError

from backend.kit.money import Money
from backend.office.pdf import ReceiptLine, ReceiptPrint, render_receipt, render_receipt_picture
from backend.office.pdf.rules import BREAK, LONGEST_WORD, printable
from backend.office.pdf.texts import LABELS
from backend.pages.reading import ORDER, RECEIPT_LINES
from backend.pages.rendering import line_text
from backend.pages.texts import text as page_text
from tests.support.pictures import read_png, share_of_different_dots

GOLDEN = Path(__file__).parent / "golden"
# Two renderings of one value are equal dot for dot; another build of the typesetter may smooth an edge differently. One wrong letter is ten times as much.
SAME_PICTURE = 0.0002

WORDING: dict[str, dict[str, Any]] = {
    "en": {"village": "Abadi Ghratian", "holder_name": "Ramesh Kumar", "mode": "UPI", "labels": ("Water charge, October 2026", "Arrears, September 2026")},
    "hi": {
        "village": "आबादी घराटियां",
        "holder_name": "श्री राजेन्द्र कृष्ण द्विवेदी र्‍हास क्षत्रिय",
        "mode": "यूपीआई",
        "labels": ("पानी का चार्ज, अक्टूबर 2026", "पुराना बकाया, सितंबर 2026"),
    },
    "pa": {
        "village": "ਆਬਾਦੀ ਘਰਾਟੀਆਂ",
        "holder_name": "ਸ੍ਰੀ ਹਰਪ੍ਰੀਤ ਸਿੰਘ ਸ਼ੇਰਗਿੱਲ ਖ੍ਵਾਜਾ ਪੜ੍ਹਾਈ",
        "mode": "ਯੂਪੀਆਈ",
        "labels": ("ਪਾਣੀ ਦਾ ਚਾਰਜ, ਅਕਤੂਬਰ 2026", "ਪੁਰਾਣਾ ਬਕਾਇਆ, ਸਤੰਬਰ 2026"),
    },
}


def a_receipt(locale: str = "en", **changes: Any) -> ReceiptPrint:
    said = WORDING[locale]
    lines = tuple(ReceiptLine(label=label, amount=Money(8_000)) for label in said["labels"])
    values = {
        "receipt_no": "PB/7001/2026-27/0042",
        "paid_on": date(2026, 11, 24),
        "village": said["village"],
        "connection_no": "WS/7001/2026-27/0007",
        "holder_name": said["holder_name"],
        "amount": Money(16_050),
        "mode": said["mode"],
        "lines": lines,
        "due_after": Money(0),
        "advance_after": Money(50),
        "verify_url": "https://pay.example.in/verify/Qm3x8Zt0pLk5",
        "locale": locale,
    }
    return ReceiptPrint(**{**values, **changes})


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_everything_a_payer_needs_stands_on_it() -> None:
    text = text_of(render_receipt(a_receipt()))
    for said in (
        "PB/7001/2026-27/0042",
        "24 November 2026",
        "Ramesh Kumar",
        "WS/7001/2026-27/0007",
        "UPI",
        "₹160.50",
        "One hundred sixty rupees and fifty paise only",
        "Water charge, October 2026 ₹80",
        "Arrears, September 2026 ₹80",
        "Still to pay ₹0",
        "Advance kept ₹0.50",
        "https://pay.example.in/verify/Qm3x8Zt0pLk5",
    ):
        assert said in text


def test_no_advance_no_word_of_it() -> None:
    assert "Advance" not in text_of(render_receipt(a_receipt(advance_after=Money(0))))


@pytest.mark.parametrize("locale", sorted(WORDING))
def test_small_and_the_same_every_time(locale: str) -> None:
    first, second = render_receipt(a_receipt(locale)), render_receipt(a_receipt(locale))
    assert first == second
    assert len(first) < 150_000
    assert len(pypdf.PdfReader(io.BytesIO(first)).pages) == 1


def test_printing_takes_milliseconds() -> None:
    render_receipt(a_receipt("pa"))
    taken_ms = []
    for number in range(9):
        began = time.process_time()
        render_receipt(a_receipt("pa", receipt_no=f"PB/7001/2026-27/{number:04d}", amount=Money(8_000 + number)))
        taken_ms.append((time.process_time() - began) * 1000)
    assert statistics.median(taken_ms) < 60


@pytest.mark.parametrize("locale", sorted(WORDING))
def test_letters_are_joined_as_a_reader_expects(locale: str) -> None:
    made = render_receipt_picture(a_receipt(locale))
    golden = GOLDEN / f"receipt_{locale}.png"
    if os.environ.get("MGRAMSEVA_TEST_REWRITE"):
        golden.write_bytes(made)
    assert share_of_different_dots(read_png(made), read_png(golden.read_bytes())) < SAME_PICTURE


@pytest.mark.parametrize(("locale", "joined", "torn"), [("pa", "ਪ੍ਰੀ", "ਪ੍‌ਰੀ"), ("hi", "द्वि", "द्‌वि")])
def test_the_picture_tells_torn_letters_from_joined_ones(locale: str, joined: str, torn: str) -> None:
    name = WORDING[locale]["holder_name"]
    assert joined in name
    made = render_receipt_picture(a_receipt(locale, holder_name=name.replace(joined, torn)))
    assert share_of_different_dots(read_png(made), read_png((GOLDEN / f"receipt_{locale}.png").read_bytes())) > SAME_PICTURE


@pytest.mark.parametrize("locale", sorted(WORDING))
def test_every_letter_has_a_shape(locale: str) -> None:
    """Glyph 0 is the empty box; a PDF that uses it shows a letter nobody can read."""
    reader = pypdf.PdfReader(io.BytesIO(render_receipt(a_receipt(locale))))
    assert b"<0000>" not in reader.pages[0].get_contents().get_data()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '#eval("panic()")', "\\input{/etc/passwd}", "$x$ *b* _i_ @ref", '#read("/etc/hostname")', "]) #panic("]
)
def test_a_name_is_never_a_command(name: str) -> None:
    assert name.split("(", maxsplit=1)[0] in text_of(render_receipt(a_receipt(holder_name=name)))


def test_odd_names_print() -> None:
    text = text_of(render_receipt(a_receipt(holder_name="Gur\x00meet\u202e 😀👨‍👩‍👧🇮🇳 محمد\tKaur")))
    assert "Gur meet mhmd Kaur" in text
    assert render_receipt(a_receipt(holder_name="", village="", office="", lines=()))


def a_long_receipt(locale: str, months: int, heads: tuple[str, ...], **changes: Any) -> ReceiptPrint:
    """As the pages make it: one line a month, then one for each of the `heads`."""
    labels = [line_text("charge", f"{2025 + n // 12}-{n % 12 + 1:02d}", locale) for n in range(months)] + [line_text(head, None, locale) for head in heads]
    lines = tuple(ReceiptLine(label=label, amount=Money(8_001 + n)) for n, label in enumerate(labels))
    office = page_text("office", locale, village=WORDING[locale]["village"])
    return a_receipt(locale, lines=lines, office=office, **changes)


@pytest.mark.parametrize("wordy", [{}, {"holder_name": "Harpreet Singh Shergill " * 5, "amount": Money(98_76_543_21)}], ids=["plain", "wordy"])
@pytest.mark.parametrize(("months", "heads"), [(3, ("advance",)), (6, ORDER[1:]), (RECEIPT_LINES, ("advance",)), (RECEIPT_LINES, ORDER)])
@pytest.mark.parametrize("locale", sorted(WORDING))
def test_a_receipt_with_the_most_lines_is_one_page(locale: str, months: int, heads: tuple[str, ...], wordy: dict[str, Any]) -> None:
    """The most that `reading.receipt_lines` gives: RECEIPT_LINES months, the further months' charge, and every other head once."""
    receipt = a_long_receipt(locale, months, heads, **wordy)
    pdf = render_receipt(receipt)
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    text = text_of(pdf)
    assert receipt.verify_url in text
    assert all(f"₹80.{n + 1:02d}" in text for n in range(len(receipt.lines)))


def test_a_long_list_turns_the_page_and_loses_nothing() -> None:
    lines = tuple(ReceiptLine(label=f"Arrears {n}", amount=Money(100 + n)) for n in range(60))
    pdf = render_receipt(a_receipt(lines=lines))
    text = text_of(pdf)
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) > 1
    assert all(f"Arrears {n} ₹1" in text for n in range(60))
    assert len(pdf) < 150_000


def test_long_names_are_cut_and_can_break() -> None:
    cut = printable("ਪ੍ਰੀ" * 200, 80)
    assert cut.endswith("…")
    assert cut.replace(BREAK, "") == "ਪ੍ਰੀ" * 79 + "…"
    assert max(len(word) for word in printable("A" * 80).split(BREAK)) <= LONGEST_WORD


def test_printable_keeps_what_people_are_called() -> None:
    for name in ("Śrī D’Souza-Gill", "ज़ोरावर सिंह", "ਸ਼ੇਰ ਸਿੰਘ", "क्‍ष", "Ward 3/12 #4"):
        assert printable(name) == name


def test_a_link_of_another_kind_is_refused() -> None:
    for url in ("javascript:alert(1)", "/verify/x", "https://a b", "ftp://x"):
        with pytest.raises(ValidationError):
            a_receipt(verify_url=url)


def test_every_language_has_every_label() -> None:
    assert len({frozenset(labels) for labels in LABELS.values()}) == 1
