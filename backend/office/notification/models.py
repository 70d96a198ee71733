"""Wishes about being written to, and messages asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class WishRow(Base):
    """An address's last word on being written to."""

    __tablename__ = "messaging_wish"
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    address_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    wanted: Mapped[bool]
    said_at: Mapped[datetime]
    __table_args__ = ({"info": {"villageless": "keyed by address, which may belong to nobody we know; distributed by address"}},)


class ConsentRow(Base):
    """One word about a purpose, from an address. Lines are only added; the newest counts (DPDP Act sections 6 and 7: notice, proof, withdrawal)."""

    __tablename__ = "consent"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(Text)
    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    purpose: Mapped[str] = mapped_column(Text)
    given: Mapped[bool]
    wording: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_consent_newest", "channel", "address_index", "purpose", "said_at"),
        CheckConstraint("purpose IN ('learning')", name="purpose_known"),
        {"info": {"villageless": "keyed by address, which may belong to nobody we know; distributed by address"}},
    )


class MessageRow(Base):
    """A message somebody is to get: to a person, or to an address. `params` are ids, paise, days and codes only; names are looked up when it is sent."""

    __tablename__ = "message_request"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID | None]
    channel: Mapped[str | None] = mapped_column(Text)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    key: Mapped[str] = mapped_column(Text)
    held: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        CheckConstraint("(person_id IS NULL) = (address_sealed IS NOT NULL) AND (channel IS NULL) = (address_sealed IS NULL)", name="to_person_or_address"),
        CheckConstraint("held IN ('opted_out')", name="held_known"),
    )
