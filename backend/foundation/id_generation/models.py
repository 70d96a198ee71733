"""Counters."""

from __future__ import annotations

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class CounterRow(Base):
    """The last number given of a series in a village."""

    __tablename__ = "id_counter"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    series: Mapped[str] = mapped_column(Text, primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
