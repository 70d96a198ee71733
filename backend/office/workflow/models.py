"""Work items."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint, text
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
    outcome_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        UniqueConstraint("tenant_id", "key"),
        CheckConstraint("(closed_at IS NULL) = (outcome_sealed IS NULL)", name="closed_with_outcome"),
        Index("ix_work_item_open", "tenant_id", "id", postgresql_where=text("closed_at IS NULL")),
    )
