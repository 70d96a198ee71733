"""Payments and parked money."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class PaymentRow(Base):
    """Money taken, with its receipt. Never changed; a correction is another row."""

    __tablename__ = "payment"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    receipt_no: Mapped[str] = mapped_column(Text)
    receipt_token: Mapped[str] = mapped_column(Text)
    receipt_code: Mapped[str] = mapped_column(Text)
    verify_code: Mapped[str] = mapped_column(Text)  # stands on the paper: proves the receipt and opens nothing else
    consumer_id: Mapped[UUID]
    amount: Mapped[int] = mapped_column(BigInteger)
    mode: Mapped[str] = mapped_column(Text)
    paid_at: Mapped[datetime]
    payer_person_id: Mapped[UUID | None]
    collector_id: Mapped[UUID | None]
    channel: Mapped[str] = mapped_column(Text)
    provider: Mapped[str | None] = mapped_column(Text)
    provider_payment_id: Mapped[str | None] = mapped_column(Text)
    attempt_id: Mapped[UUID | None]
    reference: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    due_after: Mapped[int] = mapped_column(BigInteger)
    advance_after: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("tenant_id", "receipt_no"),
        UniqueConstraint("tenant_id", "key"),
        UniqueConstraint("tenant_id", "provider", "provider_payment_id"),
        CheckConstraint("amount > 0", name="positive"),
        Index("ix_payment_consumer", "tenant_id", "consumer_id", "paid_at"),
        Index("ix_payment_collector", "tenant_id", "collector_id", "paid_at", postgresql_where=text("collector_id IS NOT NULL")),
        Index("ix_payment_token", "receipt_token"),
        Index("ix_payment_verify", "verify_code"),
    )


class ParkedRow(Base):
    """Money a provider holds for us that fits no bill as it came: suspense, with a work item."""

    __tablename__ = "parked_money"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    consumer_id: Mapped[UUID]
    attempt_id: Mapped[UUID]
    provider: Mapped[str] = mapped_column(Text)
    provider_payment_id: Mapped[str] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(BigInteger)
    expected: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    work_item_id: Mapped[UUID]
    payer_person_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("tenant_id", "provider", "provider_payment_id"), CheckConstraint("amount > 0", name="positive"))


DDL_STATEMENTS = (
    """CREATE FUNCTION money_is_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION '% is never changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    "CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON payment FOR EACH ROW EXECUTE FUNCTION money_is_never_changed()",
    "CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON parked_money FOR EACH ROW EXECUTE FUNCTION money_is_never_changed()",
)
