"""Bills by REST."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from backend.foundation import access_control
from backend.kit.doors import Unit, permit
from backend.kit.errors import NotFound
from backend.money.billing import service

router = APIRouter(prefix="/villages/{tenant_id}/households/{household_id}", tags=["bills"])


class NothingDue(NotFound):
    code, title = "billing.nothing_due", "Nothing is due"


class Line(BaseModel):
    """A tax head of a bill, in paise; negative for a used advance."""

    tax_head: str = Field(examples=["10101"])
    amount_paise: int
    period: str = Field(examples=["2026-10"])


class BillOut(BaseModel):
    """A bill as issued."""

    id: UUID
    bill_no: str
    period: str
    lines: list[Line]
    total_paise: int = Field(examples=[8000])
    due_on: date
    issued_at: datetime


class ExplainedOut(BaseModel):
    """How a line came to be, in paise."""

    kind: str
    tax_head: str
    period: str | None
    amount_paise: int
    units: str | None
    reading_from: str | None
    reading_to: str | None


@router.get("/bill", openapi_extra=permit("bill.read"), summary="The bill that stands")
async def read_bill(uow: Unit, tenant_id: str, household_id: UUID) -> BillOut:
    """404 `billing.nothing_due` when nothing is. Reading changes nothing."""
    access_control.require(uow, "bill.read", tenant_id)
    found = await service.read_bill(uow, tenant_id, household_id)
    if found is None:
        raise NothingDue
    return _out(found)


@router.post("/bill", openapi_extra=permit("bill.read"), summary="Issue the bill of now")
async def issue_bill(uow: Unit, tenant_id: str, household_id: UUID) -> BillOut:
    """The bill that stands, or a new one when dues have changed since."""
    access_control.require(uow, "bill.read", tenant_id)
    found = await service.current_bill(uow, tenant_id, household_id)
    if found is None:
        raise NothingDue
    return _out(found)


@router.get("/bill/lines", openapi_extra=permit("bill.read"), summary="Why this amount")
async def explain(uow: Unit, tenant_id: str, household_id: UUID) -> list[ExplainedOut]:
    """Every open line as it was calculated, and what was paid on it."""
    access_control.require(uow, "bill.read", tenant_id)
    return [
        ExplainedOut(kind=x.kind, tax_head=x.tax_head, period=x.period, amount_paise=x.amount.paise, units=x.units, reading_from=x.reading_from, reading_to=x.reading_to)
        for x in await service.explain(uow, tenant_id, household_id)
    ]


def _out(bill: service.Bill) -> BillOut:
    lines = [Line(tax_head=x.tax_head, amount_paise=x.amount.paise, period=f"{x.period_from:%Y-%m}") for x in bill.lines]
    return BillOut(id=bill.id, bill_no=bill.bill_no, period=bill.period, lines=lines, total_paise=bill.total.paise, due_on=bill.due_on, issued_at=bill.issued_at)
