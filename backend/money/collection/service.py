"""Recording payments and looking them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import func, insert, select, text

from backend.foundation import id_generation, short_url
from backend.kit.announcements import Fact
from backend.kit.clock import INDIA, india_day
from backend.kit.errors import Conflict, NotFound
from backend.kit.ids import new_id, new_token
from backend.kit.money import ZERO, Money
from backend.kit.unit_of_work import UnitOfWork
from backend.money import billing
from backend.money.apportioning import allocate
from backend.money.collection.models import ParkedRow, PaymentRow
from backend.office import workflow

RECEIPT_FORMAT = "watercharges.nonmetered.receipt.id"


class PaymentNotFound(NotFound):
    code, title = "collection.payment_not_found", "There is no such payment"


class KeyReused(Conflict):
    code, title = "collection.key_reused", "That key was used for another payment"


class PaymentReceived(Fact):
    """Money was booked and has a receipt."""

    topic: ClassVar[str] = "collection.payment_received"
    payment_id: UUID
    amount_paise: int
    mode: str


class PaymentParked(Fact):
    """Money came that fits no bill as it is; a person looks."""

    topic: ClassVar[str] = "collection.payment_parked"
    parked_id: UUID
    amount_paise: int
    reason: str


@dataclass(frozen=True)
class NewPayment:
    """Money to book on a connection. `key` makes a repeat find the first; `provider_payment_id` likewise."""

    tenant_id: str
    consumer_id: UUID
    amount: Money
    mode: str
    key: str
    paid_at: datetime | None = None
    payer_person_id: UUID | None = None
    collector_id: UUID | None = None
    channel: str = "web"
    provider: str | None = None
    provider_payment_id: str | None = None
    attempt_id: UUID | None = None
    reference: str | None = None


@dataclass(frozen=True)
class Payment:
    """A booked payment. `receipt_token` opens its page, `receipt_code` is the short link's, `verify_code` proves it; what is owed and ahead right after it."""

    tenant_id: str
    id: UUID
    receipt_no: str
    receipt_token: str
    receipt_code: str
    consumer_id: UUID
    amount: Money
    mode: str
    paid_at: datetime
    payer_person_id: UUID | None
    collector_id: UUID | None
    channel: str
    due_after: Money
    advance_after: Money
    verify_code: str


@dataclass(frozen=True)
class Receipt:
    """Booked or parked money, for telling people. `payment` None: parked, see `work_item_id`."""

    consumer_id: UUID
    amount: Money
    payment: Payment | None
    payer_person_id: UUID | None
    collector_id: UUID | None
    due_after: Money
    advance_after: Money
    work_item_id: UUID | None


@dataclass(frozen=True)
class Day:
    """A collector's cash of a day, newest first."""

    count: int
    total: Money
    payments: tuple[Payment, ...]


_COLUMNS = (
    PaymentRow.tenant_id, PaymentRow.id, PaymentRow.receipt_no, PaymentRow.receipt_token, PaymentRow.receipt_code, PaymentRow.consumer_id, PaymentRow.amount,
    PaymentRow.mode, PaymentRow.paid_at, PaymentRow.payer_person_id, PaymentRow.collector_id, PaymentRow.channel, PaymentRow.due_after, PaymentRow.advance_after,
    PaymentRow.verify_code,
)  # fmt: skip


def _payment(r: Any) -> Payment:
    return Payment(
        r.tenant_id, r.id, r.receipt_no, r.receipt_token, r.receipt_code, r.consumer_id, Money(r.amount), r.mode, r.paid_at, r.payer_person_id, r.collector_id,
        r.channel, Money(r.due_after), Money(r.advance_after), r.verify_code,
    )  # fmt: skip


async def _known(uow: UnitOfWork, new: NewPayment) -> Payment | None:
    same_key = PaymentRow.key == new.key
    same = same_key | ((PaymentRow.provider == new.provider) & (PaymentRow.provider_payment_id == new.provider_payment_id)) if new.provider_payment_id else same_key
    row = (await uow.session.execute(select(*_COLUMNS).where(PaymentRow.tenant_id == new.tenant_id, same))).first()
    if row is not None and (row.amount != new.amount.paise or row.consumer_id != new.consumer_id):
        raise KeyReused
    return _payment(row) if row is not None else None


