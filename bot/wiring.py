"""Who hears what, for the bot: announcements that people are told of, and the sweep that takes up what a dead process left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.kit.house import House, Wiring
from backend.kit.jobs import Listeners, Schedule
from backend.kit.unit_of_work import UnitOfWork
from bot.desk import Desk
from bot.notices import Notices

SWEEP_JOB = "chat.sweep"
NOTIFY_JOB = "chat.notify"


def bot_wiring(desk: Callable[[], Desk], notices: Callable[[], Notices]) -> Wiring:
    """The bot's jobs, listeners and schedules. The desk is asked for late: it is built on the house that this wiring completes."""

    async def sweep(_: House, __: dict[str, Any]) -> None:
        await desk().sweep()

    async def payment_received(uow: UnitOfWork, facts: dict[str, Any]) -> None:
        uow.enqueue(NOTIFY_JOB, {"kind": "payment", "tenant_id": facts["tenant_id"], "subject_id": facts["payment_id"]})

    async def payment_parked(uow: UnitOfWork, facts: dict[str, Any]) -> None:
        uow.enqueue(NOTIFY_JOB, {"kind": "payment", "tenant_id": facts["tenant_id"], "subject_id": facts["parked_id"]})

    async def otp_requested(uow: UnitOfWork, facts: dict[str, Any]) -> None:
        uow.enqueue(NOTIFY_JOB, {"kind": "otp", "tenant_id": facts["tenant_id"], "subject_id": facts["request_id"]}, priority=20)

    async def notify(_: House, payload: dict[str, Any]) -> None:
        await notices().notify(payload)

    return Wiring(
        jobs={SWEEP_JOB: sweep, NOTIFY_JOB: notify},
        listeners=Listeners(
            {
                "collection.payment_received": {"bot.payment_received": payment_received},
                "collection.payment_parked": {"bot.payment_parked": payment_parked},
                "otp.requested": {"bot.otp_requested": otp_requested},
            }
        ),
        schedules=(Schedule(SWEEP_JOB, "* * * * * */5"),),
    )
