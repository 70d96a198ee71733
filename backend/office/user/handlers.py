"""What recurs for people."""

from __future__ import annotations

from typing import Any

from backend.kit.unit_of_work import SYSTEM
from backend.office.user.accounts import forget_old_sessions


async def forget(house: Any, _: dict[str, Any]) -> None:
    """Delete sessions that are over and counts of tries that have passed; hourly."""
    async with house.open(SYSTEM) as uow:
        await forget_old_sessions(uow)
