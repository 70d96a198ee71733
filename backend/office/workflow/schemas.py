"""What goes in and out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class NewWorkItem:
    """What is to be looked at. `text` is kept sealed, its first 1,000 characters. `key` makes a repeat find the same item."""

    tenant_id: str
    category: str
    subject_id: UUID | None
    person_id: UUID | None
    text: str = field(repr=False)
    key: str


@dataclass(frozen=True)
class WorkItem:
    """A work item. `closed_at` None: still open. `person_id`: who asked, if known."""

    tenant_id: str
    id: UUID
    number: str
    category: str
    subject_id: UUID | None
    person_id: UUID | None
    text: str = field(repr=False)
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None = field(repr=False)
