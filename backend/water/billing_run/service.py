"""Starting runs and billing their chunks."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import insert, select, text

from backend.foundation import master_data
from backend.kit.announcements import Fact
from backend.kit.clock import india_day
from backend.kit.errors import Fault, Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.kit.unit_of_work import UnitOfWork
from backend.money import billing
from backend.money.billing import NewDemand, NewLine
from backend.water import connection
from backend.water.billing_run.models import OutcomeRow, RunRow
from backend.water.calculator import CalculatedLine, calculate, find_slab

CHUNK = 5_000
CHUNK_JOB = "billing_run.chunk"
PERIOD = re.compile(r"^20\d\d-(0[1-9]|1[0-2])$")


class RunNotFound(NotFound):
    code, title = "billing_run.not_found", "There is no such billing run"


class PeriodInvalid(Invalid):
    code, title = "billing_run.period_invalid", "A period is a month that has begun, as 2026-10"


class ChunkBilled(Fact):
    """A chunk of a run is done: how it came out, and a hash of who was billed is in billing.demands_posted."""

    topic: ClassVar[str] = "billing_run.chunk_billed"
    run_id: UUID
    billed: int
    already: int
    failed: int


@dataclass(frozen=True)
class Run:
    """A run and how far it is."""

    tenant_id: str
    id: UUID
    period: str
    chunks: int
    chunks_done: int
    billed: int
    already: int
    failed: int
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class Failure:
    """A connection that can't be billed, and the reason's code."""

    connection_no: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What a run came to for a connection: billed, already, or failed with a reason's code."""

    connection_id: UUID
    connection_no: str
    outcome: str
    reason: str | None


@dataclass(frozen=True)
class Preview:
    """What a run would do; nothing is written."""

    billed: int
    already: int
    failed: int
    total: Money
    failures: tuple[Failure, ...] = ()


def month_of(period: str) -> tuple[date, date]:
    """First and last day of "2026-10"."""
    year, month = (int(p) for p in period.split("-"))
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _check_period(uow: UnitOfWork, period: str) -> None:
    if not PERIOD.match(period) or month_of(period)[0] > india_day(uow.now):
        raise PeriodInvalid(period=period)


async def start_run(uow: UnitOfWork, tenant_id: str, period: str) -> Run:
    """Make a run and queue its chunks, one job each. PeriodInvalid, master_data.tenant_not_found."""
    _check_period(uow, period)
    await master_data.fetch_tenant(uow, tenant_id)
    ids = (await uow.session.execute(text("SELECT id FROM connection WHERE tenant_id = :t AND active ORDER BY id"), {"t": tenant_id})).scalars().all()
    bounds = [(ids[i], ids[min(i + CHUNK, len(ids)) - 1]) for i in range(0, len(ids), CHUNK)]
    run_id = new_id()
    finished = None if bounds else uow.now
    await uow.session.execute(insert(RunRow).values(tenant_id=tenant_id, id=run_id, period=period, chunks=len(bounds), started_at=uow.now, finished_at=finished))
    for first, last in bounds:
        uow.enqueue(CHUNK_JOB, {"tenant_id": tenant_id, "run_id": str(run_id), "first": str(first), "last": str(last)}, priority=-5)
    return await fetch_run(uow, tenant_id, run_id)


async def run_now(uow: UnitOfWork, tenant_id: str, period: str) -> Run:
    """A whole run in this unit: for small villages and the command line."""
    _check_period(uow, period)
    await master_data.fetch_tenant(uow, tenant_id)
    run_id = new_id()
    await uow.session.execute(insert(RunRow).values(tenant_id=tenant_id, id=run_id, period=period, chunks=1, started_at=uow.now))
    await bill_chunk(uow, tenant_id, run_id, None, None)
    return await fetch_run(uow, tenant_id, run_id)


@dataclass(frozen=True)
class _Connection:
    id: UUID
    connection_no: str
    holder_id: UUID | None
    building: str
    metered: bool


async def _chunk(uow: UnitOfWork, tenant_id: str, first: UUID | None, last: UUID | None) -> list[_Connection]:
    bounds = "AND id BETWEEN :first AND :last" if first is not None else ""
    rows = await uow.session.execute(
        text(f"SELECT id, connection_no, holder_id, building, metered FROM connection WHERE tenant_id = :t AND active {bounds} ORDER BY id"),
        {"t": tenant_id, **({"first": first, "last": last} if first is not None else {})},
    )
    return [_Connection(*r) for r in rows]


async def _plan(uow: UnitOfWork, tenant_id: str, period: str, connections: Sequence[_Connection]) -> tuple[list[NewDemand], dict[UUID, str]]:
    """Demands of those that can be billed, and the reason's code for the others."""
    slabs = master_data.tariff_plan(tenant_id)
    readings = await connection.readings_of(uow, tenant_id, [c.id for c in connections if c.metered], period)
    period_from, period_to = month_of(period)
    due = {m: india_day(uow.now) + master_data.billing_period(m).due_after for m in (False, True)}
    flat: dict[str, tuple[CalculatedLine, ...]] = {}
    demands, failed = [], {}
    for c in connections:
        try:
            if not c.metered:
                lines = flat.get(c.building) or flat.setdefault(c.building, calculate(find_slab(slabs, c.building, False)))
            elif c.id not in readings:
                failed[c.id] = "billing_run.no_reading"
                continue
            else:
                lines = calculate(find_slab(slabs, c.building, True), (readings[c.id].previous, readings[c.id].current))
        except Fault as fault:
            failed[c.id] = fault.code
            continue
        new = tuple(NewLine(x.tax_head, x.amount, x.explanation) for x in lines)
        demands.append(NewDemand(c.id, c.connection_no, c.holder_id, "regular", period_from, period_to, due[c.metered], new))
    return demands, failed


