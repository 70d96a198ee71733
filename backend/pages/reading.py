"""From the rooms' values to what the pages show. Reads only; decides nothing about money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.foundation import master_data
from backend.kit.clock import india_day
from backend.kit.money import ZERO, Money
from backend.kit.unit_of_work import UnitOfWork
from backend.money import billing, collection, payment_gateway
from backend.office import user
from backend.pages.rules import mask_name
from backend.pages.texts import text
from backend.pages.views import Contact, Household, Line, ReceiptView
from backend.water import connection

# What each tax head of the masters is to a person (municipal.md 2.3); the order is the order of the lines.
HEADS = {
    "10101": "charge",
    "10102": "arrears",
    "10201": "penalty",
    "WS_TIME_PENALTY": "penalty",
    "WS_Round_Off": "round_off",
    "WS_ADVANCE_CARRYFORWARD": "advance",
}
ORDER = ("charge", "arrears", "penalty", "round_off", "other", "advance")
RECEIPT_LINES = 12  # more fills a second page and tells nobody more


@dataclass(frozen=True)
class Reader:
    """Whose page it is: the household as a stranger may see it, its office, and the language its holder is known to read."""

    connection: connection.Connection
    person_locale: str | None

    def household(self) -> Household:
        """For the top of every page."""
        village = master_data.village_name(self.connection.tenant_id)
        return Household(village=village, holder_masked=mask_name(self.connection.holder_name), connection_no=self.connection.connection_no)


async def fetch_link(uow: UnitOfWork, token: str) -> payment_gateway.PayLink:
    """The pay link of a token, and from then on only its village is in sight. LinkNotFound when there is none."""
    link = await payment_gateway.find_link(uow, token)
    await uow.see([link.tenant_id])
    return link


async def fetch_reader(uow: UnitOfWork, tenant_id: str, consumer_id: UUID) -> Reader:
    """The household of a link or receipt."""
    found = await connection.fetch_connection(uow, tenant_id, consumer_id)
    person = await user.find_person(uow, found.holder_id) if found.holder_id else None
    return Reader(found, person.locale if person else None)


async def find_person_locale(uow: UnitOfWork, path: str) -> str | None:
    """The language of the person a pay page was made for, to tell him in it that the link has ended."""
    if not path.startswith("/pay/"):
        return None
    link = await fetch_link(uow, path.removeprefix("/pay/"))
    return (await fetch_reader(uow, link.tenant_id, link.consumer_id)).person_locale


async def fetch_contact(uow: UnitOfWork, tenant_id: str, locale: str) -> Contact:
    """Whom to ask in person."""
    contact = await master_data.fetch_contact(uow, tenant_id)
    return Contact(office_name=text("office", locale, village=master_data.village_name(tenant_id)), phone=contact.phone)


def head_of(tax_head: str, *, current: bool) -> str:
    """A person's word for a tax head; a charge of an earlier month is an earlier due to him."""
    head = HEADS.get(tax_head, "other")
    return "arrears" if head in ("charge", "round_off") and not current else head


def sum_lines(parts: Iterable[tuple[str, str, Money]], newest: str | None) -> tuple[Line, ...]:
    """Lines (tax head, month, amount) summed by what they are to a person, in ORDER; only the newest month's charge names its month."""
    sums: dict[str, Money] = {}
    for tax_head, period, amount in parts:
        head = head_of(tax_head, current=period == newest)
        sums[head] = sums.get(head, ZERO) + amount
    return tuple(Line(head=head, period=newest if head == "charge" else None, amount=sums[head]) for head in ORDER if sums.get(head))


@dataclass(frozen=True)
class Owed:
    """What a household owes now. `bill_id` None: dues changed since the last bill, and only asking for payment makes the next one."""

    bill_id: UUID | None
    bill_no: str
    lines: tuple[Line, ...]
    total: Money
    due_on: date | None


async def find_owed(uow: UnitOfWork, tenant_id: str, consumer_id: UUID) -> Owed | None:
    """What is owed, without writing anything; None when nothing is."""
    bill = await billing.read_bill(uow, tenant_id, consumer_id)
    if bill is not None:
        parts = [(line.tax_head, f"{line.period_from:%Y-%m}", line.amount) for line in bill.lines]
        return Owed(bill.id, bill.bill_no, sum_lines(parts, bill.period), bill.total, bill.due_on)
    owed = (await billing.dues(uow, [consumer_id])).get(consumer_id, billing.NOTHING_DUE)
    if not owed.due:
        return None
    explained = await billing.explain(uow, tenant_id, consumer_id)
    newest = max((line.period for line in explained if line.period), default=None)
    return Owed(None, "", sum_lines([(line.tax_head, line.period or "", line.amount) for line in explained], newest), owed.due, None)


async def find_upi_link(uow: UnitOfWork, link: payment_gateway.PayLink) -> str:
    """What a UPI app is opened with, for the amount the link was made for; empty where neither village nor deployment has a UPI address."""
    tenant = await master_data.fetch_tenant(uow, link.tenant_id)
    address = tenant.upi_vpa or uow.tools.settings.upi_vpa
    return payment_gateway.upi_intent(link, link.amount, address, f"Gram Panchayat {master_data.village_name(link.tenant_id)}") if address else ""


async def receipt_lines(uow: UnitOfWork, paid: collection.Payment) -> tuple[Line, ...]:
    """What a payment was for: each month's heads, oldest first, and what went ahead. Past RECEIPT_LINES the rest of a kind is one line."""
    sums: dict[tuple[str, str | None], Money] = {}
    booked = ZERO
    for tax_head, period_from, amount in await collection.allocations_of(uow, paid.tenant_id, paid.id):
        head = HEADS.get(tax_head, "other")
        key = (head, f"{period_from:%Y-%m}" if head == "charge" and len(sums) < RECEIPT_LINES else None)
        sums[key] = sums.get(key, ZERO) + amount
        booked = booked + amount
    if booked != paid.amount:
        sums["advance", None] = paid.amount - booked
    return tuple(Line(head=head, period=period, amount=amount) for (head, period), amount in sums.items())


async def receipt_view(uow: UnitOfWork, paid: collection.Payment, reader: Reader, *, fresh: bool = False) -> ReceiptView:
    """A booked payment as its page shows it."""
    return ReceiptView(
        token=paid.receipt_token,
        household=reader.household(),
        receipt_no=paid.receipt_no,
        amount=paid.amount,
        paid_on=india_day(paid.paid_at),
        mode=paid.mode,
        lines=await receipt_lines(uow, paid),
        due_after=paid.due_after,
        advance_after=paid.advance_after,
        fresh=fresh,
    )
