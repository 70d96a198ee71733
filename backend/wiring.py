"""Who hears what, which job is run by whom, what recurs, and who answers what a lower storey asks: the backend's one page."""

from __future__ import annotations

from typing import Any

from backend.kit.announcements import hear, seal_announcements
from backend.kit.house import House, Wiring
from backend.kit.jobs import LISTENER_JOB, Listeners, Schedule
from backend.kit.unit_of_work import SYSTEM
from backend.money.collection import CONSUMER_PORT, RequireConsumer
from backend.money.collection import handlers as collection
from backend.water import connection
from backend.water.billing_run import handlers as billing_run

SEAL_JOB = "announcement.seal"
SWEEP_PAYMENTS_JOB = "collection.sweep"
SWEEP_LINKS_JOB = "collection.sweep_links"


async def _hear(house: House, payload: dict[str, Any]) -> None:
    async with house.open(SYSTEM) as uow:
        await hear(uow, payload)


async def _seal(house: House, _: dict[str, Any]) -> None:
    async with house.open(SYSTEM) as uow:
        await seal_announcements(uow)


def backend_wiring() -> Wiring:
    """The backend's jobs, listeners, schedules and ports."""
    consumer: RequireConsumer = connection.require_connection
    return Wiring(
        jobs={
            LISTENER_JOB: _hear,
            SEAL_JOB: _seal,
            "collection.confirm_reference": collection.confirm_reference,
            "collection.confirm_attempt": collection.confirm_attempt,
            SWEEP_PAYMENTS_JOB: collection.sweep,
            SWEEP_LINKS_JOB: collection.sweep_links,
            "billing_run.chunk": billing_run.bill,
        },
        listeners=Listeners({}),
        schedules=(Schedule(SEAL_JOB, "* * * * * */5"), Schedule(SWEEP_PAYMENTS_JOB, "* * * * * */10"), Schedule(SWEEP_LINKS_JOB, "* * * * * */10")),
        ports={CONSUMER_PORT: consumer},
    )
