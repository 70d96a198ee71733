"""What each page shows: frozen values, so that a page can be looked at without a database. Amounts are Money; names are in the reader's language."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from backend.kit.money import Money
from backend.money.collection import Held


class View(BaseModel):
    """Base of all views."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(View):
    """One line of a bill or receipt: what it is (a key of the texts, "head.charge"), its month as "2026-10", and how much."""

    head: str
    period: str | None
    amount: Money


class Household(View):
    """Whose bill it is, as a stranger with the link may see it."""

    village: str
    holder_masked: str
    connection_no: str


class Contact(View):
    """Whom to ask in person; any may be empty."""

    office_name: str
    phone: str


class PayView(View):
    """A bill to be paid. `upi_link` is empty where the village has no UPI address. `notice` is a key of the texts: why this page is not what was expected.

    `renew`: the bill is another than the link's; its button makes the link of the bill of now. `typed` and `fault` come back with an amount that
    could not be taken. `held`: money that came and did not fit is not to be paid again.
    """

    token: str
    household: Household
    bill_no: str
    lines: tuple[Line, ...]
    total: Money
    due_on: date | None
    overdue: bool
    part_allowed: bool
    upi_link: str
    card_offered: bool
    contact: Contact
    renew: bool = False
    notice: str | None = None
    typed: str = ""
    fault: str | None = None
    held: Held | None = None


class ReceiptView(View):
    """A payment that is booked."""

    token: str
    household: Household
    receipt_no: str
    amount: Money
    paid_on: date
    mode: str
    lines: tuple[Line, ...]
    due_after: Money
    advance_after: Money
    fresh: bool = False  # just paid: says thank you


class WaitView(View):
    """A payment the provider has not decided. `refresh_s`: when the page looks again by itself; None: it has stopped. `attempt`: which one, if one."""

    token: str
    attempt: str
    household: Household
    amount: Money | None
    round_no: int
    refresh_s: int | None
    contact: Contact


class FailedView(View):
    """A payment that did not go through. Nothing was booked."""

    token: str
    household: Household
    amount: Money | None
    contact: Contact


class PaidOutView(View):
    """Nothing is owed on this link any more, and no payment of its own can be shown."""

    household: Household
    advance: Money


class ParkedView(View):
    """Money that arrived but is not booked on the bill yet; a person looks at it under a number."""

    household: Household
    work_item_no: str | None
    contact: Contact


class VerifyView(View):
    """What the code on a receipt proves, and nothing more."""

    receipt_no: str
    amount: Money
    paid_on: date
    valid: bool


class MessageView(View):
    """One calm sentence or two: a link that ended, a page that is not there, a moment to wait. `key` is a key of the texts ("ended", "missing", …)."""

    key: str
    contact: Contact | None = None
