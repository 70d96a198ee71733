"""Opening and closing work items."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, text, update

from backend.foundation import encryption, id_generation
from backend.kit.clock import india_day
from backend.kit.ids import new_id
from backend.kit.unit_of_work import UnitOfWork
from backend.office.workflow.errors import WorkItemNotFound
from backend.office.workflow.events import WorkItemClosed, WorkItemOpened
from backend.office.workflow.models import WorkItemRow
from backend.office.workflow.schemas import NewWorkItem, WorkItem

TEXT_MAX = 1000
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:tenant_id || ' ' || :key, 74))")


def _place(work_item_id: UUID, column: str) -> str:
    return f"work_item:{work_item_id}:{column}"


async def _value(uow: UnitOfWork, row: WorkItemRow) -> WorkItem:
    cipher = await encryption.cipher(uow, row.tenant_id)
    kept = cipher.open(row.text_sealed, _place(row.id, "text")) if row.text_sealed else ""
    outcome = cipher.open(row.outcome_sealed, _place(row.id, "outcome")) if row.outcome_sealed else None
    return WorkItem(row.tenant_id, row.id, row.number, row.category, row.subject_id, row.person_id, kept, row.opened_at, row.closed_at, outcome)


async def open_work_item(uow: UnitOfWork, new: NewWorkItem) -> WorkItem:
    """Open one; the same key in the village answers the first, also when both are asked for at once."""
    await uow.session.execute(_LOCK, {"tenant_id": new.tenant_id, "key": new.key})  # before a number is counted: a twin must not use one up
    known = (await uow.session.execute(select(WorkItemRow).where(WorkItemRow.tenant_id == new.tenant_id, WorkItemRow.key == new.key))).scalar()
    if known is not None:
        return await _value(uow, known)
    made = new_id()
    kept = new.text[:TEXT_MAX]
    row = WorkItemRow(
        tenant_id=new.tenant_id,
        id=made,
        number=await id_generation.next_number(uow, new.tenant_id, "work_item.number", india_day(uow.now)),
        category=new.category,
        subject_id=new.subject_id,
        person_id=new.person_id,
        text_sealed=(await encryption.cipher(uow, new.tenant_id)).seal(kept, _place(made, "text")) if kept else None,
        key=new.key,
        opened_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    uow.announce(WorkItemOpened(tenant_id=new.tenant_id, work_item_id=made, category=new.category))
    return await _value(uow, row)


async def fetch_work_item(uow: UnitOfWork, tenant_id: str, work_item_id: UUID) -> WorkItem:
    """One item, or WorkItemNotFound."""
    query = select(WorkItemRow).where(WorkItemRow.tenant_id == tenant_id, WorkItemRow.id == work_item_id).execution_options(populate_existing=True)
    row = (await uow.session.execute(query)).scalar()
    if row is None:
        raise WorkItemNotFound
    return await _value(uow, row)


async def still_open(uow: UnitOfWork, tenant_id: str, work_item_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Of these items those that are not closed, with their numbers."""
    query = select(WorkItemRow.id, WorkItemRow.number).where(WorkItemRow.tenant_id == tenant_id, WorkItemRow.id.in_(work_item_ids), WorkItemRow.closed_at.is_(None))
    return {row.id: row.number for row in await uow.session.execute(query)} if work_item_ids else {}


async def list_work_items(uow: UnitOfWork, tenant_id: str, *, open_only: bool = True, limit: int = 100) -> list[WorkItem]:
    """A village's items, oldest first."""
    query = select(WorkItemRow).where(WorkItemRow.tenant_id == tenant_id).order_by(WorkItemRow.id).limit(limit)
    if open_only:
        query = query.where(WorkItemRow.closed_at.is_(None))
    return [await _value(uow, row) for row in (await uow.session.execute(query)).scalars()]


async def close_work_item(uow: UnitOfWork, tenant_id: str, work_item_id: UUID, outcome: str) -> WorkItem:
    """Close one with what came of it, kept sealed; closing again changes nothing. WorkItemNotFound."""
    sealed = (await encryption.cipher(uow, tenant_id)).seal(outcome[:TEXT_MAX], _place(work_item_id, "outcome"))
    done = await uow.session.execute(
        update(WorkItemRow)
        .where(WorkItemRow.tenant_id == tenant_id, WorkItemRow.id == work_item_id, WorkItemRow.closed_at.is_(None))
        .values(closed_at=uow.now, outcome_sealed=sealed)
        .returning(WorkItemRow.id)
    )
    if done.first():
        uow.announce(WorkItemClosed(tenant_id=tenant_id, work_item_id=work_item_id))
    return await fetch_work_item(uow, tenant_id, work_item_id)