async def record_payment(uow: UnitOfWork, new: NewPayment) -> Payment:
    """Book money: lines paid oldest first, the rest ahead, a receipt number, an announcement, together. A repeat answers the first. KeyReused."""
    lines = await billing.open_lines(uow, new.tenant_id, new.consumer_id)  # locks the connection, so that a twin waits here
    known = await _known(uow, new)
    if known is not None:
        return known
    allocation = allocate(new.amount, lines)
    payment_id, token = new_id(), new_token()
    await billing.apply_allocation(uow, new.tenant_id, new.consumer_id, payment_id, allocation)
    due_after = sum((line.due.paise for line in lines), 0) - sum((p.amount.paise for p in allocation.parts), 0)
    paid_at = new.paid_at or uow.now
    row = {
        "tenant_id": new.tenant_id,
        "id": payment_id,
        "receipt_no": await id_generation.next_number(uow, new.tenant_id, RECEIPT_FORMAT, india_day(paid_at)),
        "receipt_token": token,
        "receipt_code": await short_url.shorten(uow, f"/receipts/{token}"),
        "verify_code": new_token(96),
        "consumer_id": new.consumer_id,
        "amount": new.amount.paise,
        "mode": new.mode,
        "paid_at": paid_at,
        "payer_person_id": new.payer_person_id,
        "collector_id": new.collector_id,
        "channel": new.channel,
        "provider": new.provider,
        "provider_payment_id": new.provider_payment_id,
        "attempt_id": new.attempt_id,
        "reference": new.reference,
        "key": new.key,
        "due_after": due_after,
        "advance_after": (await billing.advance_of(uow, new.tenant_id, new.consumer_id)).paise,
        "created_at": uow.now,
    }
    booked = (await uow.session.execute(insert(PaymentRow).values(**row).returning(*_COLUMNS))).one()
    uow.announce(PaymentReceived(tenant_id=new.tenant_id, payment_id=payment_id, amount_paise=new.amount.paise, mode=new.mode))
    return _payment(booked)


async def fetch_payment(uow: UnitOfWork, tenant_id: str, payment_id: UUID) -> Payment:
    """A payment by id, or PaymentNotFound."""
    row = (await uow.session.execute(select(*_COLUMNS).where(PaymentRow.tenant_id == tenant_id, PaymentRow.id == payment_id))).first()
    if row is None:
        raise PaymentNotFound
    return _payment(row)


async def fetch_receipt(uow: UnitOfWork, tenant_id: str, money_id: UUID) -> Receipt:
    """Booked or parked money by id, or PaymentNotFound."""
    row = (await uow.session.execute(select(*_COLUMNS).where(PaymentRow.tenant_id == tenant_id, PaymentRow.id == money_id))).first()
    if row is not None:
        p = _payment(row)
        return Receipt(p.consumer_id, p.amount, p, p.payer_person_id, p.collector_id, p.due_after, p.advance_after, None)
    parked = (await uow.session.execute(select(ParkedRow).where(ParkedRow.tenant_id == tenant_id, ParkedRow.id == money_id))).scalar()
    if parked is None:
        raise PaymentNotFound
    owed = (await billing.dues(uow, [parked.consumer_id])).get(parked.consumer_id, billing.NOTHING_DUE)
    return Receipt(parked.consumer_id, Money(parked.amount), None, parked.payer_person_id, None, owed.due, owed.advance, parked.work_item_id)


@dataclass(frozen=True)
class Held:
    """Money of a household that came and did not fit, and the number of the newest work item about it."""

    amount: Money
    work_item_no: str


async def find_held(uow: UnitOfWork, tenant_id: str, consumer_id: UUID) -> Held | None:
    """What is parked for a household and not settled by a person yet; None when nothing is."""
    query = select(ParkedRow.amount, ParkedRow.work_item_id).where(ParkedRow.tenant_id == tenant_id, ParkedRow.consumer_id == consumer_id)
    rows = [(r.amount, r.work_item_id) for r in await uow.session.execute(query.order_by(ParkedRow.id))]
    waiting = await workflow.still_open(uow, tenant_id, [item for _, item in rows])
    held = [(amount, waiting[item]) for amount, item in rows if item in waiting]
    return Held(Money(sum(amount for amount, _ in held)), held[-1][1]) if held else None


async def list_payments(uow: UnitOfWork, tenant_id: str, consumer_id: UUID, limit: int = 3) -> list[Payment]:
    """A connection's payments, newest first."""
    query = select(*_COLUMNS).where(PaymentRow.tenant_id == tenant_id, PaymentRow.consumer_id == consumer_id)
    return [_payment(r) for r in await uow.session.execute(query.order_by(PaymentRow.paid_at.desc(), PaymentRow.id.desc()).limit(limit))]


