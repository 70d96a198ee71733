"""The verbs of demands and bills."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import select, text

from backend.foundation import id_generation, master_data
from backend.kit.announcements import Fact
from backend.kit.clock import india_day
from backend.kit.ids import new_id
from backend.kit.money import ZERO, Money
from backend.kit.unit_of_work import UnitOfWork
from backend.money.apportioning import Allocation, OpenLine
from backend.money.billing import repository as sql
from backend.money.billing.models import AdvanceRow, BillRow

ADVANCE_HEAD = "WS_ADVANCE_CARRYFORWARD"


class DemandsPosted(Fact):
    """A chunk of demands was posted: how many, their sum, and a hash of their rows."""

    topic: ClassVar[str] = "billing.demands_posted"
    count: int
    total_paise: int
    rows_hash: str


@dataclass(frozen=True)
class NewLine:
    """One tax head to demand: a positive amount and how it was calculated (codes and numbers only)."""

    tax_head: str
    amount: Money
    calculation: dict[str, Any]


@dataclass(frozen=True)
class NewDemand:
    """A demand to post. `consumer_id` is the connection's id; `kind` regular or arrears."""

    consumer_id: UUID
    consumer_code: str
    payer_id: UUID | None
    kind: str
    period_from: date
    period_to: date
    due_on: date
    lines: tuple[NewLine, ...]


@dataclass(frozen=True)
class Posted:
    """Which connections got a demand and which had one for the period."""

    created: tuple[UUID, ...]
    existing: tuple[UUID, ...]


@dataclass(frozen=True)
class Dues:
    """What a connection owes and has paid ahead; both at least zero."""

    due: Money
    advance: Money


NOTHING_DUE = Dues(ZERO, ZERO)


@dataclass(frozen=True)
class BillLine:
    """One tax head of a bill; negative for an advance that was used."""

    tax_head: str
    amount: Money
    period_from: date


@dataclass(frozen=True)
class Bill:
    """A bill as issued. `period` is the newest month in it, "2026-10"."""

    id: UUID
    tenant_id: str
    consumer_id: UUID
    bill_no: str
    lines: tuple[BillLine, ...]
    total: Money
    period: str
    due_on: date
    issued_at: datetime


@dataclass(frozen=True)
class ExplainedLine:
    """How an amount came to be; see `backend.facade.contract.CalculationLine` for the kinds."""

    kind: str
    tax_head: str
    amount: Money
    period: str | None = None
    rate: Money | None = None
    minimum: Money | None = None
    units: str | None = None
    reading_from: str | None = None
    reading_to: str | None = None
    building: str | None = None


async def post_demands(uow: UnitOfWork, tenant_id: str, demands: Sequence[NewDemand]) -> Posted:
    """Post demands of one village in one statement; a connection that has one for the period and kind keeps it. Advances are used up at once."""
    if not demands:
        return Posted((), ())
    ids = [new_id() for _ in demands]
    lines = [(ids[i], line) for i, d in enumerate(demands) for line in d.lines]
    rows = await uow.session.execute(
        sql.POST,
        {
            "tenant_id": tenant_id,
            "now": uow.now,
            "ids": ids,
            "consumers": [d.consumer_id for d in demands],
            "codes": [d.consumer_code for d in demands],
            "payers": [d.payer_id for d in demands],
            "kinds": [d.kind for d in demands],
            "froms": [d.period_from for d in demands],
            "tos": [d.period_to for d in demands],
            "dues": [d.due_on for d in demands],
            "line_ids": [new_id() for _ in lines],
            "line_demands": [demand_id for demand_id, _ in lines],
            "heads": [line.tax_head for _, line in lines],
            "sorts": [master_data.tax_head(line.tax_head).order for _, line in lines],
            "amounts": [line.amount.paise for _, line in lines],
            "calculations": [json.dumps(line.calculation) for _, line in lines],
        },
    )
    created = {row.consumer_id for row in rows}
    if created:
        await uow.session.execute(sql.USE_ADVANCES, {"tenant_id": tenant_id, "consumers": list(created), "now": uow.now})
        _announce(uow, tenant_id, [d for d in demands if d.consumer_id in created])
    return Posted(tuple(d.consumer_id for d in demands if d.consumer_id in created), tuple(d.consumer_id for d in demands if d.consumer_id not in created))


