"""Connections, who holds them, and readings."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class ConnectionRow(Base):
    """A household's connection. `normal_no` and `normal_old_no` are the numbers as they are looked up."""

    __tablename__ = "connection"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_no: Mapped[str] = mapped_column(Text)
    normal_no: Mapped[str] = mapped_column(Text)
    old_connection_no: Mapped[str] = mapped_column(Text)
    normal_old_no: Mapped[str] = mapped_column(Text)
    holder_id: Mapped[UUID | None]
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    house_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    building: Mapped[str] = mapped_column(Text)
    metered: Mapped[bool]
    meter_no: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(server_default="true")
    registered_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("tenant_id", "connection_no"),
        UniqueConstraint("tenant_id", "old_connection_no"),
        Index("ix_connection_number", "normal_no"),
        Index("ix_connection_old_number", "normal_old_no"),
        CheckConstraint("metered = (meter_no IS NOT NULL)", name="a_meter_has_a_number"),
    )


class HolderRow(Base):
    """Who may see a connection: owner, payer, or linked by an OTP to the owner's phone."""

    __tablename__ = "connection_holder"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    how: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "connection_id"], ["connection.tenant_id", "connection.id"]), Index("ix_connection_holder_person", "person_id"))


class ReadingRow(Base):
    """A meter reading in whole units (kilolitres) for a billing month."""

    __tablename__ = "meter_reading"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(Text, primary_key=True)
    previous: Mapped[int] = mapped_column(BigInteger)
    current: Mapped[int] = mapped_column(BigInteger)
    read_on: Mapped[date]
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "connection_id"], ["connection.tenant_id", "connection.id"]), CheckConstraint("current >= previous", name="forward"))