async def bill_chunk(uow: UnitOfWork, tenant_id: str, run_id: UUID, first: UUID | None, last: UUID | None) -> None:
    """Bill a chunk: demands, bills and results together. A chunk done before changes nothing."""
    run = await fetch_run(uow, tenant_id, run_id)
    connections = await _chunk(uow, tenant_id, first, last)
    done = await uow.session.execute(
        text("SELECT 1 FROM billing_outcome WHERE tenant_id = :t AND run_id = :r AND connection_id = ANY(:ids) LIMIT 1"), {"t": tenant_id, "r": run_id, "ids": [c.id for c in connections]}
    )
    if done.first() is not None:
        return
    demands, failed = await _plan(uow, tenant_id, run.period, connections)
    posted = await billing.post_demands(uow, tenant_id, demands)
    await billing.issue_bills(uow, tenant_id, posted.created)
    await _keep_outcomes(uow, tenant_id, run_id, posted, failed)
    uow.announce(ChunkBilled(tenant_id=tenant_id, run_id=run_id, billed=len(posted.created), already=len(posted.existing), failed=len(failed)))


async def _keep_outcomes(uow: UnitOfWork, tenant_id: str, run_id: UUID, posted: billing.Posted, failed: dict[UUID, str]) -> None:
    rows: list[dict[str, Any]] = [{"connection_id": c, "outcome": "billed", "reason": None} for c in posted.created]
    rows += [{"connection_id": c, "outcome": "already", "reason": None} for c in posted.existing]
    rows += [{"connection_id": c, "outcome": "failed", "reason": reason} for c, reason in failed.items()]
    if rows:
        await uow.session.execute(insert(OutcomeRow), [{"tenant_id": tenant_id, "run_id": run_id, **row} for row in rows])
    await uow.session.execute(
        text(
            """UPDATE billing_run SET chunks_done = chunks_done + 1, billed = billed + :billed, already = already + :already, failed = failed + :failed,
               finished_at = CASE WHEN chunks_done + 1 >= chunks THEN CAST(:now AS timestamptz) END WHERE tenant_id = :t AND id = :r"""
        ),
        {"billed": len(posted.created), "already": len(posted.existing), "failed": len(failed), "now": uow.now, "t": tenant_id, "r": run_id},
    )


async def preview_run(uow: UnitOfWork, tenant_id: str, period: str) -> Preview:
    """What a run of the month would do now."""
    _check_period(uow, period)
    connections = await _chunk(uow, tenant_id, None, None)
    demands, failed = await _plan(uow, tenant_id, period, connections)
    rows = await uow.session.execute(
        text("SELECT consumer_id FROM demand WHERE tenant_id = :t AND period_from = :p AND kind = 'regular' AND status = 'ACTIVE'"), {"t": tenant_id, "p": month_of(period)[0]}
    )
    billed_before = set(rows.scalars())
    new = [d for d in demands if d.consumer_id not in billed_before]
    failures = tuple(Failure(c.connection_no, failed[c.id]) for c in sorted(connections, key=lambda c: c.connection_no) if c.id in failed)
    return Preview(len(new), len(demands) - len(new), len(failed), Money(sum(line.amount.paise for d in new for line in d.lines)), failures)


async def fetch_run(uow: UnitOfWork, tenant_id: str, run_id: UUID) -> Run:
    """A run, or RunNotFound."""
    row = (await uow.session.execute(select(RunRow.__table__).where(RunRow.tenant_id == tenant_id, RunRow.id == run_id))).first()
    if row is None:
        raise RunNotFound
    return Run(*row)


async def list_runs(uow: UnitOfWork, tenant_id: str, limit: int = 20) -> list[Run]:
    """A village's runs, newest first."""
    return [Run(*r) for r in await uow.session.execute(select(RunRow.__table__).where(RunRow.tenant_id == tenant_id).order_by(RunRow.id.desc()).limit(limit))]


async def list_outcomes(uow: UnitOfWork, tenant_id: str, run_id: UUID, after: UUID | None, limit: int) -> list[Outcome]:
    """A run's results per connection, by its id."""
    rows = await uow.session.execute(
        text(
            f"""SELECT o.connection_id, c.connection_no, o.outcome, o.reason FROM billing_outcome o
                JOIN connection c ON c.tenant_id = o.tenant_id AND c.id = o.connection_id
                WHERE o.tenant_id = :t AND o.run_id = :r {"AND o.connection_id > :after" if after else ""} ORDER BY o.connection_id LIMIT :limit"""
        ),
        {"t": tenant_id, "r": run_id, "limit": limit, **({"after": after} if after else {})},
    )
    return [Outcome(*r) for r in rows]


async def list_failures(uow: UnitOfWork, tenant_id: str, run_id: UUID, limit: int) -> list[Failure]:
    """The connections a run could not bill, by their number."""
    rows = await uow.session.execute(
        text(
            """SELECT c.connection_no, o.reason FROM billing_outcome o JOIN connection c ON c.tenant_id = o.tenant_id AND c.id = o.connection_id
               WHERE o.tenant_id = :t AND o.run_id = :r AND o.outcome = 'failed' ORDER BY c.connection_no LIMIT :limit"""
        ),
        {"t": tenant_id, "r": run_id, "limit": limit},
    )
    return [Failure(*r) for r in rows]
