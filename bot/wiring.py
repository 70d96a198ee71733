"""Who hears what, for the bot: announcements that people are told of, and the sweep that takes up what a dead process left behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.kit.house import House, Wiring
from backend.kit.jobs import Listeners, Schedule
from bot.desk import Desk
from bot.notices import Notices

SWEEP_JOB = "chat.sweep"
DELIVER_JOB = "chat.deliver"


def bot_wiring(desk: Callable[[], Desk], notices: Callable[[], Notices]) -> Wiring:
    """The bot's jobs, listeners and schedules. The desk is asked for late: it is built on the house that this wiring completes."""

    async def sweep(_: House, __: dict[str, Any]) -> None:
        await desk().sweep()

    async def payment_received(uow: Any, facts: dict[str, Any]) -> None:
        await notices().payment_received(uow, facts)

    async def payment_parked(uow: Any, facts: dict[str, Any]) -> None:
        await notices().payment_parked(uow, facts)

    async def otp_requested(uow: Any, facts: dict[str, Any]) -> None:
        await notices().otp_requested(uow, facts)

    return Wiring(
        jobs={SWEEP_JOB: sweep, DELIVER_JOB: sweep},
        listeners=Listeners(
            {
                "collection.payment_received": {"bot.payment_received": payment_received},
                "collection.payment_parked": {"bot.payment_parked": payment_parked},
                "otp.requested": {"bot.otp_requested": otp_requested},
            }
        ),
        schedules=(Schedule(SWEEP_JOB, "* * * * * */5"),),
    )
