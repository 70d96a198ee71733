"""What must hold of work items: their numbers have no gap (the rule of receipts, I-07, for items)."""

from __future__ import annotations

from backend.kit.unit_of_work import UnitOfWork
from backend.kit.verification import Found, run_checks

CHECKS = {
    "work item numbers have no gap": (
        "SELECT count(*) FROM work_item",
        """SELECT series FROM (SELECT tenant_id || ' ' || regexp_replace(number, '[0-9]+$', '') AS series, count(*) AS given,
             max((regexp_match(number, '([0-9]+)$'))[1]::bigint) AS last FROM work_item GROUP BY 1) s WHERE given <> last""",
    ),
}


async def violations(uow: UnitOfWork) -> Found:
    """What `verify` asks of this room."""
    return await run_checks(uow, CHECKS)
