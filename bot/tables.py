"""The bot's tables and statements: the hot path, so Core, and one round trip where one will do.

None has a village: a person writes to one number whatever his villages are, so they are distributed by conversation.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, LargeBinary, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base

VILLAGELESS = {"villageless": "a person writes to one number whatever his villages are; distributed by conversation id"}
RANK = {"queued": 0, "sending": 1, "retry": 1, "accepted": 2, "sent": 3, "delivered": 4, "read": 5, "undelivered": 6, "failed": 6, "expired": 6, "suppressed": 6}


class ConversationRow(Base):
    """One person on one channel. `state` holds ids and codes only; `pending_sealed` a call that changes something, kept before it is made."""

    __tablename__ = "conversation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(Text)
    address_index: Mapped[bytes] = mapped_column(LargeBinary)
    address_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    locale: Mapped[str | None] = mapped_column(Text)
    state: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    pending_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    version: Mapped[int] = mapped_column(Integer)
    last_inbound_at: Mapped[datetime]
    demo: Mapped[bool] = mapped_column(server_default="false")
    __table_args__ = (UniqueConstraint("channel", "address_index"), {"info": VILLAGELESS})


class InboundRow(Base):
    """One message from a person: received → handled, or dead after ATTEMPTS_MAX tries. `misread` marks free text nobody understood."""

    __tablename__ = "inbound"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(Text)
    account: Mapped[str] = mapped_column(Text)
    provider_id: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    misread: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("channel", "account", "provider_id"),
        Index("ix_inbound_waiting", "conversation_id", "id", postgresql_where=text("status = 'received'")),
        Index("ix_inbound_misread", "id", postgresql_where=text("misread IS NOT NULL")),
        {"info": VILLAGELESS},
    )


class OutboundRow(Base):
    """One message to a person. A reply's body is sealed; a notice carries template and ids, and its text is made when it is sent."""

    __tablename__ = "outbound"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID]
    key: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    notice: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(Text)
    provider_id: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_outbound_due", "due_at", postgresql_where=text("status IN ('queued', 'sending', 'retry')")),
        {"info": VILLAGELESS},
    )



class ContentRow(Base):
    """Content that was registered with a provider, by account and shape, so that a restart does not register it again."""

    __tablename__ = "channel_content"
    account: Mapped[str] = mapped_column(Text, primary_key=True)
    shape: Mapped[str] = mapped_column(Text, primary_key=True)
    content_id: Mapped[str] = mapped_column(Text)
    __table_args__ = ({"info": {"villageless": "belongs to an account with a provider; distributed by account"}},)


INTAKE = text(
    """
WITH input AS (
  SELECT * FROM unnest(CAST(:ids AS uuid[]), CAST(:channels AS text[]), CAST(:accounts AS text[]), CAST(:provider_ids AS text[]), CAST(:indexes AS bytea[]),
    CAST(:addresses AS bytea[]), CAST(:conversations AS uuid[]), CAST(:sealed AS bytea[])) WITH ORDINALITY
    AS i(id, channel, account, provider_id, address_index, address_sealed, conversation_id, sealed, place)),
spoken AS (
  INSERT INTO conversation AS c (id, channel, account, address_index, address_sealed, version, last_inbound_at)
  SELECT DISTINCT ON (channel, address_index) conversation_id, channel, account, address_index, address_sealed, 0, CAST(:now AS timestamptz) FROM input
  ORDER BY channel, address_index
  ON CONFLICT (channel, address_index) DO UPDATE SET last_inbound_at = excluded.last_inbound_at
  RETURNING c.id, c.channel, c.address_index, c.locale, c.state, c.version, c.demo, c.pending_sealed),
kept AS (
  INSERT INTO inbound (id, conversation_id, channel, account, provider_id, sealed, status, received_at)
  SELECT i.id, s.id, i.channel, i.account, i.provider_id, i.sealed, 'received', CAST(:now AS timestamptz) FROM input i JOIN spoken s USING (channel, address_index)
  ORDER BY i.place
  ON CONFLICT (channel, account, provider_id) DO NOTHING RETURNING id)
SELECT i.place, s.id AS conversation_id, s.locale, s.state, s.version, s.demo, s.pending_sealed, (k.id IS NOT NULL) AS fresh
FROM input i JOIN spoken s USING (channel, address_index) LEFT JOIN kept k ON k.id = i.id ORDER BY i.place
"""
)

