"""Background work on PgQueuer: outbox, queue and schedule in the database, in the transaction that causes it.

`write_jobs` puts jobs into the unit of work's own transaction: SQLAlchemy begins asyncpg's transaction lazily, so it refuses a session whose
transaction has not begun (the unit of work's first statement begins it). Any worker on any host takes over a dead worker's jobs by heartbeat.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.models import Job as QueuedJob
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.errors import Unavailable
from backend.kit.outage import DatabaseAway, outages_told

log = structlog.get_logger(__name__)

ATTEMPTS_MAX = 8  # 1 s, 2 s, 4 s … capped at 5 minutes; then the job is held for a person
LISTENER_JOB = "announcement.heard"

JobHandler = Callable[[Any, dict[str, Any]], Awaitable[None]]


class NoTransaction(RuntimeError):
    """A job was enqueued outside an open unit of work: it would not be undone with it."""


@dataclass(frozen=True)
class Job:
    """One piece of work: handler name, JSON payload of ids, when at the earliest, and a key that only one waiting job may have."""

    name: str
    payload: dict[str, Any]
    after: timedelta | None = None
    key: str | None = None
    priority: int = 0


@dataclass(frozen=True)
class Schedule:
    """A job that recurs: `cron` has five fields, or six with seconds last."""

    name: str
    cron: str


@dataclass(frozen=True)
class Listeners:
    """Who hears what: topic → listener name → handler(unit_of_work, facts). Declared on one page, `wiring`."""

    by_topic: Mapping[str, Mapping[str, Callable[[Any, dict[str, Any]], Awaitable[None]]]] = field(default_factory=dict)

    def joined(self, other: Listeners) -> Listeners:
        """Both lists as one: the backend's and the bot's in one process."""
        topics = {**self.by_topic}
        for topic, heard in other.by_topic.items():
            topics[topic] = {**topics.get(topic, {}), **heard}
        return Listeners(topics)


async def write_jobs(session: AsyncSession, jobs: list[Job]) -> None:
    """Insert jobs in the session's open transaction; NoTransaction when there is none."""
    connection = await session.connection()
    raw = (await connection.get_raw_connection()).driver_connection
    if raw is not None and raw.is_closed():
        raise DatabaseAway("cut")
    if raw is None or not raw.is_in_transaction():
        raise NoTransaction("enqueue needs a unit of work whose first statement has run")
    with outages_told():
        await Queries(AsyncpgDriver(raw)).enqueue(
            [job.name for job in jobs],
            [json.dumps(job.payload, separators=(",", ":"), default=str).encode() for job in jobs],
            [job.priority for job in jobs],
            [job.after or timedelta(0) for job in jobs],
            [job.key for job in jobs],
            on_conflict="skip",
        )


def payload_of(job: QueuedJob) -> dict[str, Any]:
    """The payload that `write_jobs` put in."""
    payload = json.loads(job.payload or b"{}")
    if not isinstance(payload, dict):
        raise TypeError("a job's payload is an object")
    return payload


def make_executor(parameters: EntrypointExecutorParameters) -> DatabaseRetryEntrypointExecutor:
    """Retries with growing pauses; what still fails after ATTEMPTS_MAX is held in the queue as failed, never dropped."""
    return DatabaseRetryEntrypointExecutor(parameters, max_attempts=ATTEMPTS_MAX)


def make_entrypoint(name: str, handler: JobHandler, tools: Any) -> Callable[[QueuedJob], Awaitable[None]]:
    """What PgQueuer calls for one job name: unpacks, runs, and logs a failure by ids only."""

    async def run(job: QueuedJob) -> None:
        try:
            await handler(tools, payload_of(job))
        except (Unavailable, DatabaseAway) as fault:
            held = job.attempts >= ATTEMPTS_MAX
            tell, event = (log.error, "job held") if held else (log.warning, "job waits")
            tell(event, job=name, job_id=job.id, attempt=job.attempts, code=getattr(fault, "code", "database_away"))
            raise
        except Exception as error:
            log.error("job failed", job=name, job_id=job.id, attempt=job.attempts, error=type(error).__name__, exc_info=True)
            raise

    return run
