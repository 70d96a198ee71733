"""Conversation, inbound and outbound."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "b0001"
down_revision = None
branch_labels = ("bot",)
depends_on = "0001"


def upgrade() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("address_index", sa.LargeBinary, nullable=False),
        sa.Column("address_sealed", sa.LargeBinary, nullable=False),
        sa.Column("locale", sa.Text),
        sa.Column("state", JSONB),
        sa.Column("pending_sealed", sa.LargeBinary),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("demo", sa.Boolean, nullable=False, server_default="false"),
        sa.PrimaryKeyConstraint("id", name="pk_conversation"),
        sa.UniqueConstraint("channel", "address_index", name="uq_conversation_channel_address_index"),
    )
    op.create_table(
        "inbound",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("conversation_id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("provider_id", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("misread", sa.Text),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbound"),
        sa.UniqueConstraint("channel", "account", "provider_id", name="uq_inbound_channel_account_provider_id"),
    )
    op.create_index("ix_inbound_waiting", "inbound", ["conversation_id", "id"], postgresql_where=sa.text("status = 'received'"))
    op.create_index("ix_inbound_misread", "inbound", ["id"], postgresql_where=sa.text("misread IS NOT NULL"))
    op.create_table(
        "outbound",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("conversation_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("notice", JSONB),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("provider_id", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbound"),
        sa.UniqueConstraint("key", name="uq_outbound_key"),
    )
    op.create_index("ix_outbound_due", "outbound", ["due_at"], postgresql_where=sa.text("status IN ('queued', 'sending', 'retry')"))
    op.create_table(
        "channel_content",
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("shape", sa.Text, nullable=False),
        sa.Column("content_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("account", "shape", name="pk_channel_content"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON conversation, inbound, outbound, channel_content TO mgramseva_app")
