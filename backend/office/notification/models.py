"""Wishes about being written to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, Text
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
