"""Links, attempts and providers' events."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class PayLinkRow(Base):
    """A pay page's address, one a bill. `reference` is what UPI carries as `tr`. `asked_by` was shown it in chat last, at `asked_at`: a person's id, NULL for nobody.

    From `shown_at` on, the provider is asked about the reference by itself at `next_check_at`: NULL when there is nothing more to hear. `check_no` is which age of
    the schedule comes next, so that the links shown last are found first.
    """

    __tablename__ = "pay_link"
    token: Mapped[str] = mapped_column(Text, primary_key=True)
    village: Mapped[str] = mapped_column(Text)
    consumer_id: Mapped[UUID]
    bill_id: Mapped[UUID]
    reference: Mapped[str] = mapped_column(Text)
    short_code: Mapped[str] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime | None]
    shown_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    check_no: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    next_check_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("reference"),
        UniqueConstraint("bill_id"),
        Index("ix_pay_link_due", "check_no", "next_check_at", postgresql_where=text("next_check_at IS NOT NULL")),
        {"info": {"villageless": "a link is opened before its village is known; distributed by token"}},
    )


class PayAttemptRow(Base):
    """One try to pay. States move forward only: made → waiting → failed → paid | parked; money that comes later still counts."""

    __tablename__ = "pay_attempt"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    consumer_id: Mapped[UUID]
    link_token: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    provider: Mapped[str] = mapped_column(Text)
    mode: Mapped[str] = mapped_column(Text)
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text)
    checkout_url: Mapped[str | None] = mapped_column(Text)
    checks: Mapped[int] = mapped_column(Integer, server_default="0")
    next_check_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("tenant_id", "reference"),
        Index("ix_pay_attempt_due", "next_check_at", postgresql_where=text("next_check_at IS NOT NULL")),
        Index("ix_pay_attempt_consumer", "tenant_id", "consumer_id"),
        Index("ix_pay_attempt_id", "id"),  # a job and a page's address name an attempt before its village is known
        Index("ix_pay_attempt_reference", "reference"),  # so does a provider, by the reference
        CheckConstraint("amount > 0", name="positive"),
    )


class ProviderEventRow(Base):
    """A provider's event as it came, once."""

    __tablename__ = "provider_event"
    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    event_id: Mapped[str] = mapped_column(Text, primary_key=True)
    reference: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    __table_args__ = ({"info": {"villageless": "stored before anybody knows whose it is; distributed by event id"}},)
