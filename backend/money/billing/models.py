"""Demands, lines, advances and bills of a village."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class DemandRow(Base):
    """What a connection owes for a period. One active demand a period and kind: no double billing, whoever runs twice."""

    __tablename__ = "demand"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    consumer_id: Mapped[UUID]
    consumer_code: Mapped[str] = mapped_column(Text)
    payer_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(Text)
    period_from: Mapped[date]
    period_to: Mapped[date]
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(Text, server_default="ACTIVE")
    created_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_demand_one_a_period", "tenant_id", "consumer_id", "period_from", "kind", unique=True, postgresql_where=text("status = 'ACTIVE'")),
        CheckConstraint("period_from <= period_to", name="period"),
    )


class DemandLineRow(Base):
    """One tax head of a demand. `advance_paid` is the part of `paid` that came from an advance."""

    __tablename__ = "demand_line"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    demand_id: Mapped[UUID]
    consumer_id: Mapped[UUID]
    tax_head: Mapped[str] = mapped_column(Text)
    sort: Mapped[int] = mapped_column(SmallInteger)
    period_from: Mapped[date]
    due_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    paid: Mapped[int] = mapped_column(BigInteger, server_default="0")
    advance_paid: Mapped[int] = mapped_column(BigInteger, server_default="0")
    calculation: Mapped[dict[str, Any]] = mapped_column(JSONB)
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "demand_id"], ["demand.tenant_id", "demand.id"]),
        CheckConstraint("0 <= advance_paid AND advance_paid <= paid AND paid <= amount", name="never_overpaid"),
        Index("ix_demand_line_open", "tenant_id", "consumer_id", postgresql_where=text("paid < amount")),
        Index("ix_demand_line_demand", "tenant_id", "demand_id"),
    )


class AllocationRow(Base):
    """What a payment gave to a line."""

    __tablename__ = "allocation"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "line_id"], ["demand_line.tenant_id", "demand_line.id"]),
        CheckConstraint("amount > 0", name="positive"),
        Index("ix_allocation_line", "tenant_id", "line_id"),
    )


class AdvanceRow(Base):
    """What a connection has paid ahead."""

    __tablename__ = "advance"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    consumer_id: Mapped[UUID] = mapped_column(primary_key=True)
    balance: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (CheckConstraint("balance >= 0", name="not_negative"),)


class AdvanceEntryRow(Base):
    """Each change of an advance: in by a payment or an opening balance, out by a demand."""

    __tablename__ = "advance_entry"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    consumer_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)
    cause: Mapped[str] = mapped_column(Text)
    cause_id: Mapped[UUID | None]
    at: Mapped[datetime]
    __table_args__ = (Index("ix_advance_entry_consumer", "tenant_id", "consumer_id"),)


class BillRow(Base):
    """A snapshot of the unpaid lines. `open_hash` tells whether they are still the same; only `status` ever changes."""

    __tablename__ = "bill"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    consumer_id: Mapped[UUID]
    bill_no: Mapped[str] = mapped_column(Text)
    total: Mapped[int] = mapped_column(BigInteger)
    period: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    open_hash: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(Text, server_default="CURRENT")
    __table_args__ = (
        Index("ix_bill_number", "tenant_id", "bill_no", unique=True),
        Index("ix_bill_current", "tenant_id", "consumer_id", unique=True, postgresql_where=text("status = 'CURRENT'")),
        CheckConstraint("total > 0", name="positive"),
    )


DDL_STATEMENTS = (
    """CREATE FUNCTION bill_is_a_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF (NEW.total, NEW.lines, NEW.bill_no, NEW.consumer_id, NEW.due_on) IS DISTINCT FROM (OLD.total, OLD.lines, OLD.bill_no, OLD.consumer_id, OLD.due_on)
       THEN RAISE EXCEPTION 'a bill is never changed' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$""",
    "CREATE TRIGGER snapshot BEFORE UPDATE ON bill FOR EACH ROW EXECUTE FUNCTION bill_is_a_snapshot()",
)
