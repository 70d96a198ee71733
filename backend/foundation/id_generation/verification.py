"""What must hold of counters. That a series has no gap is checked where its numbers are kept: receipts, work items."""

from __future__ import annotations

from backend.kit.unit_of_work import UnitOfWork
from backend.kit.verification import Found, run_checks

CHECKS = {
    "a counter has given at least one number": (
        "SELECT count(*) FROM id_counter",
        "SELECT tenant_id || ' ' || series FROM id_counter WHERE last < 1",
    ),
}


async def violations(uow: UnitOfWork) -> Found:
    """What `verify` asks of this room."""
    return await run_checks(uow, CHECKS)
