"""The announcement log: what happened, in the past tense, appended in the unit of work that did it. It is the audit trail.

Facts carry ids, codes and amounts only, so that a person can be erased and the chain still holds. A sealing job chains the log by hash per tenant
every few seconds, so that no writer waits for a chain's head. Rows can't be changed or deleted: a trigger refuses it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import BigInteger, Identity, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base
from backend.kit.ids import new_id
from backend.kit.jobs import LISTENER_JOB, Job, Listeners

SEAL_BATCH = 5_000
STATE = "pb"  # facts of no village belong to the state's chain


class Fact(BaseModel):
    """Base of what rooms announce: `topic` as "collection.payment_received"; fields are ids, codes and paise."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    topic: ClassVar[str]
    tenant_id: str


class AnnouncementRow(Base):
    """One fact. `position` orders a tenant's chain; `seal` is filled by the sealing job."""

    __tablename__ = "announcement"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    topic: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    __table_args__ = (Index("ix_announcement_chain", "tenant_id", "position"),)


class SealRow(Base):
    """The chain: seal n is the hash of seal n-1 and the announcement's own content."""

    __tablename__ = "announcement_seal"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    announcement_id: Mapped[UUID]
    seal: Mapped[bytes] = mapped_column(LargeBinary)


class HeardRow(Base):
    """A listener that has heard an announcement: it never hears it twice."""

    __tablename__ = "announcement_heard"
    tenant_id: Mapped[str] = mapped_column(Text, primary_key=True)
    announcement_id: Mapped[UUID] = mapped_column(primary_key=True)
    listener: Mapped[str] = mapped_column(Text, primary_key=True)


async def write_announcements(session: AsyncSession, facts: list[Fact], actor: Any, now: datetime, listeners: Listeners) -> list[Job]:
    """Append facts; answers the jobs that their listeners need."""
    rows, jobs = [], []
    for fact in facts:
        row = {"tenant_id": fact.tenant_id, "id": new_id(), "topic": fact.topic, "facts": fact.model_dump(mode="json"), "actor": f"{actor.kind}:{actor.id or ''}", "at": now}
        rows.append(row)
        jobs += [
            Job(LISTENER_JOB, {"tenant_id": fact.tenant_id, "announcement_id": str(row["id"]), "topic": fact.topic, "listener": name})
            for name in listeners.by_topic.get(fact.topic, {})
        ]
    await session.execute(AnnouncementRow.__table__.insert(), rows)  # type: ignore[attr-defined]
    return jobs


Hear = Callable[[Any, dict[str, Any]], Awaitable[None]]

_HEARD = text("INSERT INTO announcement_heard (tenant_id, announcement_id, listener) VALUES (:tenant_id, :announcement_id, :listener) ON CONFLICT DO NOTHING RETURNING 1")
_FACTS = text("SELECT facts FROM announcement WHERE tenant_id = :tenant_id AND id = :announcement_id")


async def hear(unit: Any, payload: dict[str, Any]) -> None:
    """Let one listener hear one announcement, in its own unit of work, once."""
    key = {"tenant_id": payload["tenant_id"], "announcement_id": UUID(payload["announcement_id"])}
    first = (await unit.session.execute(_HEARD, {**key, "listener": payload["listener"]})).first()
    if first is None:
        return
    handler: Hear = unit.listeners.by_topic[payload["topic"]][payload["listener"]]
    facts = (await unit.session.execute(_FACTS, key)).scalar_one()
    await handler(unit, {**facts, "announcement_id": payload["announcement_id"]})


def seal_of(previous: bytes, tenant_id: str, announcement_id: UUID, topic: str, facts: dict[str, Any], actor: str, at: datetime) -> bytes:
    """The hash that chains one announcement to the one before it."""
    content = json.dumps([tenant_id, str(announcement_id), topic, facts, actor, at.isoformat()], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous + content.encode()).digest()


_UNSEALED = text(
    """SELECT a.tenant_id, a.id, a.topic, a.facts, a.actor, a.at FROM announcement a
       WHERE NOT EXISTS (SELECT 1 FROM announcement_seal s WHERE s.tenant_id = a.tenant_id AND s.announcement_id = a.id)
       ORDER BY a.position LIMIT :batch"""
)
_HEADS = text("SELECT DISTINCT ON (tenant_id) tenant_id, number, seal FROM announcement_seal WHERE tenant_id = ANY(:tenants) ORDER BY tenant_id, number DESC")


async def seal_announcements(unit: Any) -> int:
    """Chain what is not chained yet; answers how many. One sealer at a time, by an advisory lock that ends with the unit."""
    locked = (await unit.session.execute(text("SELECT pg_try_advisory_xact_lock(7300001)"))).scalar_one()
    if not locked:
        return 0
    unsealed = (await unit.session.execute(_UNSEALED, {"batch": SEAL_BATCH})).all()
    heads = {r.tenant_id: (r.number, bytes(r.seal)) for r in await unit.session.execute(_HEADS, {"tenants": list({u.tenant_id for u in unsealed})})}
    rows = []
    for u in unsealed:
        number, previous = heads.get(u.tenant_id, (0, b""))
        sealed = seal_of(previous, u.tenant_id, u.id, u.topic, u.facts, u.actor, u.at)
        heads[u.tenant_id] = (number + 1, sealed)
        rows.append({"tenant_id": u.tenant_id, "number": number + 1, "announcement_id": u.id, "seal": sealed})
    if rows:
        await unit.session.execute(SealRow.__table__.insert(), rows)  # type: ignore[attr-defined]
    return len(rows)


async def broken_chains(unit: Any) -> list[str]:
    """Recompute every chain; answers "tenant: number" of each first row that does not fit."""
    broken = []
    previous: dict[str, tuple[int, bytes]] = {}
    rows = await unit.session.stream(
        text(
            """SELECT s.tenant_id, s.number, s.seal, a.id, a.topic, a.facts, a.actor, a.at FROM announcement_seal s
               LEFT JOIN announcement a ON a.tenant_id = s.tenant_id AND a.id = s.announcement_id ORDER BY s.tenant_id, s.number"""
        )
    )
    async for r in rows:
        number, seal = previous.get(r.tenant_id, (0, b""))
        fits = r.id is not None and r.number == number + 1 and bytes(r.seal) == seal_of(seal, r.tenant_id, r.id, r.topic, r.facts, r.actor, r.at)
        if not fits and number >= 0:
            broken.append(f"{r.tenant_id}: {r.number}")
        previous[r.tenant_id] = (r.number, bytes(r.seal)) if fits else (-1, b"")
    return broken
