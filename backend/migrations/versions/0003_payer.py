"""Who was shown a pay link in chat last, so that who pays for another hears of it; and so for parked money."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("pay_link", sa.Column("asked_by", sa.Uuid, nullable=True))
    op.add_column("pay_link", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("parked_money", sa.Column("payer_person_id", sa.Uuid, nullable=True))
