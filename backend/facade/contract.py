"""All that the bot may read of the backend.

One Protocol, `Facade`: what a villager, a collector or a village admin wants. Every verb is `async def verb(caller, request) -> answer`; its values are
those of `backend.facade.values`, offered here. Errors are the six kinds of `backend.kit.errors`, with their codes.
"""

from __future__ import annotations

from typing import Protocol

from backend.facade.values import (
    Account,
    AccountRef,
    Accounts,
    BillLine,
    BillView,
    CalculationLine,
    Caller,
    CashRecorded,
    ConfirmLink,
    DaySummary,
    Done,
    Empty,
    Explanation,
    FindHouseholds,
    Head,
    LinkRequested,
    ListReceipts,
    NoticeRef,
    OtpNotice,
    PaymentNotice,
    PaymentView,
    ProblemOpened,
    ProvePhone,
    Receipts,
    Recipient,
    RecordCash,
    ReportProblem,
    ReportUnseenPayment,
    RequestLink,
    SetLanguage,
    SetLearning,
    SetMessaging,
    Speaker,
    Speakers,
    UnseenPayment,
    Value,
    VillageContact,
    Who,
)

__all__ = [
    "Account",
    "AccountRef",
    "Accounts",
    "BillLine",
    "BillView",
    "CalculationLine",
    "Caller",
    "CashRecorded",
    "ConfirmLink",
    "DaySummary",
    "Done",
    "Empty",
    "Explanation",
    "Facade",
    "FindHouseholds",
    "Head",
    "LinkRequested",
    "ListReceipts",
    "NoticeRef",
    "OtpNotice",
    "PaymentNotice",
    "PaymentView",
    "ProblemOpened",
    "ProvePhone",
    "Receipts",
    "Recipient",
    "RecordCash",
    "ReportProblem",
    "ReportUnseenPayment",
    "RequestLink",
    "SetLanguage",
    "SetLearning",
    "SetMessaging",
    "Speaker",
    "Speakers",
    "UnseenPayment",
    "Value",
    "VillageContact",
    "Who",
]


class Facade(Protocol):
    """The one door between bot and backend. Each verb says which errors it raises by code; `unavailable` may come from any of them."""

    async def identify(self, caller: Caller, request: Empty) -> Who:
        """Who is this? Never fails for an unknown caller."""
        ...

    async def set_language(self, caller: Caller, request: SetLanguage) -> Done:
        """Keep the language. Errors: `user.language_unknown` (Invalid)."""
        ...

    async def set_messaging(self, caller: Caller, request: SetMessaging) -> Done:
        """Keep the wish to be written to or not, by channel and address."""
        ...

    async def set_learning(self, caller: Caller, request: SetLearning) -> Done:
        """Keep the consent to learn from messages that were not understood, or its end, by channel and address."""
        ...

    async def prove_phone(self, caller: Caller, request: ProvePhone) -> Who:
        """Join this Telegram address to the person of that phone. Errors: `user.phone_invalid`."""
        ...

    async def list_accounts(self, caller: Caller, request: Empty) -> Accounts:
        """The caller's connections, own and linked, in a stable order. Errors: `user.phone_not_proven` (Unauthenticated)."""
        ...

    async def request_link(self, caller: Caller, request: RequestLink) -> LinkRequested:
        """Send an OTP to the registered phone of a connection. Errors: `otp.too_many` (Conflict)."""
        ...

    async def confirm_link(self, caller: Caller, request: ConfirmLink) -> Account:
        """Prove the OTP; the account is then the caller's to see. Errors: `otp.wrong` (Invalid, fact `tries_left`), `otp.expired` (Conflict), `otp.locked` (Conflict)."""
        ...

    async def fetch_bill(self, caller: Caller, request: AccountRef) -> BillView:
        """The bill with its short pay link; who asks is told of its payment for a day. Errors: `connection.not_found` (NotFound; also for another's account)."""
        ...

    async def explain_bill(self, caller: Caller, request: AccountRef) -> Explanation:
        """The bill from its stored calculation lines. Errors: `connection.not_found`."""
        ...

    async def list_receipts(self, caller: Caller, request: ListReceipts) -> Receipts:
        """The newest payments. Errors: `connection.not_found`."""
        ...

    async def report_unseen_payment(self, caller: Caller, request: ReportUnseenPayment) -> UnseenPayment:
        """Looks at open attempts first, else opens a work item. Errors: `connection.not_found`."""
        ...

    async def report_problem(self, caller: Caller, request: ReportProblem) -> ProblemOpened:
        """Opens a work item."""
        ...

    async def village_contact(self, caller: Caller, request: Empty) -> VillageContact:
        """The contact of the caller's village; of the state when he has none."""
        ...

    async def find_households(self, caller: Caller, request: FindHouseholds) -> Accounts:
        """Best matches first, with dues. Errors: `collection.not_a_collector` (Denied)."""
        ...

    async def fetch_household(self, caller: Caller, request: AccountRef) -> Account:
        """One household of the collector's villages, with its dues. Errors: `collection.not_a_collector`, `connection.not_found`."""
        ...

    async def record_cash(self, caller: Caller, request: RecordCash) -> CashRecorded:
        """Post cash. Errors: `collection.not_a_collector` (Denied), `connection.not_found` (also another village's), `collection.not_whole_rupees` (Invalid),
        `collection.amount_out_of_range` (Invalid), `collection.same_cash_today` (Conflict; facts `receipt_no`, `minutes_ago`), `collection.sms_cash_limit` (Conflict, fact `limit_paise`)."""
        ...

    async def day_summary(self, caller: Caller, request: Empty) -> DaySummary:
        """Today's cash of this collector. Errors: `collection.not_a_collector` (Denied)."""
        ...

    async def payment_notice(self, caller: Caller, request: NoticeRef) -> PaymentNotice:
        """What to tell about a payment, and whom. For the system's own caller only (`channel="system"`): others get `facade.system_only` (Denied)."""
        ...

    async def list_learning(self, caller: Caller, request: Speakers) -> Speakers:
        """Those of the given who allow learning from their messages. For the system's own caller only."""
        ...

    async def otp_notice(self, caller: Caller, request: NoticeRef) -> OtpNotice | None:
        """The code of an OTP request for its one sender; None when nobody is to be sent one. For the system's own caller only."""
        ...
