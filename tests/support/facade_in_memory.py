"""A small facade that keeps its books in memory: what conversations are tested against without a database.

It keeps the promises of `backend.facade.contract`: who may see what, one answer per key, doubles asked about, limits by SMS. Deterministic: ids come from
names, receipt numbers from a counter, time from the clock it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from backend.facade import contract as c
from backend.kit.clock import india_day
from backend.kit.errors import Conflict, Denied, Invalid, NotFound, Unauthenticated, Unavailable
from backend.kit.money import ZERO, Money, total

OTP = "482913"
CASH_LIMIT_SMS, CASH_LIMIT_ENTRY = Money.rupees(2000), Money.rupees(20000)
OTP_TRIES = 3


class PhoneNotProven(Unauthenticated):
    code = "user.phone_not_proven"


class PhoneInvalid(Invalid):
    code = "user.phone_invalid"


class LanguageUnknown(Invalid):
    code = "user.language_unknown"


class ConnectionNotFound(NotFound):
    code = "connection.not_found"


class NotACollector(Denied):
    code = "collection.not_a_collector"


class NotWholeRupees(Invalid):
    code = "collection.not_whole_rupees"


class OutOfRange(Invalid):
    code = "collection.amount_out_of_range"


class SameCashToday(Conflict):
    code = "collection.same_cash_today"


class SmsCashLimit(Conflict):
    code = "collection.sms_cash_limit"


class OtpWrong(Invalid):
    code = "otp.wrong"


class OtpExpired(Conflict):
    code = "otp.expired"


class OtpLocked(Conflict):
    code = "otp.locked"


class OtpTooMany(Conflict):
    code = "otp.too_many"


def named_id(name: str) -> UUID:
    """The same id for the same name, always."""
    return uuid5(NAMESPACE_URL, name)


@dataclass
class Household:
    """A household with its open calculation lines and payments."""

    number: str
    tenant: str
    holder: str
    phone: str
    lines: list[c.CalculationLine] = field(default_factory=list)
    advance: Money = ZERO
    payments: list[c.PaymentView] = field(default_factory=list)
    due_on: date | None = date(2026, 11, 30)
    metered: bool = False
    linked: set[str] = field(default_factory=set)

    @property
    def id(self) -> UUID:
        return named_id(self.number)

    @property
    def due(self) -> Money:
        return total([line.amount for line in self.lines])


@dataclass
class Person:
    """Somebody the register knows by phone."""

    phone: str
    locale: str | None
    collects_for: tuple[str, ...] = ()


@dataclass
class CashEntry:
    """A payment with who logged it and when, for doubles and the day's sum."""

    payment: c.PaymentView
    household: UUID
    collector: str
    channel: str
    at: datetime


VILLAGES = {
    "pb.abadighratian": {"en": "Abadi Ghratian", "hi": "आबादी घराटियाँ", "pa": "ਆਬਾਦੀ ਘਰਾਟੀਆਂ"},
    "pb.abianakalan": {"en": "Abiana Kalan", "hi": "अबियाणा कलाँ", "pa": "ਅਬਿਆਣਾ ਕਲਾਂ"},
}


