"""Work items by REST."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from backend.foundation import access_control
from backend.kit.doors import Unit, permit
from backend.office.workflow import service
from backend.office.workflow.schemas import WorkItem

router = APIRouter(prefix="/villages/{tenant_id}/work-items", tags=["work items"])


class WorkItemOut(BaseModel):
    """Something a person must look at."""

    id: UUID
    number: str = Field(examples=["WI/15767/2026-27/0001"])
    category: str
    subject_id: UUID | None
    text: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None


class Closing(BaseModel):
    """What came of it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"outcome": "payment found and booked"}})
    outcome: str = Field(min_length=3, max_length=200)


def _out(item: WorkItem) -> WorkItemOut:
    return WorkItemOut.model_validate(item, from_attributes=True)


@router.get("", openapi_extra=permit("work_item.read"), summary="Open work items")
async def list_items(uow: Unit, tenant_id: str) -> list[WorkItemOut]:
    """Oldest first."""
    access_control.require(uow, "work_item.read", tenant_id)
    return [_out(item) for item in await service.list_work_items(uow, tenant_id)]


@router.post("/{work_item_id}/close", openapi_extra=permit("work_item.write"), summary="Close a work item")
async def close(uow: Unit, tenant_id: str, work_item_id: UUID, closing: Closing) -> WorkItemOut:
    """Again changes nothing."""
    access_control.require(uow, "work_item.write", tenant_id)
    return _out(await service.close_work_item(uow, tenant_id, work_item_id, closing.outcome))
