"""Billing runs by REST."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from backend.foundation import access_control
from backend.kit.doors import Unit, permit
from backend.kit.paging import LIMIT_DEFAULT, LIMIT_MAX, Page, decode_id, encode_cursor
from backend.water.billing_run import service

router = APIRouter(prefix="/villages/{tenant_id}/billing-runs", tags=["billing runs"])


class NewRun(BaseModel):
    """A month to bill. `preview`: say what would happen, write nothing."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"period": "2026-11", "preview": False}})
    period: str = Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")
    preview: bool = Field(default=False, strict=True)


class RunOut(BaseModel):
    """A run and how far it is. A preview has no id."""

    id: UUID | None
    period: str
    billed: int
    already: int
    failed: int
    total_paise: int | None = None
    chunks: int = 0
    chunks_done: int = 0
    finished_at: datetime | None = None


class ResultOut(BaseModel):
    """What a run came to for a connection: billed, already, or failed with a reason's code."""

    household_id: UUID
    connection_no: str
    outcome: str
    reason: str | None


def _out(run: service.Run) -> RunOut:
    return RunOut(
        id=run.id, period=run.period, billed=run.billed, already=run.already, failed=run.failed, chunks=run.chunks, chunks_done=run.chunks_done, finished_at=run.finished_at
    )


@router.post("", openapi_extra=permit("billing_run.write"), status_code=202, summary="Bill a month")
async def start(uow: Unit, tenant_id: str, new: NewRun) -> RunOut:
    """Queues the run; who has a demand for the month keeps it, so a repeat bills nobody twice."""
    access_control.require(uow, "billing_run.write", tenant_id)
    if new.preview:
        would = await service.preview_run(uow, tenant_id, new.period)
        return RunOut(id=None, period=new.period, billed=would.billed, already=would.already, failed=would.failed, total_paise=would.total.paise)
    return _out(await service.start_run(uow, tenant_id, new.period))


@router.get("", openapi_extra=permit("billing_run.read"), summary="A village's runs")
async def list_runs(uow: Unit, tenant_id: str) -> list[RunOut]:
    """Newest first."""
    access_control.require(uow, "billing_run.read", tenant_id)
    return [_out(run) for run in await service.list_runs(uow, tenant_id)]


@router.get("/{run_id}", openapi_extra=permit("billing_run.read"), summary="One run")
async def fetch_run(uow: Unit, tenant_id: str, run_id: UUID) -> RunOut:
    """How far it is."""
    access_control.require(uow, "billing_run.read", tenant_id)
    return _out(await service.fetch_run(uow, tenant_id, run_id))


@router.get("/{run_id}/results", openapi_extra=permit("billing_run.read"), summary="A run's result per connection")
async def list_results(uow: Unit, tenant_id: str, run_id: UUID, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = LIMIT_DEFAULT) -> Page[ResultOut]:
    """By connection id."""
    access_control.require(uow, "billing_run.read", tenant_id)
    after = decode_id(cursor) if cursor else None
    rows = await service.list_outcomes(uow, tenant_id, run_id, after, limit)
    items = [ResultOut(household_id=r.connection_id, connection_no=r.connection_no, outcome=r.outcome, reason=r.reason) for r in rows]
    return Page[ResultOut](items=items, next_cursor=encode_cursor(str(rows[-1].connection_id)) if len(rows) == limit else None)
