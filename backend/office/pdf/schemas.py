"""What is printed."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.kit.money import Money


class ReceiptLine(BaseModel):
    """What a part of the payment was for, as the reader is told ("Water charge, October 2026"), and how much of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    label: str
    amount: Money


class ReceiptPrint(BaseModel):
    """A receipt. Texts may hold anything; what can't be printed is replaced. `mode` and the lines' labels come in the receipt's language.

    `due_after` and `advance_after` are the household's balance right after this payment. `verify_url` goes into the QR and shows no person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    receipt_no: str
    paid_on: date
    village: str
    office: str = ""
    connection_no: str
    holder_name: str
    amount: Money
    mode: str
    lines: tuple[ReceiptLine, ...] = Field(max_length=60)
    due_after: Money
    advance_after: Money
    verify_url: str = Field(pattern=r"^https?://[\x21-\x7e]{1,280}$")
    locale: Literal["en", "hi", "pa"] = "en"
