"""Short links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class ShortLinkRow(Base):
    """A code and where it leads on our own pages."""

    __tablename__ = "short_link"
    code: Mapped[str] = mapped_column(Text, primary_key=True)
    path: Mapped[str] = mapped_column(Text)
    ends_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = ({"info": {"villageless": "a link is opened before its village is known; distributed by code"}},)
