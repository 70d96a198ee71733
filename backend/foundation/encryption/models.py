"""Wrapped data keys."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class DataKeyRow(Base):
    """A data key of a scope ("pb", a village, or "index:<field>"), wrapped by a master key."""

    __tablename__ = "data_key"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(Text)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("scope"),
        {"info": {"villageless": "keys of state and index scopes too, read before a village is known; distributed by scope"}},
    )
