"""Printing: values go to the typesetter as data, never as markup, so that no name can become a command."""

from __future__ import annotations

import io
import json
import threading
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from babel.dates import format_date

from backend.kit.number_words import amount_digits, amount_words
from backend.office.pdf.rules import printable
from backend.office.pdf.schemas import ReceiptPrint
from backend.office.pdf.texts import LABELS

_HERE = Path(__file__).parent
_TEMPLATE = _HERE / "receipt.typ"
PICTURE_DPI = 120.0

# The typesetter keeps what it learned between papers and is not made to be entered twice at a time.
_one_at_a_time = threading.Lock()


def render_receipt(receipt: ReceiptPrint) -> bytes:
    """The receipt as PDF, A5, set as densely as one page needs; the same value gives the same bytes. Blocks for some milliseconds: call it in a thread."""
    # The paper's own date instead of the moment of printing keeps a repeat identical.
    stamp = datetime.combine(receipt.paid_on, time(), tzinfo=UTC)
    return _compile(receipt, format="pdf", timestamp=stamp)


def render_receipt_picture(receipt: ReceiptPrint) -> bytes:
    """The receipt's first page as PNG."""
    return _compile(receipt, format="png", ppi=PICTURE_DPI)


@cache
def _typesetter() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_HERE / "fonts"])
    return typst.Compiler(_TEMPLATE, root=_HERE, font_paths=fonts)


def _compile(receipt: ReceiptPrint, **options: Any) -> bytes:
    content = json.dumps(_content(receipt), ensure_ascii=False)
    with _one_at_a_time:
        made = _typesetter().compile(sys_inputs={"receipt": content}, **options)
    if isinstance(made, list):
        made = made[0]
    assert isinstance(made, bytes)
    return made


def _content(receipt: ReceiptPrint) -> dict[str, Any]:
    """All that the template shows, as plain texts."""
    labels = LABELS[receipt.locale]
    words = labels["only"].format(words=amount_words(receipt.amount, receipt.locale))
    facts = [
        (labels["receipt_no"], receipt.receipt_no),
        (labels["paid_on"], format_date(receipt.paid_on, "d MMMM y", locale=receipt.locale)),
        (labels["holder_name"], receipt.holder_name),
        (labels["connection_no"], receipt.connection_no),
        (labels["mode"], receipt.mode),
    ]
    balance = [(labels["due_after"], receipt.due_after)]
    if receipt.advance_after:
        balance.append((labels["advance_after"], receipt.advance_after))
    return {
        "lang": receipt.locale,
        "labels": dict(labels),
        "village": printable(receipt.village, 60),
        "office": printable(receipt.office, 90),
        "facts": [[name, printable(value)] for name, value in facts],
        "amount": amount_digits(receipt.amount),
        "words": words[:1].upper() + words[1:],
        "lines": [[printable(line.label), amount_digits(line.amount)] for line in receipt.lines],
        "balance": [[name, amount_digits(amount)] for name, amount in balance],
        "verify_url": receipt.verify_url,
        "qr": _qr_svg(receipt.verify_url),
    }


def _qr_svg(url: str) -> str:
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
