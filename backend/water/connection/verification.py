"""What must hold of connections: whatever money has of a household, it has of a connection of that very village."""

from __future__ import annotations

from backend.kit.unit_of_work import UnitOfWork
from backend.kit.verification import Found, run_checks

_NO_CONNECTION = "NOT EXISTS (SELECT 1 FROM connection c WHERE c.tenant_id = m.tenant_id AND c.id = m.consumer_id)"

CHECKS = {
    "a payment's household is a connection of its village": (
        "SELECT (SELECT count(*) FROM payment) + (SELECT count(*) FROM parked_money)",
        f"""SELECT m.tenant_id || ' payment ' || m.id FROM payment m WHERE {_NO_CONNECTION}
           UNION ALL SELECT m.tenant_id || ' parked ' || m.id FROM parked_money m WHERE {_NO_CONNECTION}""",
    ),
    "a demand's and an advance's household is a connection of its village": (
        "SELECT (SELECT count(*) FROM demand) + (SELECT count(*) FROM advance)",
        f"""SELECT m.tenant_id || ' demand ' || m.id FROM demand m WHERE {_NO_CONNECTION}
           UNION ALL SELECT m.tenant_id || ' advance of ' || m.consumer_id FROM advance m WHERE {_NO_CONNECTION}""",
    ),
}


async def violations(uow: UnitOfWork) -> Found:
    """What `verify` asks of this room."""
    return await run_checks(uow, CHECKS)
