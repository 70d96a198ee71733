"""Jobs of collection: what a webhook asks for, and the sweeps over attempts and shown links whose time has come."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog

from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM
from backend.money import payment_gateway
from backend.money.collection.confirming import confirm

log = structlog.get_logger(__name__)


async def confirm_reference(house: House, payload: dict[str, Any]) -> None:
    """A provider spoke of a reference: look at it. One that is not ours is logged and left."""
    async with house.open(SYSTEM) as uow:
        attempt = await payment_gateway.attempt_for_reference(uow, payload["reference"])
    if attempt is None:
        log.warning("event of an unknown reference")
        return
    outcome = await confirm(house, attempt.id)
    log.info("attempt looked at", attempt_id=str(attempt.id), state=outcome.state)


async def confirm_attempt(house: House, payload: dict[str, Any]) -> None:
    """Look at one attempt."""
    await confirm(house, UUID(payload["attempt_id"]))


async def sweep(house: House, _: dict[str, Any]) -> None:
    """Ask about every attempt whose time has come: a lost webhook costs at most the pause."""
    async with house.open(SYSTEM) as uow:
        due = await payment_gateway.due_attempts(uow)
    for attempt_id in due:
        await confirm(house, attempt_id)


async def sweep_links(house: House, _: dict[str, Any]) -> None:
    """Ask about every link whose time has come: a payment by a QR whose webhook is lost has no attempt to ask about."""
    await payment_gateway.ask_about_shown_links(house)
