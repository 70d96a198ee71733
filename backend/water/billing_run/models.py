"""Runs and their results."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class RunRow(Base):
    """A village's run of a month; done when every chunk is."""

    __tablename__ = "billing_run"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(Text)
    chunks: Mapped[int] = mapped_column(Integer)
    chunks_done: Mapped[int] = mapped_column(Integer, server_default="0")
    billed: Mapped[int] = mapped_column(Integer, server_default="0")
    already: Mapped[int] = mapped_column(Integer, server_default="0")
    failed: Mapped[int] = mapped_column(Integer, server_default="0")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_billing_run_period", "tenant_id", "period"),)


class OutcomeRow(Base):
    """What a run came to for a connection: billed, already, or failed with a reason's code."""

    __tablename__ = "billing_outcome"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "run_id"], ["billing_run.tenant_id", "billing_run.id"]),)