SAVE = text(
    """
WITH input AS (
  SELECT * FROM unnest(CAST(:conversations AS uuid[]), CAST(:versions AS int[]), CAST(:states AS jsonb[]), CAST(:locales AS text[]), CAST(:demos AS bool[]),
    CAST(:inbounds AS uuid[]), CAST(:misread AS text[])) AS i(conversation_id, version, state, locale, demo, inbound_id, misread)),
spoken AS (
  UPDATE conversation c SET state = i.state, locale = i.locale, demo = i.demo, version = c.version + 1, pending_sealed = NULL FROM input i
  WHERE c.id = i.conversation_id AND c.version = i.version
    AND NOT EXISTS (SELECT 1 FROM inbound o WHERE o.conversation_id = i.conversation_id AND o.status = 'received' AND o.id < i.inbound_id)
  RETURNING c.id, i.inbound_id, i.misread),
handled AS (UPDATE inbound n SET status = 'handled', misread = s.misread FROM spoken s WHERE n.id = s.inbound_id RETURNING n.id),
said AS (
  INSERT INTO outbound (id, conversation_id, key, sealed, status, due_at, created_at)
  SELECT o.id, o.conversation_id, o.key, o.sealed, 'sending', CAST(:due AS timestamptz), CAST(:now AS timestamptz)
  FROM unnest(CAST(:out_ids AS uuid[]), CAST(:out_conversations AS uuid[]), CAST(:out_keys AS text[]), CAST(:out_sealed AS bytea[])) AS o(id, conversation_id, key, sealed)
  WHERE o.conversation_id IN (SELECT id FROM spoken)
  ON CONFLICT (key) DO NOTHING RETURNING id)
SELECT s.id FROM spoken s
"""
)

OLDEST = text(
    """SELECT n.id AS inbound_id, n.sealed, n.attempts, c.* FROM inbound n JOIN conversation c ON c.id = n.conversation_id
       WHERE n.conversation_id = :conversation_id AND n.status = 'received' ORDER BY n.id LIMIT 1"""
)

FATES = text(
    """
UPDATE outbound o SET status = f.status, provider_id = coalesce(f.provider_id, o.provider_id), error = f.error, attempts = o.attempts + 1,
  due_at = CAST(:now AS timestamptz) + make_interval(secs => f.retry_s)
FROM unnest(CAST(:ids AS uuid[]), CAST(:statuses AS text[]), CAST(:provider_ids AS text[]), CAST(:errors AS text[]), CAST(:retries AS float8[]))
  AS f(id, status, provider_id, error, retry_s)
WHERE o.id = f.id AND o.status IN ('queued', 'sending', 'retry')
"""
)

CLAIM = text(
    """
UPDATE outbound SET status = 'sending', due_at = CAST(:lease AS timestamptz) WHERE id IN (
  SELECT id FROM outbound WHERE status IN ('queued', 'sending', 'retry') AND due_at <= CAST(:now AS timestamptz) ORDER BY due_at LIMIT :batch FOR UPDATE SKIP LOCKED)
RETURNING id
"""
)

OUTGOING = text(
    """SELECT o.id, o.conversation_id, o.sealed, o.notice, o.attempts, o.key, c.channel, c.address_sealed, c.locale, c.demo
       FROM outbound o JOIN conversation c ON c.id = o.conversation_id WHERE o.id = ANY(:ids) ORDER BY o.id"""
)
