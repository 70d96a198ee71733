"""What goes through the facade's door: requests and answers, pydantic on both sides, so that they travel in process or over HTTP alike.

Money travels as integer paise. `key` on a request makes a repeat hear the first answer: it is made by the bot from conversation, inbound and step.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.kit.money import ZERO, Money


class Value(BaseModel):
    """Base of requests and answers: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Caller(Value):
    """Who speaks: a channel and an address on it (E.164 phone; chat id on Telegram). The provider vouches for it, see `forgeable`.

    `forgeable` is true for plain SMS, whose sender can be faked: cash by it is limited a day. `locale` is the conversation's language, if chosen.
    """

    channel: str
    address: str
    locale: str | None = None

    @property
    def forgeable(self) -> bool:
        """Whether the sender of this channel can be faked."""
        return self.channel == "sms"


class Empty(Value):
    """A request that needs nothing."""


class Done(Value):
    """An answer that says nothing but that it happened."""


# --- who is this -------------------------------------------------------------------------------------------------------------------------


class Who(Value):
    """What we know of a caller.

    `phone_proven` is false on Telegram until the own contact was shared. `collects_for` are the villages he may log cash in, `administers` those he is
    the office of. `demo` people are invented: nothing is ever sent to them at a provider's default host. `locale` is the register's language (None:
    never told). `accounts` counts his connections.
    """

    person_id: UUID | None
    phone_proven: bool
    locale: str | None
    accounts: int
    collects_for: tuple[str, ...] = ()
    administers: tuple[str, ...] = ()
    opted_out: bool = False
    demo: bool = False


class SetLanguage(Value):
    """The language this person wants from now on, on every channel."""

    locale: str


class SetMessaging(Value):
    """Whether we may write first (reminders, bills). Answers to his own questions are always sent."""

    wanted: bool


class SetLearning(Value):
    """Whether messages that were not understood may be read, without names and numbers, to learn from. `wording`: the version of the question that was shown."""

    given: bool
    wording: str


class Speaker(Value):
    """Somebody who writes to us: an address on a channel."""

    channel: str
    address: str


class Speakers(Value):
    """Addresses on channels."""

    speakers: tuple[Speaker, ...]


class ProvePhone(Value):
    """The sender's own number, as Telegram's shared contact proves it (the bot has compared user_id with the sender)."""

    phone: str


# --- accounts ----------------------------------------------------------------------------------------------------------------------------


class Account(Value):
    """A household's connection as this caller may see it. `due` is what is owed (>= 0), `advance` what is paid ahead (>= 0)."""

    account_id: UUID
    tenant_id: str
    connection_no: str
    holder_name: str
    village_name: str
    due: Money
    advance: Money
    metered: bool


class Accounts(Value):
    """Connections, in a stable order."""

    accounts: tuple[Account, ...]


class RequestLink(Value):
    """Another household's connection, by its number (old or new): an OTP goes to the registered phone. Never says whether the number exists."""

    connection_no: str
    key: str


class LinkRequested(Value):
    """The same answer for a number that exists and one that does not. `request_id` goes with the OTP."""

    request_id: UUID


class ConfirmLink(Value):
    """The OTP that the registered phone received."""

    request_id: UUID
    otp: str


class AccountRef(Value):
    """One of the caller's accounts."""

    account_id: UUID


# --- bills -------------------------------------------------------------------------------------------------------------------------------


class Head(StrEnum):
    """What a line of a bill is to a person; each stands for tax heads of the masters."""

    CHARGE = "charge"  # 10101
    ARREARS = "arrears"  # 10102 and unpaid charges of earlier periods
    PENALTY = "penalty"  # 10201, WS_TIME_PENALTY
    ADVANCE = "advance"  # WS_ADVANCE_CARRYFORWARD, negative
    ROUND_OFF = "round_off"  # WS_Round_Off
    OTHER = "other"


class BillLine(Value):
    """One tax head of a bill; negative for advance."""

    head: Head
    amount: Money


class PaymentView(Value):
    """A payment as its payer sees it. `url` is the short link of the receipt page, `pdf_url` of its PDF. `mode` is CASH, UPI, CARD, NETBANKING or ONLINE."""

    payment_id: UUID
    receipt_no: str
    amount: Money
    paid_at: datetime
    mode: str
    connection_no: str
    holder_name: str
    url: str
    pdf_url: str


