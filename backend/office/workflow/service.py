"""Opening and closing work items."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import insert, select, update

from backend.foundation import encryption, id_generation
from backend.kit.announcements import Fact
from backend.kit.clock import india_day
from backend.kit.errors import NotFound
from backend.kit.ids import new_id
from backend.kit.unit_of_work import UnitOfWork
from backend.office.workflow.models import WorkItemRow

TEXT_MAX = 1000


class WorkItemNotFound(NotFound):
    code, title = "workflow.work_item_not_found", "There is no such work item"


class WorkItemOpened(Fact):
    """Somebody must look at something."""

    topic: ClassVar[str] = "workflow.work_item_opened"
    work_item_id: UUID
    category: str


class WorkItemClosed(Fact):
    """It was looked at."""

    topic: ClassVar[str] = "workflow.work_item_closed"
    work_item_id: UUID
    outcome: str


@dataclass(frozen=True)
class NewWorkItem:
    """What is to be looked at. `text` is kept sealed."""

    tenant_id: str
    category: str
    subject_id: UUID | None
    person_id: UUID | None
    text: str
    key: str


@dataclass(frozen=True)
class WorkItem:
    """A work item. `closed_at` None: still open."""

    tenant_id: str
    id: UUID
    number: str
    category: str
    subject_id: UUID | None
    text: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None


async def _value(uow: UnitOfWork, row: WorkItemRow) -> WorkItem:
    text = (await encryption.cipher(uow, row.tenant_id)).open(row.text_sealed, f"work_item:{row.id}") if row.text_sealed else ""
    return WorkItem(row.tenant_id, row.id, row.number, row.category, row.subject_id, text, row.opened_at, row.closed_at, row.outcome)


async def open_work_item(uow: UnitOfWork, new: NewWorkItem) -> WorkItem:
    """Open one; the same key in the village answers the first."""
    query = select(WorkItemRow).where(WorkItemRow.tenant_id == new.tenant_id, WorkItemRow.key == new.key)
    known = (await uow.session.execute(query)).scalar()
    if known is not None:
        return await _value(uow, known)
    number = await id_generation.next_number(uow, new.tenant_id, "work_item.number", india_day(uow.now))
    known = (await uow.session.execute(query)).scalar()  # the counter's lock let a twin finish first
    if known is not None:
        return await _value(uow, known)
    made = new_id()
    sealed = (await encryption.cipher(uow, new.tenant_id)).seal(new.text[:TEXT_MAX], f"work_item:{made}") if new.text else None
    await uow.session.execute(
        insert(WorkItemRow).values(
            tenant_id=new.tenant_id,
            id=made,
            number=number,
            category=new.category,
            subject_id=new.subject_id,
            person_id=new.person_id,
            text_sealed=sealed,
            key=new.key,
            opened_at=uow.now,
        )
    )
    uow.announce(WorkItemOpened(tenant_id=new.tenant_id, work_item_id=made, category=new.category))
    return WorkItem(new.tenant_id, made, number, new.category, new.subject_id, new.text[:TEXT_MAX], uow.now, None, None)


async def fetch_work_item(uow: UnitOfWork, tenant_id: str, work_item_id: UUID) -> WorkItem:
    """One item, or WorkItemNotFound."""
    row = (await uow.session.execute(select(WorkItemRow).where(WorkItemRow.tenant_id == tenant_id, WorkItemRow.id == work_item_id))).scalar()
    if row is None:
        raise WorkItemNotFound
    return await _value(uow, row)


async def list_work_items(uow: UnitOfWork, tenant_id: str, *, open_only: bool = True, limit: int = 100) -> list[WorkItem]:
    """A village's items, oldest first."""
    query = select(WorkItemRow).where(WorkItemRow.tenant_id == tenant_id).order_by(WorkItemRow.id).limit(limit)
    if open_only:
        query = query.where(WorkItemRow.closed_at.is_(None))
    return [await _value(uow, row) for row in (await uow.session.execute(query)).scalars()]


async def close_work_item(uow: UnitOfWork, tenant_id: str, work_item_id: UUID, outcome: str) -> WorkItem:
    """Close one with what came of it; closing again changes nothing."""
    done = await uow.session.execute(
        update(WorkItemRow)
        .where(WorkItemRow.tenant_id == tenant_id, WorkItemRow.id == work_item_id, WorkItemRow.closed_at.is_(None))
        .values(closed_at=uow.now, outcome=outcome)
        .returning(WorkItemRow.id)
    )
    if done.first():
        uow.announce(WorkItemClosed(tenant_id=tenant_id, work_item_id=work_item_id, outcome=outcome))
    return await fetch_work_item(uow, tenant_id, work_item_id)
