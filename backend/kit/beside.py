"""A unit of work beside the one that is open, for what must be kept although the open one will be undone: a wrong code or password counts.

It needs a second connection while its caller holds the first. If every caller waited so, the pool would stand still; therefore at most half the pool
may, the others wait a second and are then told to come again. Never touch inside it what the open unit has locked: the two would wait for each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.kit.errors import Unavailable
from backend.kit.unit_of_work import UnitOfWork

WAIT_S = 1.0
PORT = "beside"


class TooBusy(Unavailable):
    code, title = "beside.too_busy", "Too many tries at once"


@asynccontextmanager
async def open_beside(uow: UnitOfWork) -> AsyncIterator[UnitOfWork]:
    """A unit with the same actor, kept by itself. TooBusy when half the pool already waits for one."""
    gate: asyncio.Semaphore = uow.tools.ports.setdefault(PORT, asyncio.Semaphore(max(1, uow.tools.settings.database_pool // 2)))
    try:
        async with asyncio.timeout(WAIT_S):
            await gate.acquire()
    except TimeoutError as error:
        raise TooBusy from error
    try:
        async with uow.tools.open(uow.actor) as own:
            yield own
    finally:
        gate.release()