class BillView(Value):
    """What is owed on an account today. `total` is zero when nothing is due; then `pay_url` is None and `last_payment` says what came last (None while something is due).

    `period` is the newest billed month as "2026-10" (None: never billed). `due_on` is the last day without penalty. The pay link is short and lives
    until the bill is paid or superseded; asking again gives the same link. `part_payment` tells whether less than the total may be paid. `held`: money that came
    but did not fit, which a person looks at under the number `held_item`; it must not be paid again.
    """

    account: Account
    bill_no: str | None
    period: str | None
    lines: tuple[BillLine, ...]
    total: Money
    due_on: date | None
    pay_url: str | None
    part_payment: bool
    last_payment: PaymentView | None
    held: Money = ZERO
    held_item: str | None = None


class CalculationLine(Value):
    """How one line came to be, from the stored calculation.

    `kind`: flat (rate x months), metered (units x rate + minimum charge), carried (from before), penalty, advance, round_off, paid (already paid, negative).
    `period` as "2026-10". Units are kilolitres as the meter shows them, kept as text.
    """

    kind: str
    head: Head
    amount: Money
    period: str | None = None
    rate: Money | None = None
    minimum: Money | None = None
    units: str | None = None
    reading_from: str | None = None
    reading_to: str | None = None
    building: str | None = None


class Explanation(Value):
    """The bill line by line, oldest period first; the amounts add up to the bill's total."""

    account: Account
    lines: tuple[CalculationLine, ...]
    total: Money


class ListReceipts(Value):
    """The newest payments of an account."""

    account_id: UUID
    limit: int = Field(default=3, ge=1, le=10)


class Receipts(Value):
    """Payments, newest first."""

    payments: tuple[PaymentView, ...]


# --- trouble -----------------------------------------------------------------------------------------------------------------------------


class ReportUnseenPayment(Value):
    """"I paid and it isn't shown": the UPI reference (12 digits) or a picture's media reference, either may be absent."""

    account_id: UUID
    upi_reference: str | None = None
    picture: str | None = None
    key: str


class UnseenPayment(Value):
    """What was found: `found` (it is booked now or was already, with the payment), `waiting` (the provider has not decided), `opened` (a person will look; number)."""

    outcome: str
    payment: PaymentView | None = None
    work_item_no: str | None = None


class ReportProblem(Value):
    """A trouble for a person to look at. `category`: not_my_bill, wrong_number, payment_not_shown, no_water, new_connection, change_name, other. `account_id` None: of nobody known."""

    category: str
    text: str
    account_id: UUID | None = None
    key: str


class ProblemOpened(Value):
    """The number to ask about it by."""

    work_item_no: str


class VillageContact(Value):
    """Whom to ask in person: the village's public contact from the masters. Both are empty for a person of no village, the phone where the masters have none."""

    village_name: str
    phone: str


# --- collectors --------------------------------------------------------------------------------------------------------------------------


class FindHouseholds(Value):
    """A household of the collector's villages by number (full, or the last digits: "0045", "45") or by a name, however spelt."""

    query: str
    limit: int = Field(default=5, ge=1, le=9)


class RecordCash(Value):
    """Cash taken at the doorstep, in whole rupees. `confirmed_again` answers "the same household and amount again today?" with yes."""

    account_id: UUID
    amount: Money
    confirmed_again: bool = False
    key: str


class CashRecorded(Value):
    """The receipt of cash. `due_after` is what is still owed, `advance_after` what is now paid ahead."""

    payment: PaymentView
    due_after: Money
    advance_after: Money
    payer_told: bool


class DaySummary(Value):
    """What this collector logged today (India's day): count and sum, and the newest entries first (at most 10)."""

    on: date
    count: int
    total: Money
    payments: tuple[PaymentView, ...]


# --- notices: what the backend announced, made ready to be told ---------------------------------------------------------------------------


class NoticeRef(Value):
    """An announcement's subject: its village ("pb" for the state) and id."""

    tenant_id: str
    subject_id: UUID


class Recipient(Value):
    """Someone to tell. `role`: payer, owner or collector. `phone` is E.164; `telegram` his chat id, if he joined one. `locale` None: never told."""

    role: str
    person_id: UUID
    phone: str
    telegram: str | None = None
    locale: str | None = None
    opted_out: bool = False
    demo: bool = False


class PaymentNotice(Value):
    """A payment that was booked or parked. `parked`: received but not booked on the bill yet, a person looks at it under `work_item_no`."""

    payment: PaymentView | None
    amount: Money
    due_after: Money
    advance_after: Money
    parked: bool
    work_item_no: str | None
    recipients: tuple[Recipient, ...]


class OtpNotice(Value):
    """An OTP to send, once: the code is given out for sending only and is never stored in clear. `connection_no` whose bill it opens; None to sign in."""

    otp: str
    minutes: int
    connection_no: str | None
    recipient: Recipient
