"""A database that is away: one error for it, wherever it shows, and waiting for its return.

It shows as a socket that is missing or refuses, as a server that starts or stops, as a connection cut under a statement. Whoever may do his work twice
waits; whoever may not answers that he is not available.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
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


def is_outage(error: BaseException | None) -> bool:
    """Whether an error says that the database is away: ours, or asyncpg's of a connection that was cut or that was closed for it."""
    if isinstance(error, asyncpg.InternalClientError):
        return type(error) is asyncpg.InternalClientError  # its kinds say that the driver is wrong, not that the server is away
    return isinstance(error, (DatabaseAway, *CUT)) or (isinstance(error, asyncpg.InterfaceError) and "connection is closed" in str(error))


@contextlib.contextmanager
def outages_told() -> Iterator[None]:
    """DatabaseAway for a bare asyncpg connection that is cut within the block."""
    try:
        yield
    except (asyncpg.InterfaceError, *CUT) as error:
        if not is_outage(error):
            raise
        raise DatabaseAway(type(error).__name__) from error


class OutagesSaidOnce(logging.Filter):
    """For the logger of a library that reports every task a cut connection ended: whoever holds the connection says it once, so these are left out."""

    def filter(self, record: logging.LogRecord) -> bool:
        """False for the report of an outage."""
        return not (record.exc_info and is_outage(record.exc_info[1]))


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
