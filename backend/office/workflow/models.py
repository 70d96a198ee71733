"""Work items."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class WorkItemRow(Base):
    """One thing to look at. `key` makes a repeat find the same item."""

    __tablename__ = "work_item"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    text_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    key: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("tenant_id", "number"), UniqueConstraint("tenant_id", "key"))
