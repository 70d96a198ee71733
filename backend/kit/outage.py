"""A database that is away: one error for it, wherever it shows, and waiting for its return.

It shows as a socket that is missing or refuses, as a server that starts or stops, as a connection cut under a statement. Whoever may do his work twice
waits; whoever may not answers that he is not available.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

PAUSE_S = 0.25
# The last one is what asyncpg says of a connection that heard "terminating" from the server while it was idle, and was not closed yet.
CUT = (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CrashShutdownError, asyncpg.CannotConnectNowError, asyncpg.InternalClientError)

Answer = TypeVar("Answer")


class DatabaseAway(ConnectionError):
    """The server is gone or takes no connections. What was under way may be kept or not: do again only what may be done twice."""


async def connect(*arguments: Any, **options: Any) -> asyncpg.Connection:
    """As asyncpg's own; DatabaseAway when there is no server to talk to."""
    try:
        return await asyncpg.connect(*arguments, **options)
    except (OSError, *CUT) as error:
        raise DatabaseAway(type(error).__name__) from error


@contextlib.contextmanager
def outages_told() -> Iterator[None]:
    """DatabaseAway for a bare asyncpg connection that is cut within the block."""
    try:
        yield
    except CUT as error:
        raise DatabaseAway(type(error).__name__) from error


def tell_outages(engine: AsyncEngine) -> None:
    """From now on statements of this engine raise DatabaseAway when their connection is cut, and the pool forgets what it had."""
    event.listen(engine.sync_engine, "handle_error", _translate)


def _translate(context: ExceptionContext) -> DatabaseAway | None:
    if context.sqlalchemy_exception is None:
        return None  # no word of the database: somebody cancelled
    cause = context.original_exception.__cause__
    if not (context.is_disconnect or isinstance(cause, CUT)):
        return None
    context.is_disconnect = True
    return DatabaseAway(type(cause or context.original_exception).__name__)


async def outlast(work: Callable[[], Awaitable[Answer]], patience_s: float) -> Answer:
    """Do `work`, which may be done twice; begin it again while the database is away. DatabaseAway when that lasts longer than `patience_s`."""
    limit = time.monotonic() + patience_s
    while True:
        try:
            return await work()
        except DatabaseAway:
            if time.monotonic() >= limit:
                raise
        await asyncio.sleep(PAUSE_S)
