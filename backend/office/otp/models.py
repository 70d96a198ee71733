"""Requested OTPs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class OtpRow(Base):
    """One code. `ended`: used, replaced, locked or expired; then its sealed form is gone. `person_id` NULL: nobody is sent anything."""

    __tablename__ = "otp_request"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_index: Mapped[bytes] = mapped_column(LargeBinary)
    purpose: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID | None]
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    code_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    ended: Mapped[str | None] = mapped_column(Text)
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("ended IN ('used', 'replaced', 'locked', 'expired')", name="ended_known"),
        CheckConstraint("ended IS NULL OR code_sealed IS NULL", name="ended_is_erased"),
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        Index("ix_otp_request_one_active", "subject_index", "purpose", unique=True, postgresql_where=text("ended IS NULL")),
        Index("ix_otp_request_recent", "subject_index", "created_at"),
        Index("ix_otp_request_of_person", "person_id", "created_at", postgresql_where=text("person_id IS NOT NULL")),
        Index("ix_otp_request_created_at", "created_at"),
        {"info": {"villageless": "asked for before a village is known; distributed by subject"}},
    )
