"""The ledger of consents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from backend.kit.database import APP_ROLE

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("address_index", sa.LargeBinary, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        sa.CheckConstraint("purpose IN ('learning')", name="purpose_known"),
    )
    op.create_index("ix_consent_newest", "consent", ["channel", "address_index", "purpose", "said_at"])
    op.execute(f"GRANT SELECT, INSERT ON consent TO {APP_ROLE}")  # a ledger: lines are added, never changed