async def list_page(uow: UnitOfWork, tenant_id: str, after: UUID | None, limit: int) -> list[Payment]:
    """A village's payments by id, from a cursor on."""
    query = select(*_COLUMNS).where(PaymentRow.tenant_id == tenant_id)
    if after is not None:
        query = query.where(PaymentRow.id < after)
    return [_payment(r) for r in await uow.session.execute(query.order_by(PaymentRow.id.desc()).limit(limit))]


async def find_payment_by_receipt_token(uow: UnitOfWork, token: str) -> Payment | None:
    """The payment whose receipt page has this token; the unit must see all villages."""
    row = (await uow.session.execute(select(*_COLUMNS).where(PaymentRow.receipt_token == token))).first()
    return _payment(row) if row is not None else None


async def find_payment_by_verify_code(uow: UnitOfWork, code: str) -> Payment | None:
    """The payment whose paper receipt carries this code; the unit must see all villages."""
    row = (await uow.session.execute(select(*_COLUMNS).where(PaymentRow.verify_code == code))).first()
    return _payment(row) if row is not None else None


async def find_paid_attempt(uow: UnitOfWork, tenant_id: str, attempt_ids: Sequence[UUID]) -> Payment | None:
    """The newest payment that one of the attempts brought."""
    query = select(*_COLUMNS).where(PaymentRow.tenant_id == tenant_id, PaymentRow.attempt_id.in_(attempt_ids)).order_by(PaymentRow.id.desc())
    row = (await uow.session.execute(query)).first()
    return _payment(row) if row is not None else None


async def outcome_of_attempt(uow: UnitOfWork, tenant_id: str, attempt_id: UUID) -> tuple[Payment | None, UUID | None]:
    """What an attempt brought: the payment, or the work item of money that was parked."""
    paid = await find_paid_attempt(uow, tenant_id, [attempt_id])
    parked = (await uow.session.execute(select(ParkedRow.work_item_id).where(ParkedRow.tenant_id == tenant_id, ParkedRow.attempt_id == attempt_id))).scalar()
    return paid, parked


async def find_payment_by_reference(uow: UnitOfWork, tenant_id: str, consumer_id: UUID, reference: str) -> Payment | None:
    """The connection's payment that carries a bank's reference."""
    query = select(*_COLUMNS).where(
        PaymentRow.tenant_id == tenant_id, PaymentRow.consumer_id == consumer_id, (PaymentRow.reference == reference) | (PaymentRow.provider_payment_id == reference)
    )
    row = (await uow.session.execute(query)).first()
    return _payment(row) if row is not None else None


def day_bounds(on: date) -> tuple[datetime, datetime]:
    """The first instant of an Indian day and of the next."""
    start = datetime.combine(on, time(), INDIA)
    return start, start + timedelta(days=1)


async def day_of_collector(uow: UnitOfWork, collector_id: UUID, on: date) -> Day:
    """A collector's cash of an Indian day, in the villages the unit sees."""
    start, end = day_bounds(on)
    query = select(*_COLUMNS).where(PaymentRow.collector_id == collector_id, PaymentRow.mode == "CASH", PaymentRow.paid_at >= start, PaymentRow.paid_at < end)
    payments = tuple(_payment(r) for r in await uow.session.execute(query.order_by(PaymentRow.paid_at.desc(), PaymentRow.id.desc())))
    total = ZERO
    for p in payments:
        total = total + p.amount
    return Day(len(payments), total, payments)


async def cash_on(uow: UnitOfWork, collector_id: UUID, on: date, channel: str) -> Money:
    """What a collector logged by one channel on an Indian day."""
    start, end = day_bounds(on)
    query = select(func.coalesce(func.sum(PaymentRow.amount), 0)).where(
        PaymentRow.collector_id == collector_id, PaymentRow.mode == "CASH", PaymentRow.channel == channel, PaymentRow.paid_at >= start, PaymentRow.paid_at < end
    )
    return Money(int((await uow.session.execute(query)).scalar_one()))


_ALLOCATIONS = text(
    """SELECT l.tax_head, l.period_from, a.amount FROM allocation a JOIN demand_line l ON l.tenant_id = a.tenant_id AND l.id = a.line_id
       WHERE a.tenant_id = :tenant_id AND a.payment_id = :payment_id ORDER BY l.period_from, l.sort, l.id"""
)


async def allocations_of(uow: UnitOfWork, tenant_id: str, payment_id: UUID) -> list[tuple[str, date, Money]]:
    """What a payment paid: (tax head, period's first day, amount)."""
    rows = await uow.session.execute(_ALLOCATIONS, {"tenant_id": tenant_id, "payment_id": payment_id})
    return [(r.tax_head, r.period_from, Money(r.amount)) for r in rows]
