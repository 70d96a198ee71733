"""The queries of conversation, inbound and outbound. Texts and addresses are sealed; an address is found again by its keyed hash. States only move forward."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from backend.kit.cipher import Cipher, derive_key
from backend.kit.house import House
from backend.kit.ids import new_id
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from bot import tables as sql
from bot.batching import Batcher
from bot.messages import Inbound, Outbound

ATTEMPTS_MAX = 3


@dataclass(frozen=True)
class Conversation:
    """A conversation as a turn needs it."""

    id: UUID
    channel: str
    address: str
    locale: str | None
    state: dict[str, Any] | None
    version: int
    demo: bool
    pending: dict[str, Any] | None = None


@dataclass(frozen=True)
class Waiting:
    """An inbound message that waits for its turn, with its conversation."""

    inbound_id: UUID
    message: Inbound
    conversation: Conversation
    fresh: bool = True


@dataclass(frozen=True)
class Outgoing:
    """A message on its way. Exactly one of `message` and `notice` is set."""

    id: UUID
    conversation_id: UUID
    channel: str
    address: str
    message: Outbound | None
    notice: dict[str, Any] | None = None
    locale: str | None = None
    demo: bool = False
    attempts: int = 0


@dataclass(frozen=True)
class Turn:
    """What a turn leaves behind, kept in one statement."""

    waiting: Waiting
    state: dict[str, Any]
    locale: str | None
    demo: bool
    misread: str | None
    outgoing: tuple[Outgoing, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Fate:
    """What became of a send."""

    id: UUID
    status: str
    provider_id: str | None = None
    error: str | None = None
    retry_in: timedelta = timedelta(0)


@dataclass(frozen=True)
class NotUnderstood:
    """A text nobody understood, and the place in the talk ("flow.step")."""

    text: str = field(repr=False)
    place: str
    channel: str
    address: str = field(repr=False)


class Sealer:
    """The bot's own sealing: addresses and texts, by keys derived from the deployment's master keys for this purpose only."""

    def __init__(self, house: House) -> None:
        self._cipher = Cipher({name: derive_key(key, "conversation") for name, key in house.secrets.master_keys.items()})
        self._index = house.secrets.derive("conversation address")

    def index(self, channel: str, address: str) -> bytes:
        """The keyed hash an address is found by."""
        return hmac.new(self._index, f"{channel}\0{address}".encode(), hashlib.sha256).digest()

    def seal(self, content: str, place: str) -> bytes:
        return self._cipher.seal(content, place)

    def open(self, sealed: bytes, place: str) -> str:
        return self._cipher.open(bytes(sealed), place)


@dataclass
class Store:
    """The queries, each in a unit of work of its own or in the caller's. `lease`: how long a send may take before another may try."""

    house: House
    sealer: Sealer = field(init=False)
    lease: timedelta = timedelta(seconds=30)

    def __post_init__(self) -> None:
        self.sealer = Sealer(self.house)
        self._turns: Batcher[Turn, bool] = Batcher(self.save_turns)

    async def save_turn(self, turn: Turn) -> bool:
        """Keep one turn, together with others that end at the same time; see `save_turns`."""
        return await self._turns.submit(turn)

    def _address(self, conversation_id: UUID, sealed: bytes) -> str:
        return self.sealer.open(sealed, "address")

    def _pending(self, conversation_id: UUID, sealed: bytes | None) -> dict[str, Any] | None:
        return json.loads(self.sealer.open(sealed, f"pending:{conversation_id}")) if sealed else None

    async def keep_inbound(self, arrivals: list[tuple[UUID, UUID, Inbound]]) -> list[Waiting]:
        """Store messages (inbound id, id for a new conversation, message) in one commit; a double comes back with `fresh` false."""
        messages = [m for _, _, m in arrivals]
        parameters = {
            "ids": [i for i, _, _ in arrivals],
            "channels": [m.channel.value for m in messages],
            "accounts": [m.account for m in messages],
            "provider_ids": [m.provider_id for m in messages],
            "indexes": [self.sealer.index(m.channel, m.address) for m in messages],
            "addresses": [self.sealer.seal(m.address, "address") for m in messages],
            "conversations": [c for _, c, _ in arrivals],
            "sealed": [self.sealer.seal(m.model_dump_json(), f"inbound:{i}") for i, _, m in arrivals],
        }
        async with self.house.open(SYSTEM) as uow:
            rows = (await uow.session.execute(sql.INTAKE, {**parameters, "now": uow.now})).all()
        return [
            Waiting(i, m, Conversation(r.conversation_id, m.channel, m.address, r.locale, r.state, r.version, r.demo, self._pending(r.conversation_id, r.pending_sealed)), r.fresh)
            for (i, _, m), r in zip(arrivals, rows, strict=True)
        ]

    async def oldest_waiting(self, conversation_id: UUID) -> Waiting | None:
        """The conversation's oldest message that waits for its turn."""
        async with self.house.open(SYSTEM) as uow:
            r = (await uow.session.execute(sql.OLDEST, {"conversation_id": conversation_id})).first()
        if r is None:
            return None
        message = Inbound.model_validate_json(self.sealer.open(r.sealed, f"inbound:{r.inbound_id}"))
        address = self._address(r.id, r.address_sealed)
        return Waiting(r.inbound_id, message, Conversation(r.id, r.channel, address, r.locale, r.state, r.version, r.demo, self._pending(r.id, r.pending_sealed)))

    async def save_turns(self, turns: list[Turn]) -> list[bool]:
        """Keep turns in one commit; False for one whose conversation moved on meanwhile (another process, or an older message waits)."""
        out = [(o, k) for t in turns for o, k in zip(t.outgoing, t.keys, strict=True)]
        async with self.house.open(SYSTEM) as uow:
            rows = await uow.session.execute(
                sql.SAVE,
                {
                    "conversations": [t.waiting.conversation.id for t in turns],
                    "versions": [t.waiting.conversation.version for t in turns],
                    "states": [json.dumps(t.state) for t in turns],
                    "locales": [t.locale for t in turns],
                    "demos": [t.demo for t in turns],
                    "inbounds": [t.waiting.inbound_id for t in turns],
                    "misread": [t.misread for t in turns],
                    "out_ids": [o.id for o, _ in out],
                    "out_conversations": [o.conversation_id for o, _ in out],
                    "out_keys": [k for _, k in out],
                    "out_sealed": [self.sealer.seal(o.message.model_dump_json(), f"outbound:{o.id}") if o.message else b"" for o, _ in out],
                    "now": uow.now,
                    "due": uow.now + self.lease,
                },
            )
            saved = {r.id for r in rows}
        return [t.waiting.conversation.id in saved for t in turns]

    async def keep_pending(self, waiting: Waiting, pending: dict[str, Any]) -> bool:
        """Keep a call that changes something before it is made; False when the conversation moved on. The version stays: the turn is the same."""
        c = waiting.conversation
        async with self.house.open(SYSTEM) as uow:
            done = await uow.session.execute(
                text("UPDATE conversation SET pending_sealed = :sealed WHERE id = :id AND version = :version RETURNING id"),
                {"sealed": self.sealer.seal(json.dumps(pending), f"pending:{c.id}"), "id": c.id, "version": c.version},
            )
            return done.first() is not None

    async def count_failure(self, inbound_id: UUID) -> bool:
        """Count a failed turn; True when it was the last try and the message is dead now."""
        async with self.house.open(SYSTEM) as uow:
            row = (
                await uow.session.execute(
                    text(
                        """UPDATE inbound SET attempts = attempts + 1, status = CASE WHEN attempts + 1 >= :most THEN 'dead' ELSE status END
                           WHERE id = :id AND status = 'received' RETURNING status"""
                    ),
                    {"id": inbound_id, "most": ATTEMPTS_MAX},
                )
            ).first()
        return row is not None and row.status == "dead"

    async def add_outgoing(self, uow: UnitOfWork, conversation_id: UUID, key: str, *, message: Outbound | None = None, notice: dict[str, Any] | None = None) -> UUID | None:
        """Queue a message in the caller's unit; None when `key` was queued before."""
        new = new_id()
        row = await uow.session.execute(
            text(
                """INSERT INTO outbound (id, conversation_id, key, sealed, notice, status, due_at, created_at)
                   VALUES (:id, :conversation_id, :key, :sealed, CAST(:notice AS jsonb), 'queued', :now, :now) ON CONFLICT (key) DO NOTHING RETURNING id"""
            ),
            {
                "id": new,
                "conversation_id": conversation_id,
                "key": key,
                "sealed": self.sealer.seal(message.model_dump_json(), f"outbound:{new}") if message else None,
                "notice": json.dumps(notice) if notice else None,
                "now": uow.now,
            },
        )
        return new if row.first() else None

    async def conversation_for(self, uow: UnitOfWork, channel: str, account: str, address: str, *, demo: bool, locale: str | None) -> UUID:
        """The conversation with an address, begun if it never spoke (its last word then lies before any window)."""
        row = await uow.session.execute(
            text(
                """INSERT INTO conversation AS c (id, channel, account, address_index, address_sealed, version, last_inbound_at, demo, locale)
                   VALUES (:id, :channel, :account, :index, :sealed, 0, '-infinity', :demo, :locale)
                   ON CONFLICT (channel, address_index) DO UPDATE SET demo = excluded.demo, locale = coalesce(c.locale, excluded.locale) RETURNING c.id"""
            ),
            {"id": new_id(), "channel": channel, "account": account, "index": self.sealer.index(channel, address), "sealed": self.sealer.seal(address, "address"), "demo": demo, "locale": locale},
        )
        return UUID(str(row.scalar_one()))

    async def last_heard(self, uow: UnitOfWork, candidates: list[tuple[str, str]]) -> list[tuple[str, str, datetime]]:
        """Which of these (channel, address) spoke, newest first."""
        rows = await uow.session.execute(
            text(
                """SELECT i.channel, i.place, c.last_inbound_at FROM unnest(CAST(:channels AS text[]), CAST(:indexes AS bytea[])) WITH ORDINALITY AS i(channel, address_index, place)
                   JOIN conversation c USING (channel, address_index) WHERE isfinite(c.last_inbound_at) ORDER BY c.last_inbound_at DESC"""
            ),
            {"channels": [c for c, _ in candidates], "indexes": [self.sealer.index(c, a) for c, a in candidates]},
        )
        return [(r.channel, candidates[r.place - 1][1], r.last_inbound_at) for r in rows]

    async def set_fates(self, fates: list[Fate]) -> list[None]:
        """Write what became of sends, in one commit."""
        async with self.house.open(SYSTEM) as uow:
            await uow.session.execute(
                sql.FATES,
                {
                    "ids": [f.id for f in fates],
                    "statuses": [f.status for f in fates],
                    "provider_ids": [f.provider_id for f in fates],
                    "errors": [f.error for f in fates],
                    "retries": [f.retry_in.total_seconds() for f in fates],
                    "now": uow.now,
                },
            )
        return [None] * len(fates)

    async def claim_due(self, batch: int) -> list[Outgoing]:
        """Take messages whose time has come, or whose sender died, for `lease`."""
        async with self.house.open(SYSTEM) as uow:
            ids = [r.id for r in await uow.session.execute(sql.CLAIM, {"now": uow.now, "lease": uow.now + self.lease, "batch": batch})]
            rows = (await uow.session.execute(sql.OUTGOING, {"ids": ids})).all() if ids else []
        return [
            Outgoing(
                r.id,
                r.conversation_id,
                r.channel,
                self._address(r.conversation_id, r.address_sealed),
                Outbound.model_validate_json(self.sealer.open(r.sealed, f"outbound:{r.id}")) if r.sealed else None,
                r.notice,
                r.locale,
                r.demo,
                r.attempts,
            )
            for r in rows
        ]

    async def note_status(self, outbound_id: UUID, status: str, error: str | None) -> bool:
        """A provider's status callback; only forward moves are kept. False when nothing changed."""
        async with self.house.open(SYSTEM) as uow:
            done = await uow.session.execute(
                text(
                    """UPDATE outbound SET status = :status, error = coalesce(:error, error) WHERE id = :id
                       AND coalesce((CAST(:ranks AS jsonb) ->> status)::int, 0) < :rank RETURNING id"""
                ),
                {"status": status, "error": error, "id": outbound_id, "rank": sql.RANK.get(status, 0), "ranks": json.dumps(sql.RANK)},
            )
            return done.first() is not None

    async def stalled(self, older_than: timedelta, batch: int) -> list[UUID]:
        """Conversations with a message that has waited too long: its process died or its turn failed."""
        async with self.house.open(SYSTEM) as uow:
            rows = await uow.session.execute(
                text("SELECT DISTINCT conversation_id FROM inbound WHERE status = 'received' AND received_at <= :before LIMIT :batch"),
                {"before": uow.now - older_than, "batch": batch},
            )
            return [r.conversation_id for r in rows]

    async def misread(self, since: timedelta, most: int) -> list[NotUnderstood]:
        """The newest free texts nobody understood, of the last `since`."""
        async with self.house.open(SYSTEM) as uow:
            query = """SELECT i.id, i.sealed, i.misread, c.id AS conversation_id, c.channel, c.address_sealed FROM inbound i JOIN conversation c ON c.id = i.conversation_id
                       WHERE i.misread IS NOT NULL AND i.received_at >= :after ORDER BY i.id DESC LIMIT :most"""
            rows = (await uow.session.execute(text(query), {"after": uow.now - since, "most": most})).all()
        return [
            NotUnderstood(Inbound.model_validate_json(self.sealer.open(r.sealed, f"inbound:{r.id}")).text, r.misread, r.channel, self._address(r.conversation_id, r.address_sealed))
            for r in rows
        ]

    async def get(self, account: str, shape: str) -> str | None:
        """The id of content registered with a provider (`ContentCache`)."""
        async with self.house.open(SYSTEM) as uow:
            return (await uow.session.execute(text("SELECT content_id FROM channel_content WHERE account = :a AND shape = :s"), {"a": account, "s": shape})).scalar()

    async def put(self, account: str, shape: str, content_id: str) -> None:
        """Keep such an id (`ContentCache`)."""
        async with self.house.open(SYSTEM) as uow:
            await uow.session.execute(
                text(
                    "INSERT INTO channel_content (account, shape, content_id) VALUES (:a, :s, :c)"
                    " ON CONFLICT (account, shape) DO UPDATE SET content_id = EXCLUDED.content_id"
                ),
                {"a": account, "s": shape, "c": content_id},
            )
