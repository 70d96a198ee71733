"""Requested OTPs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class OtpRow(Base):
    """One code. `ended`: used, replaced, locked or expired."""

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
        Index("ix_otp_request_one_active", "subject_index", unique=True, postgresql_where=text("ended IS NULL")),
        Index("ix_otp_request_recent", "subject_index", "created_at"),
        {"info": {"villageless": "asked for before a village is known; distributed by subject"}},
    )
