"""The worker: runs the queue's jobs and the schedules. Any number of them, on any hosts, against one database.

A job is a unit of its own; a worker that dies loses its heartbeat and another takes its jobs over. SIGTERM lets running jobs finish.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
import structlog
from pgqueuer import PgQueuer
from pgqueuer.models import Schedule as DueSchedule
from sqlalchemy.engine import make_url

from backend.kit.house import House
from backend.kit.jobs import ATTEMPTS_MAX, make_entrypoint, make_executor
from backend.kit.outage import DatabaseAway, OutagesSaidOnce

log = structlog.get_logger(__name__)

# Longer than the longest blocking stretch of a job (one bulk billing chunk), or a busy worker would lose its jobs to another.
HEARTBEAT_TIMEOUT = timedelta(seconds=90)
DEQUEUE_TIMEOUT = timedelta(seconds=5)
DRAIN_S = 20.0
AWAY_PAUSE_S, BROKEN_PAUSE_S = 0.5, 2.0
# What this process had taken before its connection was cut and did not finish: nobody is at it any more, so nobody needs to wait for its heartbeat's end.
LET_GO = "UPDATE pgqueuer SET heartbeat = now() - interval '1 day' WHERE status = 'picked' AND queue_manager_id = $1"
# PgQueuer's own name for its NOTIFY channel and tables can be set by environment variables; ours are fixed.
os.environ.setdefault("PGQUEUER_ON_FAILURE", "hold")
_QUIET_IN_OUTAGES = OutagesSaidOnce()


def _dsn(house: House) -> str:
    return make_url(house.engine.url).set(drivername="postgresql").render_as_string(hide_password=False)


async def _connect(house: House) -> asyncpg.Connection:
    return await asyncpg.connect(_dsn(house), server_settings={"timezone": "UTC", "application_name": "mgramseva-worker", "jit": "off"}, timeout=15)


def register(queue: PgQueuer, house: House) -> None:
    """Give the queue every job and schedule of the wiring."""
    for name, handler in house.wiring.jobs.items():
        queue.entrypoint(name, executor_factory=make_executor, on_failure="hold", accepts_context=False)(make_entrypoint(name, handler, house))
    for schedule in house.wiring.schedules:
        _register_schedule(queue, house, schedule.name, schedule.cron)


def _register_schedule(queue: PgQueuer, house: House, name: str, cron: str) -> None:
    handler = house.wiring.jobs[name]

    async def due(_: DueSchedule) -> None:
        try:
            await handler(house, {})
        except DatabaseAway:
            log.warning("schedule waits", job=name, code="database_away")

    queue.schedule(f"schedule.{name}", cron, accepts_context=False)(due)


@contextlib.asynccontextmanager
async def working(house: House) -> AsyncIterator[None]:
    """Work in the background of this process while the block runs; leaving it finishes what is under way, within DRAIN_S."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_worker(house, stop), name="worker")
    try:
        yield
    finally:
        stop.set()
        with contextlib.suppress(asyncio.TimeoutError, asyncio.CancelledError):
            await asyncio.wait_for(asyncio.shield(task), DRAIN_S)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def run_worker(house: House, stop: asyncio.Event) -> None:
    """Work until `stop`; a lost database connection is waited for, never fatal. It is said once, however long it lasts."""
    logging.getLogger("pgqueuer").addFilter(_QUIET_IN_OUTAGES)
    shift = Shift()
    while not stop.is_set():
        try:
            await _work_once(house, stop, shift)
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            if not shift.away:
                log.warning("worker lost the database", error=type(error).__name__)
            shift.away = True
            await _pause(stop, AWAY_PAUSE_S)
        except Exception:  # a worker that ends is a service that stands still: say it, and go on
            log.exception("worker broke")
            await _pause(stop, BROKEN_PAUSE_S)


async def _pause(stop: asyncio.Event, pause_s: float) -> None:
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(stop.wait(), pause_s)


@dataclass
class Shift:
    """What a worker remembers from one connection to the next: whether the database is away, and as whom it took jobs before."""

    away: bool = False
    before: UUID | None = None


async def _work_once(house: House, stop: asyncio.Event, shift: Shift) -> None:
    connection = await _connect(house)
    try:
        queue = PgQueuer.from_asyncpg_connection(connection)
        register(queue, house)
        if shift.before is not None:
            await connection.execute(LET_GO, shift.before)
        shift.before, shift.away = queue.qm.queue_manager_id, False
        stopper = asyncio.create_task(_stop_queue(queue, connection, stop))
        try:
            concurrent = max(4, house.settings.database_pool // 2)  # the other half of the connections serves people
            await queue.run(
                batch_size=concurrent // 2,
                dequeue_timeout=DEQUEUE_TIMEOUT,
                max_concurrent_tasks=concurrent,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                shutdown_on_listener_failure=True,
            )
        finally:
            stopper.cancel()
        if not stop.is_set():
            raise DatabaseAway("cut")  # the queue ends quietly when its connection does
    finally:
        with contextlib.suppress(Exception):
            await connection.close(timeout=5)


async def _stop_queue(queue: PgQueuer, connection: asyncpg.Connection, stop: asyncio.Event) -> None:
    while not stop.is_set() and not connection.is_closed():
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stop.wait(), 1)
    queue.shutdown.set()


__all__ = ["ATTEMPTS_MAX", "register", "run_worker", "working"]
