"""A unit of work beside the one that is open, for what must be kept although the open one will be undone: a wrong code or password counts.

It takes a connection of its own outside the pool: if it took a second one from the pool, as many callers as the pool has connections would wait for each
other for ever. A unit bound to one connection (a transaction that spans several units) stays on that connection.
Never touch inside it what the open unit has locked: the two would wait for each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.pool import NullPool

from backend.kit.database import connection_arguments
from backend.kit.errors import Unavailable
from backend.kit.outage import tell_outages
from backend.kit.unit_of_work import UnitOfWork

AT_ONCE = 4  # connections a process opens so at most
WAIT_S = 10.0
PORT = "beside"


class TooBusy(Unavailable):
    code, title = "beside.too_busy", "Too many tries at once"


@asynccontextmanager
async def open_beside(uow: UnitOfWork) -> AsyncIterator[UnitOfWork]:
    """A unit with the same actor, kept by itself. TooBusy when its turn does not come in time."""
    house = uow.tools
    if not isinstance(uow.session.bind, AsyncEngine):
        async with house.open(uow.actor) as own:
            yield own
        return
    gate: asyncio.Semaphore = house.ports.setdefault(PORT, asyncio.Semaphore(AT_ONCE))
    try:
        await asyncio.wait_for(gate.acquire(), WAIT_S)
    except TimeoutError as error:
        raise TooBusy from error
    try:
        engine = create_async_engine(uow.session.bind.url, poolclass=NullPool, connect_args=connection_arguments("mgramseva-beside"))
        tell_outages(engine)
        units = replace(house.units, sessions=async_sessionmaker(engine, expire_on_commit=False, autoflush=False))
        async with units.open(uow.actor) as own:
            yield own
    finally:
        gate.release()
