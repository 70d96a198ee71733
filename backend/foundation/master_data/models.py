"""Which villages are in use, with their own settings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base


class TenantRow(Base):
    """A village in use. The contact is the office's public one; its number is sealed all the same."""

    __tablename__ = "tenant"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    upi_vpa: Mapped[str] = mapped_column(Text, server_default="")
    office_name: Mapped[str] = mapped_column(Text, server_default="")
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    __table_args__ = ({"info": {"villageless": "says which villages there are, so it is read before one is known; distributed by tenant_id as a reference table"}},)