@dataclass
class FacadeInMemory:
    """`Facade` over plain dictionaries. `broken` makes the next calls of a verb unavailable; `calls` counts what was asked."""

    clock: Callable[[], datetime]
    people: dict[str, Person] = field(default_factory=dict)
    households: list[Household] = field(default_factory=list)
    telegram: dict[str, str] = field(default_factory=dict)
    opted_out: set[str] = field(default_factory=set)
    learning: set[tuple[str, str]] = field(default_factory=set)
    broken: dict[str, int] = field(default_factory=dict)
    open_payment: bool = False
    otps: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    cash: list[CashEntry] = field(default_factory=list)
    work_items: list[c.ReportProblem | c.ReportUnseenPayment] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    # --- who ---------------------------------------------------------------------------------------------------------------------------------

    def _begin(self, verb: str) -> None:
        self.calls.append(verb)
        if self.broken.get(verb, 0) > 0:
            self.broken[verb] -= 1
            raise Unavailable

    def _phone(self, caller: c.Caller) -> str | None:
        return self.telegram.get(caller.address) if caller.channel == "telegram" else caller.address

    def _of(self, phone: str | None) -> list[Household]:
        return [h for h in self.households if phone is not None and (h.phone == phone or phone in h.linked)]

    def _account(self, h: Household, locale: str | None) -> c.Account:
        village = VILLAGES[h.tenant].get(locale or "en", VILLAGES[h.tenant]["en"])
        return c.Account(
            account_id=h.id, tenant_id=h.tenant, connection_no=h.number, holder_name=h.holder, village_name=village, due=h.due, advance=h.advance, metered=h.metered
        )

    def _mine(self, caller: c.Caller, account_id: UUID) -> Household:
        phone = self._phone(caller)
        if phone is None:
            raise PhoneNotProven
        found = next((h for h in self._of(phone) if h.id == account_id), None)
        if found is None:
            raise ConnectionNotFound
        return found

    def _who(self, caller: c.Caller) -> c.Who:
        phone = self._phone(caller)
        person = self.people.get(phone or "")
        return c.Who(
            person_id=named_id(phone) if person and phone else None,
            phone_proven=phone is not None,
            locale=person.locale if person else None,
            accounts=len(self._of(phone)),
            collects_for=person.collects_for if person else (),
            opted_out=f"{caller.channel}:{caller.address}" in self.opted_out,
            demo=True,
        )

    async def identify(self, caller: c.Caller, request: c.Empty) -> c.Who:
        """See `Facade`."""
        self._begin("identify")
        return self._who(caller)

    async def set_language(self, caller: c.Caller, request: c.SetLanguage) -> c.Done:
        """See `Facade`."""
        self._begin("set_language")
        if request.locale not in ("en", "hi", "pa"):
            raise LanguageUnknown
        person = self.people.get(self._phone(caller) or "")
        if person is not None:
            person.locale = request.locale
        return c.Done()

    async def set_messaging(self, caller: c.Caller, request: c.SetMessaging) -> c.Done:
        """See `Facade`."""
        self._begin("set_messaging")
        (self.opted_out.discard if request.wanted else self.opted_out.add)(f"{caller.channel}:{caller.address}")
        return c.Done()

    async def set_learning(self, caller: c.Caller, request: c.SetLearning) -> c.Done:
        """See `Facade`."""
        self._begin("set_learning")
        (self.learning.add if request.given else self.learning.discard)((caller.channel, caller.address))
        return c.Done()

    async def list_learning(self, caller: c.Caller, request: c.Speakers) -> c.Speakers:
        """See `Facade`."""
        return c.Speakers(speakers=tuple(s for s in request.speakers if (s.channel, s.address) in self.learning))

    async def prove_phone(self, caller: c.Caller, request: c.ProvePhone) -> c.Who:
        """See `Facade`."""
        self._begin("prove_phone")
        phone = "+" + "".join(ch for ch in request.phone if ch.isdecimal())
        if not phone.startswith("+91"):
            raise PhoneInvalid
        self.telegram[caller.address] = phone
        return self._who(caller)

    async def list_accounts(self, caller: c.Caller, request: c.Empty) -> c.Accounts:
        """See `Facade`."""
        self._begin("list_accounts")
        phone = self._phone(caller)
        if phone is None:
            raise PhoneNotProven
        return c.Accounts(accounts=tuple(self._account(h, caller.locale) for h in self._of(phone)))

    async def request_link(self, caller: c.Caller, request: c.RequestLink) -> c.LinkRequested:
        """See `Facade`."""
        self._begin("request_link")
        if request.key in self.answers:
            return c.LinkRequested(request_id=self.answers[request.key])
        if sum(1 for o in self.otps.values() if o["by"] == caller.address) >= 3:
            raise OtpTooMany
        found = next((h for h in self.households if h.number == request.connection_no), None)
        request_id = named_id(f"otp:{request.key}")
        self.otps[request_id] = {"by": caller.address, "household": found, "tries": OTP_TRIES, "until": self.clock() + timedelta(minutes=5)}
        self.answers[request.key] = request_id
        return c.LinkRequested(request_id=request_id)

    async def confirm_link(self, caller: c.Caller, request: c.ConfirmLink) -> c.Account:
        """See `Facade`."""
        self._begin("confirm_link")
        phone, asked = self._phone(caller), self.otps.get(request.request_id)
        if phone is None:
            raise PhoneNotProven
        if asked is None or self.clock() > asked["until"]:
            raise OtpExpired
        if asked["tries"] == 0:
            raise OtpLocked
        if request.otp != OTP or asked["household"] is None:
            asked["tries"] -= 1
            if asked["tries"] == 0:
                raise OtpLocked
            raise OtpWrong(tries_left=asked["tries"])
        asked["household"].linked.add(phone)
        return self._account(asked["household"], caller.locale)

    # --- bills -------------------------------------------------------------------------------------------------------------------------------

    async def fetch_bill(self, caller: c.Caller, request: c.AccountRef) -> c.BillView:
        """See `Facade`."""
        self._begin("fetch_bill")
        h = self._mine(caller, request.account_id)
        sums: dict[c.Head, Money] = {}
        newest = max((line.period for line in h.lines if line.period), default=None)
        for line in h.lines:
            head = c.Head.ARREARS if line.head is c.Head.CHARGE and line.period != newest else line.head
            sums[head] = sums.get(head, ZERO) + line.amount
        is_due = h.due.paise > 0
        return c.BillView(
            account=self._account(h, caller.locale),
            bill_no="BILL-1" if is_due else None,
            period=newest,
            lines=tuple(c.BillLine(head=head, amount=sums[head]) for head in c.Head if sums.get(head)) if is_due else (),
            total=h.due if is_due else ZERO,
            due_on=h.due_on if is_due else None,
            pay_url=f"http://127.0.0.1:8000/s/{h.id.hex[:8]}" if is_due else None,
            part_payment=True,
            last_payment=h.payments[-1] if h.payments and not is_due else None,
        )

    async def explain_bill(self, caller: c.Caller, request: c.AccountRef) -> c.Explanation:
        """See `Facade`."""
        self._begin("explain_bill")
        h = self._mine(caller, request.account_id)
        return c.Explanation(account=self._account(h, caller.locale), lines=tuple(h.lines), total=h.due)

    async def list_receipts(self, caller: c.Caller, request: c.ListReceipts) -> c.Receipts:
        """See `Facade`."""
        self._begin("list_receipts")
        h = self._mine(caller, request.account_id)
        return c.Receipts(payments=tuple(reversed(h.payments[-request.limit :])))

    # --- trouble -----------------------------------------------------------------------------------------------------------------------------

    async def report_unseen_payment(self, caller: c.Caller, request: c.ReportUnseenPayment) -> c.UnseenPayment:
        """See `Facade`."""
        self._begin("report_unseen_payment")
        h = self._mine(caller, request.account_id)
        found = next((p for p in h.payments if request.upi_reference and p.receipt_no.endswith(request.upi_reference[-4:])), None)
        if found is not None:
            return c.UnseenPayment(outcome="found", payment=found)
        if self.open_payment:
            return c.UnseenPayment(outcome="waiting")
        if request.key not in self.answers:
            self.work_items.append(request)
            self.answers[request.key] = f"PNS-2026-{len(self.work_items):06d}"
        return c.UnseenPayment(outcome="opened", work_item_no=self.answers[request.key])

    async def report_problem(self, caller: c.Caller, request: c.ReportProblem) -> c.ProblemOpened:
        """See `Facade`."""
        self._begin("report_problem")
        if request.account_id is not None:
            self._mine(caller, request.account_id)
        if request.key not in self.answers:
            self.work_items.append(request)
            self.answers[request.key] = f"PRB-2026-{len(self.work_items):06d}"
        return c.ProblemOpened(work_item_no=self.answers[request.key])

    async def village_contact(self, caller: c.Caller, request: c.Empty) -> c.VillageContact:
        """See `Facade`."""
        self._begin("village_contact")
        mine = self._of(self._phone(caller))
        if not mine:
            return c.VillageContact(village_name="", phone="")
        return c.VillageContact(village_name=VILLAGES[mine[0].tenant][caller.locale or "en"], phone="+91 1881 222333")

    # --- collectors --------------------------------------------------------------------------------------------------------------------------

    def _collector(self, caller: c.Caller) -> tuple[str, tuple[str, ...]]:
        phone = self._phone(caller)
        person = self.people.get(phone or "")
        if phone is None or person is None or not person.collects_for:
            raise NotACollector
        return phone, person.collects_for

    async def find_households(self, caller: c.Caller, request: c.FindHouseholds) -> c.Accounts:
        """See `Facade`: by the end of the number, or a name that begins alike."""
        self._begin("find_households")
        _, villages = self._collector(caller)
        wanted = request.query.casefold()
        tail = wanted.rpartition("/")[2].lstrip("0")
        spelt = {"ਰਮੇਸ਼": "ramesh", "रमेश": "ramesh"}.get(request.query, wanted)[:4]
        found = []
        for h in self.households:
            by_number = wanted[-1:].isdecimal() and (h.number.rpartition("/")[2].lstrip("0") == tail if "/" not in wanted else h.number.casefold() == wanted)
            by_name = not wanted[-1:].isdecimal() and any(word.casefold().startswith(spelt) for word in h.holder.split())
            if h.tenant in villages and (by_number or by_name):
                found.append(self._account(h, caller.locale))
        return c.Accounts(accounts=tuple(found[: request.limit]))

    def _household(self, villages: tuple[str, ...], account_id: UUID) -> Household:
        found = next((h for h in self.households if h.id == account_id and h.tenant in villages), None)
        if found is None:
            raise ConnectionNotFound
        return found

    async def fetch_household(self, caller: c.Caller, request: c.AccountRef) -> c.Account:
        """See `Facade`."""
        self._begin("fetch_household")
        _, villages = self._collector(caller)
        return self._account(self._household(villages, request.account_id), caller.locale)

    async def record_cash(self, caller: c.Caller, request: c.RecordCash) -> c.CashRecorded:
        """See `Facade`."""
        self._begin("record_cash")
        phone, villages = self._collector(caller)
        h = self._household(villages, request.account_id)
        if request.key not in self.answers:
            self._check_cash(caller, phone, h, request)
            self.answers[request.key] = self._post(phone, h, request.amount, caller.channel)
        return c.CashRecorded(payment=self.answers[request.key], due_after=max(h.due, ZERO), advance_after=h.advance, payer_told=True)

    def _check_cash(self, caller: c.Caller, phone: str, h: Household, request: c.RecordCash) -> None:
        now = self.clock()
        if not request.amount.is_whole_rupees:
            raise NotWholeRupees
        if not 0 < request.amount.paise <= CASH_LIMIT_ENTRY.paise:
            raise OutOfRange(limit_paise=CASH_LIMIT_ENTRY.paise)
        today = [e for e in self.cash if e.collector == phone and india_day(e.at) == india_day(now)]
        logged = total([e.payment.amount for e in today if e.channel == "sms"])
        if caller.forgeable and (logged + request.amount).paise > CASH_LIMIT_SMS.paise:
            raise SmsCashLimit(limit_paise=CASH_LIMIT_SMS.paise)
        same = next((e for e in today if e.household == h.id and e.payment.amount == request.amount), None)
        if same is not None and not request.confirmed_again:
            raise SameCashToday(receipt_no=same.payment.receipt_no, minutes_ago=int((now - same.at).total_seconds() // 60))

    def _post(self, phone: str, h: Household, amount: Money, channel: str) -> c.PaymentView:
        paid = payment_of(h, amount, self.clock(), "CASH", 100 + len(self.cash))
        h.payments.append(paid)
        self.cash.append(CashEntry(paid, h.id, phone, channel, self.clock()))
        left = amount - h.due
        h.lines = [] if left.paise >= 0 else [c.CalculationLine(kind="carried", head=c.Head.CHARGE, amount=-left, period="2026-10")]
        h.advance = h.advance + (left if left.paise > 0 else ZERO)
        return paid

    async def day_summary(self, caller: c.Caller, request: c.Empty) -> c.DaySummary:
        """See `Facade`."""
        self._begin("day_summary")
        phone, _ = self._collector(caller)
        today = india_day(self.clock())
        payments = [e.payment for e in self.cash if e.collector == phone and india_day(e.at) == today]
        return c.DaySummary(on=today, count=len(payments), total=total([p.amount for p in payments]), payments=tuple(reversed(payments[-10:])))

    async def payment_notice(self, caller: c.Caller, request: c.NoticeRef) -> c.PaymentNotice:
        """Not for conversations."""
        raise Denied

    async def otp_notice(self, caller: c.Caller, request: c.NoticeRef) -> c.OtpNotice | None:
        """Not for conversations."""
        raise Denied


# --- a village ---------------------------------------------------------------------------------------------------------------------------------


def payment_of(h: Household, amount: Money, at: datetime, mode: str, number: int) -> c.PaymentView:
    """A booked payment."""
    receipt_no = f"MP/15767/2026-27/{number:06d}"
    return c.PaymentView(
        payment_id=named_id(receipt_no),
        receipt_no=receipt_no,
        amount=amount,
        paid_at=at,
        mode=mode,
        connection_no=h.number,
        holder_name=h.holder,
        url=f"http://127.0.0.1:8000/s/r{number}",
        pdf_url=f"http://127.0.0.1:8000/receipts/t{number}.pdf",
    )


def flat(period: str, rupees: int) -> c.CalculationLine:
    """A month's flat charge."""
    return c.CalculationLine(kind="flat", head=c.Head.CHARGE, amount=Money.rupees(rupees), period=period, rate=Money.rupees(rupees))


def metered(period: str, before: str, after: str, units: str) -> c.CalculationLine:
    """A month by meter: units at Rs 5 and Rs 30 fixed."""
    amount = Money.rupees(int(units) * 5 + 30)
    return c.CalculationLine(
        kind="metered", head=c.Head.CHARGE, amount=amount, period=period, rate=Money.rupees(5), minimum=Money.rupees(30), units=units, reading_from=before, reading_to=after
    )


def penalty(period: str, rupees: int) -> c.CalculationLine:
    """A late fee."""
    return c.CalculationLine(kind="penalty", head=c.Head.PENALTY, amount=Money.rupees(rupees), period=period)


V1, V2 = "pb.abadighratian", "pb.abianakalan"


def village(clock: Callable[[], datetime]) -> FacadeInMemory:
    """Two villages with everybody a conversation meets."""
    number = "WS/15767/2026-27/{:04d}".format
    homes = [
        Household(number(1), V1, "Ramesh Kumar", "+919000000001", [flat("2026-10", 80)]),
        Household(number(2), V1, "Gurpreet Kaur", "+919000000002", [flat("2026-08", 80), penalty("2026-08", 8), flat("2026-09", 80), flat("2026-10", 80)]),
        Household(number(3), V1, "Gurpreet Kaur", "+919000000002", advance=Money.rupees(160)),
        Household(number(4), V1, "John Masih", "+919000000003", [metered("2026-10", "120", "142", "22")], metered=True),
        Household(number(45), V1, "Ramesh Singh", "+919000000045", [flat("2026-09", 80), flat("2026-10", 80)]),
        Household(number(46), V1, "Suresh Pal", "+919000000046", [flat("2026-10", 80)]),
        Household(number(5), V1, "Balwinder Singh", "+919000000005", [flat("2026-10", 80)]),
        Household("WS/15768/2026-27/0007", V2, "Balwinder Singh", "+919000000005", [flat("2026-10", 50)]),
        Household(number(50), V1, "Harjit Singh", "+919000000103", [flat("2026-10", 80)]),
    ]
    homes[2].payments = [payment_of(homes[2], Money.rupees(240), datetime.fromisoformat("2026-10-12T10:00:00+05:30"), "UPI", 12)]
    homes[0].payments = [
        payment_of(homes[0], Money.rupees(80), datetime.fromisoformat(f"2026-{month:02d}-05T11:00:00+05:30"), "CASH", number) for month, number in ((8, 3), (9, 7), (10, 9))
    ]
    people = [Person("+919000000001", "hi"), Person("+919000000002", "pa"), Person("+919000000003", "en"), Person("+919000000005", "pa")]
    people += [Person("+919000000101", "pa", (V1,)), Person("+919000000102", "en", (V2,)), Person("+919000000103", "hi", (V1,))]
    return FacadeInMemory(clock, {p.phone: p for p in people}, homes)