def _announce(uow: UnitOfWork, tenant_id: str, posted: list[NewDemand]) -> None:
    digest, total = hashlib.sha256(), 0
    for d in posted:
        for line in d.lines:
            total += line.amount.paise
            digest.update(f"{d.consumer_id}|{d.kind}|{d.period_from}|{line.tax_head}|{line.amount.paise}\n".encode())
    uow.announce(DemandsPosted(tenant_id=tenant_id, count=len(posted), total_paise=total, rows_hash=digest.hexdigest()))


async def post_advance(uow: UnitOfWork, tenant_id: str, consumer_id: UUID, amount: Money, cause: str, cause_id: UUID | None = None) -> None:
    """Add to what a connection has paid ahead. Only when it owes nothing: who owes gets it by `apply_allocation`."""
    if amount.paise <= 0:
        raise ValueError("an advance is positive")
    await uow.session.execute(
        sql.ADD_ADVANCE,
        {"tenant_id": tenant_id, "id": new_id(), "consumer_id": consumer_id, "amount": amount.paise, "cause": cause, "cause_id": cause_id, "now": uow.now},
    )


async def open_lines(uow: UnitOfWork, tenant_id: str, consumer_id: UUID) -> list[OpenLine]:
    """A connection's unpaid lines, locked until the unit ends: two payments of one bill follow each other."""
    await uow.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:consumer, 72))"), {"consumer": f"{tenant_id}:{consumer_id}"})
    rows = await uow.session.execute(sql.OPEN_LINES, {"tenant_id": tenant_id, "consumer_id": consumer_id})
    return [OpenLine(r.id, r.period_from, r.tax_head, r.sort, Money(r.amount), Money(r.due)) for r in rows]


async def apply_allocation(uow: UnitOfWork, tenant_id: str, consumer_id: UUID, payment_id: UUID, allocation: Allocation) -> None:
    """Book a divided payment: lines paid, the rest ahead, the bill it changes superseded or paid."""
    if allocation.parts:
        await uow.session.execute(
            sql.PAY_LINES,
            {
                "tenant_id": tenant_id,
                "payment_id": payment_id,
                "lines": [p.line_id for p in allocation.parts],
                "amounts": [p.amount.paise for p in allocation.parts],
            },
        )
    if allocation.advance:
        await post_advance(uow, tenant_id, consumer_id, allocation.advance, "payment", payment_id)
    await uow.session.execute(sql.SUPERSEDE, {"tenant_id": tenant_id, "consumers": [consumer_id]})


async def dues(uow: UnitOfWork, consumer_ids: Sequence[UUID]) -> dict[UUID, Dues]:
    """Dues of connections in the villages the unit sees."""
    if not consumer_ids:
        return {}
    tenants = list(uow.actor.tenants) if uow.actor.tenants is not None else await master_data.find_tenants(uow)
    rows = await uow.session.execute(sql.DUES, {"consumers": list(consumer_ids), "tenants": tenants})
    return {r.consumer_id: Dues(Money(int(r.due)), Money(int(r.advance))) for r in rows}


async def advance_of(uow: UnitOfWork, tenant_id: str, consumer_id: UUID) -> Money:
    """What a connection has paid ahead."""
    found = await uow.session.execute(select(AdvanceRow.balance).where(AdvanceRow.tenant_id == tenant_id, AdvanceRow.consumer_id == consumer_id))
    return Money(found.scalar() or 0)


def bill_of(tenant_id: str, row: Any) -> Bill:
    """A bill from its row; the used advance becomes a line of its own."""
    lines = [BillLine(x["tax_head"], Money(x["amount"]), date.fromisoformat(x["period_from"])) for x in row.lines]
    used = sum(x["advance"] for x in row.lines)
    if used:
        lines.append(BillLine(ADVANCE_HEAD, Money(-used), lines[-1].period_from))
    return Bill(row.id, tenant_id, row.consumer_id, row.bill_no, tuple(lines), Money(row.total), row.period, row.due_on, row.issued_at)


