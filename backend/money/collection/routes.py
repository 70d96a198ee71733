"""Payments and receipts by REST."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, text

from backend.foundation import access_control, short_url
from backend.kit.doors import Unit, permit
from backend.kit.money import Money
from backend.kit.paging import LIMIT_DEFAULT, LIMIT_MAX, Page, decode_id, encode_cursor
from backend.money.collection import cash, service
from backend.money.collection.models import PaymentRow

router = APIRouter(prefix="/villages/{tenant_id}", tags=["payments"])


class PaymentOut(BaseModel):
    """A booked payment; amounts in paise."""

    id: UUID
    receipt_no: str = Field(examples=["PB/15767/2026-27/0001"])
    household_id: UUID
    amount_paise: int
    mode: str = Field(examples=["CASH"])
    paid_at: datetime
    due_after_paise: int
    advance_after_paise: int
    receipt_url: str


class NewCashPayment(BaseModel):
    """Cash taken from a household, in paise, whole rupees. `confirmed_again`: it is other money than the same amount earlier today."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"household_id": "01936e2a-0000-7000-8000-000000000000", "amount_paise": 8000}})
    household_id: UUID
    amount_paise: int = Field(gt=0, strict=True)
    confirmed_again: bool = Field(default=False, strict=True)


def _out(uow: Unit, p: service.Payment) -> PaymentOut:
    return PaymentOut(
        id=p.id,
        receipt_no=p.receipt_no,
        household_id=p.consumer_id,
        amount_paise=p.amount.paise,
        mode=p.mode,
        paid_at=p.paid_at,
        due_after_paise=p.due_after.paise,
        advance_after_paise=p.advance_after.paise,
        receipt_url=short_url.url_of(uow, p.receipt_code),
    )


@router.get("/payments", openapi_extra=permit("payment.read"), summary="A village's payments")
async def list_payments(uow: Unit, tenant_id: str, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT) -> Page[PaymentOut]:
    """Newest first."""
    access_control.require(uow, "payment.read", tenant_id)
    found = await service.list_page(uow, tenant_id, decode_id(cursor) if cursor else None, limit)
    return Page[PaymentOut](items=[_out(uow, p) for p in found], next_cursor=encode_cursor(str(found[-1].id)) if len(found) == limit else None)


@router.get("/payments/{payment_id}", openapi_extra=permit("payment.read"), summary="One payment with its receipt")
async def fetch_payment(uow: Unit, tenant_id: str, payment_id: UUID) -> PaymentOut:
    """By id."""
    access_control.require(uow, "payment.read", tenant_id)
    return _out(uow, await service.fetch_payment(uow, tenant_id, payment_id))


@router.post("/payments", openapi_extra=permit("payment.write"), status_code=201, summary="Log cash")
async def log_cash(
    uow: Unit,
    response: Response,
    tenant_id: str,
    new: NewCashPayment,
    idempotency_key: Annotated[str, Header(min_length=8, max_length=255, description="The same key and body hear the first answer; another body is refused")],
) -> PaymentOut:
    """Cash at the counter or doorstep. 404 for a household the village does not have. 409 `collection.same_cash_today` asks whether it is other money."""
    access_control.require(uow, "payment.write", tenant_id)
    assert uow.actor.id is not None
    key = f"rest:{uow.actor.id}:{idempotency_key}"
    await uow.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 72))"), {"key": key})  # a twin under way waits here
    known = (await uow.session.execute(select(PaymentRow.id, PaymentRow.amount, PaymentRow.consumer_id).where(PaymentRow.tenant_id == tenant_id, PaymentRow.key == key))).first()
    if known is not None:
        if (known.amount, known.consumer_id) != (new.amount_paise, new.household_id):
            raise service.KeyReused
        response.headers["Idempotent-Replayed"] = "true"
        return _out(uow, await service.fetch_payment(uow, tenant_id, known.id))
    paid = await cash.record_cash(
        uow,
        cash.NewCash(
            tenant_id=tenant_id,
            consumer_id=new.household_id,
            payer_person_id=None,
            amount=Money(new.amount_paise),
            collector_id=uow.actor.id,
            channel="rest",
            forgeable=False,
            confirmed_again=new.confirmed_again,
            key=key,
        ),
    )
    return _out(uow, paid)
