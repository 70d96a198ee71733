"""Which villages are in use, with their own settings, and masters that were changed here since."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, LargeBinary, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class TenantRow(Base):
    """A village in use. The contact is the office's public one; its number is sealed all the same. `part_payment` NULL: as the state's masters say."""

    __tablename__ = "tenant"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    upi_vpa: Mapped[str] = mapped_column(Text, server_default="")
    office_name: Mapped[str] = mapped_column(Text, server_default="")
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    part_payment: Mapped[bool | None]
    created_at: Mapped[datetime]
    __table_args__ = (
        {"info": {"villageless": "says which villages there are, so it is read before one is known; distributed by tenant_id as a reference table"}},
    )


class OverrideRow(Base):
    """A master of a village, or of the state ("pb"), from a day on, in the shape the state publishes. Never changed: a correction is a later row of the day."""

    __tablename__ = "master_override"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    set_at: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    __table_args__ = (
        CheckConstraint("kind IN ('tariff', 'penalty')", name="kind_known"),
        {"info": {"villageless": "a village falls back to the state's row, and no row speaks of a person; distributed by tenant_id as a reference table"}},
    )
