"""`confirm`: the one function that webhook, the payer's return and the sweeper all end in. The provider's answer is the fact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import insert, select

from backend.kit.errors import Unavailable
from backend.kit.faults import faultpoint
from backend.kit.house import House
from backend.kit.ids import new_id
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.money import payment_gateway
from backend.money.collection.models import ParkedRow, PaymentRow
from backend.money.collection.service import NewPayment, PaymentParked, record_payment
from backend.money.payment_gateway import Attempt, Captured, ProviderStatus
from backend.office import workflow

log = structlog.get_logger(__name__)

ASKED_LATELY = timedelta(hours=24)  # who was shown the bill so near to its payment is told of it as its payer, however late it is found


@dataclass(frozen=True)
class Outcome:
    """What is known of an attempt now: paid, parked, failed, waiting or made. `waiting`: the provider has not decided, or could not be asked."""

    state: str
    payment_id: UUID | None = None

    @property
    def waiting(self) -> bool:
        """Whether it is worth asking again soon."""
        return self.state == "waiting"


async def confirm(house: House, attempt_id: UUID) -> Outcome:
    """Ask the provider about an attempt and book what it holds. Any number may run at once; each captured payment is booked once."""
    async with house.open(SYSTEM) as uow:
        attempt = await payment_gateway.fetch_attempt(uow, attempt_id)
    try:
        status = await payment_gateway.ask_provider(house, attempt)
    except Unavailable:
        async with house.open(SYSTEM) as uow:
            locked = await payment_gateway.lock_attempt(uow, attempt_id)
            await payment_gateway.set_state(uow, locked, locked.state)
        return Outcome("waiting")
    faultpoint("payment.before_post")
    async with house.open(SYSTEM) as uow:
        outcome = await _settle(uow, await payment_gateway.lock_attempt(uow, attempt_id), status)
        await uow.flush()
        faultpoint("payment.before_commit")
    faultpoint("payment.after_commit")
    return outcome


async def _settle(uow: UnitOfWork, attempt: Attempt, status: ProviderStatus) -> Outcome:
    state, payment_id = attempt.state, None
    for captured in status.captured:
        if captured.amount == attempt.amount:
            payment_id = await _book(uow, attempt, captured)
            state = "paid"
        else:
            await _park(uow, attempt, captured)
            state = "parked" if state != "paid" else state
    if not status.captured and state not in ("paid", "parked"):
        state = {"pending": "waiting", "failed": "failed"}.get(status.state, state)
    await payment_gateway.set_state(uow, attempt, state)
    return Outcome(state, payment_id)


def _paid_at(uow: UnitOfWork, captured: Captured) -> datetime:
    """When it was paid, by the provider's clock; never in the future."""
    return min(captured.paid_at or uow.now, uow.now)


async def _payer(uow: UnitOfWork, attempt: Attempt, captured: Captured) -> UUID | None:
    return await payment_gateway.asked_lately(uow, attempt.link_token, ASKED_LATELY, _paid_at(uow, captured))


async def _book(uow: UnitOfWork, attempt: Attempt, captured: Captured) -> UUID:
    payment = await record_payment(
        uow,
        NewPayment(
            tenant_id=attempt.tenant_id,
            consumer_id=attempt.consumer_id,
            amount=captured.amount,
            mode=captured.mode,
            key=f"{attempt.provider}:{captured.payment_id}",
            paid_at=_paid_at(uow, captured),
            payer_person_id=await _payer(uow, attempt, captured),
            channel="web",
            provider=attempt.provider,
            provider_payment_id=captured.payment_id,
            attempt_id=attempt.id,
            reference=captured.payment_id,
        ),
    )
    return payment.id


async def _park(uow: UnitOfWork, attempt: Attempt, captured: Captured) -> None:
    """Keep money that does not fit, with a work item; a repeat finds it kept."""
    same = (attempt.provider, captured.payment_id)
    query = select(ParkedRow.id).where(ParkedRow.tenant_id == attempt.tenant_id, ParkedRow.provider == same[0], ParkedRow.provider_payment_id == same[1])
    booked = select(PaymentRow.id).where(PaymentRow.tenant_id == attempt.tenant_id, PaymentRow.provider == same[0], PaymentRow.provider_payment_id == same[1])
    if (await uow.session.execute(query)).first() or (await uow.session.execute(booked)).first():
        return
    item = await workflow.open_work_item(
        uow,
        workflow.NewWorkItem(
            tenant_id=attempt.tenant_id,
            category="wrong_amount",
            subject_id=attempt.consumer_id,
            person_id=None,
            text=f"expected {attempt.amount.decimal_text()}, received {captured.amount.decimal_text()}",
            key=f"parked:{attempt.provider}:{captured.payment_id}",
        ),
    )
    parked_id = new_id()
    await uow.session.execute(
        insert(ParkedRow).values(
            tenant_id=attempt.tenant_id,
            id=parked_id,
            consumer_id=attempt.consumer_id,
            attempt_id=attempt.id,
            provider=attempt.provider,
            provider_payment_id=captured.payment_id,
            amount=captured.amount.paise,
            expected=attempt.amount.paise,
            reason="wrong_amount",
            work_item_id=item.id,
            payer_person_id=await _payer(uow, attempt, captured),
            created_at=uow.now,
        )
    )
    uow.announce(PaymentParked(tenant_id=attempt.tenant_id, parked_id=parked_id, amount_paise=captured.amount.paise, reason="wrong_amount"))
    log.warning("money parked", attempt_id=str(attempt.id), work_item_id=str(item.id))
