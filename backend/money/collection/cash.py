"""Cash at the doorstep: whole rupees, asked about when it looks like the same money again, limited where the sender can be forged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from backend.kit.clock import india_day
from backend.kit.errors import Conflict, Invalid
from backend.kit.money import Money
from backend.kit.unit_of_work import UnitOfWork
from backend.money import billing
from backend.money.collection.models import PaymentRow
from backend.money.collection.service import NewPayment, Payment, cash_on, day_bounds, fetch_payment, record_payment

CONSUMER_PORT = "collection.consumer"


class RequireConsumer(Protocol):
    """NotFound unless the village has that consumer. Money knows one by what he owes or has paid only; who registers him answers, joined by wiring."""

    async def __call__(self, uow: UnitOfWork, tenant_id: str, consumer_id: UUID, /) -> None: ...


class NotWholeRupees(Invalid):
    code, title = "collection.not_whole_rupees", "Cash is in whole rupees"


class OutOfRange(Invalid):
    code, title = "collection.amount_out_of_range", "That amount can't be right"


class SameCashToday(Conflict):
    code, title = "collection.same_cash_today", "The same amount was logged for this household today"


class CashLimitBySms(Conflict):
    code, title = "collection.sms_cash_limit", "More cash than SMS may log in a day"


@dataclass(frozen=True)
class NewCash:
    """Cash taken. `forgeable`: the channel's sender can be faked. `confirmed_again`: it is other money than the same amount before."""

    tenant_id: str
    consumer_id: UUID
    payer_person_id: UUID | None
    amount: Money
    collector_id: UUID
    channel: str
    forgeable: bool
    confirmed_again: bool
    key: str


async def record_cash(uow: UnitOfWork, new: NewCash) -> Payment:
    """Book cash. The same key answers the first payment.

    NotWholeRupees, OutOfRange, NotFound for a consumer the village does not have, SameCashToday (facts receipt_no, minutes_ago), CashLimitBySms.
    """
    if not new.amount.is_whole_rupees:
        raise NotWholeRupees
    if not 0 < new.amount.paise <= uow.tools.settings.cash_limit_entry_paise:
        raise OutOfRange(limit_paise=uow.tools.settings.cash_limit_entry_paise)
    require_consumer: RequireConsumer = uow.tools.ports[CONSUMER_PORT]
    await require_consumer(uow, new.tenant_id, new.consumer_id)
    await billing.open_lines(uow, new.tenant_id, new.consumer_id)  # the connection's lock: a late twin of this message waits here
    known = (await uow.session.execute(select(PaymentRow.id).where(PaymentRow.tenant_id == new.tenant_id, PaymentRow.key == new.key))).scalar()
    if known is not None:
        return await fetch_payment(uow, new.tenant_id, known)
    if not new.confirmed_again:
        await _refuse_same(uow, new)
    if new.forgeable:
        logged = await cash_on(uow, new.collector_id, india_day(uow.now), new.channel)
        if (logged + new.amount).paise > uow.tools.settings.cash_limit_sms_paise:
            raise CashLimitBySms(limit_paise=uow.tools.settings.cash_limit_sms_paise)
    return await record_payment(
        uow,
        NewPayment(
            tenant_id=new.tenant_id,
            consumer_id=new.consumer_id,
            amount=new.amount,
            mode="CASH",
            key=new.key,
            payer_person_id=new.payer_person_id,
            collector_id=new.collector_id,
            channel=new.channel,
        ),
    )


async def _refuse_same(uow: UnitOfWork, new: NewCash) -> None:
    start, end = day_bounds(india_day(uow.now))
    query = select(PaymentRow.receipt_no, PaymentRow.created_at).where(
        PaymentRow.tenant_id == new.tenant_id,
        PaymentRow.consumer_id == new.consumer_id,
        PaymentRow.amount == new.amount.paise,
        PaymentRow.mode == "CASH",
        PaymentRow.paid_at >= start,
        PaymentRow.paid_at < end,
    )
    row = (await uow.session.execute(query.order_by(PaymentRow.created_at.desc()))).first()
    if row is not None:
        raise SameCashToday(receipt_no=row.receipt_no, minutes_ago=int((uow.now - row.created_at).total_seconds() // 60))
