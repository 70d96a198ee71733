"""The unit of work: everything one door does, or nothing.

Five doors open one, nobody else: REST request, facade method, chat webhook, worker job, CLI command. It carries session, actor, time, `announce()`
and `enqueue()`. It ends by being left: normally, all is kept; by an exception, nothing is. These are the only lines that say so.
No network call is made inside one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from backend.kit.announcements import Fact, write_announcements
from backend.kit.clock import Clock
from backend.kit.database import ALL_TENANTS
from backend.kit.jobs import Job, Listeners, write_jobs


@dataclass(frozen=True)
class Actor:
    """Who acts. `tenants` are the villages whose rows he may touch; None means all of them (the state, the system).

    `kind`: system, person, employee or anonymous. `grants` are (role, village) pairs.
    """

    kind: str
    id: UUID | None = None
    tenants: tuple[str, ...] | None = ()
    grants: frozenset[tuple[str, str]] = frozenset()
    locale: str = "en"

    @property
    def scope(self) -> str:
        """What row-level security is told."""
        return ALL_TENANTS if self.tenants is None else ",".join(self.tenants)

    def has_role(self, tenant_id: str, *roles: str) -> bool:
        """Whether he holds one of the roles in that village, or in a tenant above it ("pb" covers "pb.x")."""
        return any(r in roles and (t == tenant_id or tenant_id.startswith(t + ".")) for r, t in self.grants)


SYSTEM = Actor("system", tenants=None)
ANONYMOUS = Actor("anonymous")

_OPEN = text("SELECT set_config('app.tenants', :tenants, true), set_config('app.actor', :actor, true)")


@dataclass
class UnitOfWork:
    """One open unit. Services take it as their first argument."""

    session: AsyncSession
    actor: Actor
    now: datetime
    tools: Any  # the process's House: settings and keys; typed Any so that the cellar knows no storey above it
    listeners: Listeners
    _facts: list[Fact] = field(default_factory=list)
    _jobs: list[Job] = field(default_factory=list)

    def announce(self, fact: Fact) -> None:
        """Write down what happened; it is appended to the log and its listeners' jobs are queued when the unit is kept."""
        self._facts.append(fact)

    def enqueue(self, name: str, payload: dict[str, Any], *, after: timedelta | None = None, key: str | None = None, priority: int = 0) -> None:
        """Queue a job that exists if and only if this unit is kept. `key`: at most one waiting job has it; a second is dropped."""
        self._jobs.append(Job(name, payload, after, key, priority))

    async def see(self, tenants: Sequence[str] | None) -> None:
        """From here on this unit sees these villages (None: all). Rooms that resolved whose rows they need call it; it also narrows."""
        self.actor = Actor(self.actor.kind, self.actor.id, None if tenants is None else tuple(tenants), self.actor.grants, self.actor.locale)
        await self._tell_scope()

    async def _tell_scope(self) -> None:
        await self.session.execute(_OPEN, {"tenants": self.actor.scope, "actor": str(self.actor.id or self.actor.kind)})

    async def flush(self) -> None:
        """Send facts and jobs to the database now; leaving the unit does it anyway."""
        await self.session.flush()
        facts, self._facts = self._facts, []
        if facts:
            self._jobs += await write_announcements(self.session, facts, self.actor, self.now, self.listeners)
        jobs, self._jobs = self._jobs, []
        if jobs:
            await write_jobs(self.session, jobs)


@dataclass(frozen=True)
class Units:
    """Opens units of work for one process."""

    sessions: async_sessionmaker[AsyncSession]
    clock: Clock
    listeners: Listeners
    tools: Any

    @asynccontextmanager
    async def open(self, actor: Actor) -> AsyncIterator[UnitOfWork]:
        """A unit for `actor`: kept when the block ends normally, undone by any exception."""
        async with self.sessions() as session:
            unit = UnitOfWork(session, actor, self.clock(), self.tools, self.listeners)
            await unit._tell_scope()
            try:
                yield unit
                await unit.flush()
                await session.commit()
            except BaseException:
                await session.rollback()
                raise
