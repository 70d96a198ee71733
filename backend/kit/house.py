"""The process's tools in one value: settings, database, clock, keys, jobs. Doors get it from their composition root; services see it as `unit.tools`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from backend.kit.clock import Clock, system_clock
from backend.kit.database import make_engine
from backend.kit.jobs import JobHandler, Listeners, Schedule
from backend.kit.secrets import Secrets
from backend.kit.settings import HouseSettings
from backend.kit.unit_of_work import Actor, UnitOfWork, Units


@dataclass(frozen=True)
class Wiring:
    """One page's worth of who does what: jobs by name, listeners by topic, schedules, and what a lower storey asks of a higher one, by port."""

    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    listeners: Listeners = field(default_factory=Listeners)
    schedules: tuple[Schedule, ...] = ()
    ports: Mapping[str, Any] = field(default_factory=dict)

    def joined(self, other: Wiring) -> Wiring:
        """Both pages as one."""
        return Wiring({**self.jobs, **other.jobs}, self.listeners.joined(other.listeners), self.schedules + other.schedules, {**self.ports, **other.ports})


@dataclass
class House:
    """Everything a door needs. `ports` holds what wiring joins across storeys (Protocols' implementations by name)."""

    settings: HouseSettings
    engine: AsyncEngine
    secrets: Secrets
    wiring: Wiring
    clock: Clock = system_clock
    ports: dict[str, Any] = field(default_factory=dict)
    after_unit: list[Callable[[], Coroutine[Any, Any, None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ports.update(self.wiring.ports)
        sessions = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self.units = Units(sessions, self.now, self.wiring.listeners, self)

    def now(self) -> datetime:
        """The clock's now; the clock may be set after the house was built."""
        return self.clock()

    def open(self, actor: Actor) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work for this actor."""
        return self.units.open(actor)

    def rewired(self, wiring: Wiring) -> None:
        """Use this wiring from now on: composition roots join the bot's page to the backend's before serving."""
        self.wiring = wiring
        self.ports.update(wiring.ports)
        self.units = replace(self.units, listeners=wiring.listeners)

    async def close(self) -> None:
        """Give the connections back."""
        await self.engine.dispose()


def build_house(settings: HouseSettings, wiring: Wiring, *, url: str | None = None, clock: Clock = system_clock) -> House:
    """The tools of one process, not connected yet."""
    engine = make_engine(url or settings.database_url, pool=settings.database_pool)
    return House(settings, engine, Secrets.load(settings), wiring, clock)
