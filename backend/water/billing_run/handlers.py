"""The job of billing runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM
from backend.water.billing_run.service import bill_chunk


async def bill(house: House, payload: dict[str, Any]) -> None:
    """Bill one chunk of one village's run."""
    async with house.open(SYSTEM) as uow:
        await bill_chunk(uow, payload["tenant_id"], UUID(payload["run_id"]), UUID(payload["first"]), UUID(payload["last"]))