async def issue_bills(uow: UnitOfWork, tenant_id: str, consumer_ids: Sequence[UUID]) -> list[Bill]:
    """New bills for those of the connections that owe something, superseding the old; set-based."""
    owing = list((await uow.session.execute(sql.OPEN_CONSUMERS, {"tenant_id": tenant_id, "consumers": list(consumer_ids)})).scalars())
    await uow.session.execute(sql.SUPERSEDE, {"tenant_id": tenant_id, "consumers": list(consumer_ids)})
    if not owing:
        return []
    numbers = await id_generation.next_numbers(uow, tenant_id, "bill.billnumber", india_day(uow.now), len(owing))
    ids = [new_id() for _ in owing]
    rows = await uow.session.execute(sql.ISSUE, {"tenant_id": tenant_id, "consumers": owing, "ids": ids, "numbers": [n.replace("MODULE", "WS") for n in numbers], "now": uow.now})
    return [bill_of(tenant_id, row) for row in rows]


async def read_bill(uow: UnitOfWork, tenant_id: str, consumer_id: UUID) -> Bill | None:
    """The bill that stands, if it still tells the truth; writes nothing."""
    row = (await uow.session.execute(sql.BILL_STATE, {"tenant_id": tenant_id, "consumers": [consumer_id]})).one()
    return bill_of(tenant_id, row) if row.id is not None and row.open_hash == row.now_hash else None


async def current_bill(uow: UnitOfWork, tenant_id: str, consumer_id: UUID) -> Bill | None:
    """The bill of now: the one that stands, or a new one when dues have changed. None when nothing is due."""
    row = (await uow.session.execute(sql.BILL_STATE, {"tenant_id": tenant_id, "consumers": [consumer_id]})).one()
    if row.now_hash is None:
        return None
    if row.open_hash == row.now_hash:
        return bill_of(tenant_id, row)
    await open_lines(uow, tenant_id, consumer_id)  # the lock: two askers at once issue one bill
    row = (await uow.session.execute(sql.BILL_STATE, {"tenant_id": tenant_id, "consumers": [consumer_id]})).one()
    if row.open_hash == row.now_hash:
        return bill_of(tenant_id, row) if row.now_hash is not None else None
    issued = await issue_bills(uow, tenant_id, [consumer_id])
    return issued[0] if issued else None


async def find_bill(uow: UnitOfWork, tenant_id: str, bill_id: UUID) -> Bill | None:
    """A bill by id, whatever became of it."""
    row = (await uow.session.execute(select(BillRow.__table__).where(BillRow.tenant_id == tenant_id, BillRow.id == bill_id))).first()
    return bill_of(tenant_id, row) if row else None


def _money(value: int | None) -> Money | None:
    return Money(value) if value is not None else None


async def explain(uow: UnitOfWork, tenant_id: str, consumer_id: UUID) -> list[ExplainedLine]:
    """Every open line as it was calculated, then what was already paid on it; the amounts add up to what is due."""
    explained: list[ExplainedLine] = []
    for r in await uow.session.execute(sql.EXPLAIN, {"tenant_id": tenant_id, "consumer_id": consumer_id}):
        c, period = r.calculation, f"{r.period_from:%Y-%m}"
        explained.append(
            ExplainedLine(
                c.get("kind", "carried"), r.tax_head, Money(r.amount), period, _money(c.get("rate")), _money(c.get("minimum")), c.get("units"), c.get("reading_from"),
                c.get("reading_to"), c.get("building"),
            )  # fmt: skip
        )
        if r.advance_paid:
            explained.append(ExplainedLine("advance", ADVANCE_HEAD, Money(-r.advance_paid), period))
        if r.paid > r.advance_paid:
            explained.append(ExplainedLine("paid", r.tax_head, Money(-(r.paid - r.advance_paid)), period))
    return explained
