"""What recurs for codes."""

from __future__ import annotations

from typing import Any

from backend.kit.unit_of_work import SYSTEM
from backend.office.otp.service import forget_old_codes


async def forget(house: Any, _: dict[str, Any]) -> None:
    """Erase expired codes and delete yesterday's; every few minutes."""
    async with house.open(SYSTEM) as uow:
        await forget_old_codes(uow)
