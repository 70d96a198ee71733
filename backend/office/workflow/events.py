"""What is announced of work items."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from backend.kit.announcements import Fact


class WorkItemOpened(Fact):
    """Somebody must look at something."""

    topic: ClassVar[str] = "workflow.work_item_opened"
    work_item_id: UUID
    category: str


class WorkItemClosed(Fact):
    """It was looked at. What came of it is in the item, sealed, because a person wrote it."""

    topic: ClassVar[str] = "workflow.work_item_closed"
    work_item_id: UUID
