"""The invariants of demands and bills (reliability.md I-02 to I-05, I-17), on the live data."""

from __future__ import annotations

from backend.kit.unit_of_work import UnitOfWork
from backend.kit.verification import Found, run_checks

CHECKS = {
    "I-02 paid on a line = its allocations + used advance": (
        "SELECT count(*) FROM demand_line",
        """SELECT l.tenant_id || ' line ' || l.id FROM demand_line l LEFT JOIN (SELECT tenant_id, line_id, sum(amount) AS given FROM allocation GROUP BY 1, 2) a
           ON a.tenant_id = l.tenant_id AND a.line_id = l.id WHERE l.paid <> coalesce(a.given, 0) + l.advance_paid""",
    ),
    "I-02 an advance = its entries": (
        "SELECT count(*) FROM advance",
        """SELECT a.tenant_id || ' ' || a.consumer_id FROM advance a LEFT JOIN (SELECT tenant_id, consumer_id, sum(amount) AS moved FROM advance_entry GROUP BY 1, 2) e
           USING (tenant_id, consumer_id) WHERE a.balance <> coalesce(e.moved, 0)""",
    ),
    "I-02 used advances = their entries": (
        "SELECT count(*) FROM advance_entry WHERE cause = 'used'",
        """SELECT tenant_id || ' ' || consumer_id FROM (SELECT tenant_id, consumer_id, sum(advance_paid) AS used FROM demand_line GROUP BY 1, 2) l
           LEFT JOIN (SELECT tenant_id, consumer_id, -sum(amount) AS used FROM advance_entry WHERE cause = 'used' GROUP BY 1, 2) e USING (tenant_id, consumer_id)
           WHERE l.used <> coalesce(e.used, 0)""",
    ),
    "I-03 lines are never negative nor overpaid": ("SELECT count(*) FROM demand_line", "SELECT tenant_id || ' line ' || id FROM demand_line WHERE paid < 0 OR paid > amount"),
    "I-04 a bill's total = its lines": (
        "SELECT count(*) FROM bill",
        """SELECT tenant_id || ' bill ' || id FROM bill WHERE total <>
           (SELECT sum((x ->> 'amount')::bigint - (x ->> 'advance')::bigint) FROM jsonb_array_elements(lines) AS x)""",
    ),
    "I-05 one demand per connection, period and kind": (
        "SELECT count(*) FROM demand",
        "SELECT tenant_id || ' ' || consumer_id FROM demand WHERE status = 'ACTIVE' GROUP BY tenant_id, consumer_id, period_from, kind HAVING count(*) > 1",
    ),
    "I-17 no advance beside dues": (
        "SELECT count(*) FROM advance",
        """SELECT a.tenant_id || ' ' || a.consumer_id FROM advance a WHERE a.balance > 0
           AND EXISTS (SELECT 1 FROM demand_line l WHERE l.tenant_id = a.tenant_id AND l.consumer_id = a.consumer_id AND l.paid < l.amount)""",
    ),
}


async def violations(uow: UnitOfWork) -> Found:
    """What `verify` asks of this room."""
    return await run_checks(uow, CHECKS)
