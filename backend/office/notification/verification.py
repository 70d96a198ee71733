"""What must hold of messages: each was announced exactly once, or is held and was not."""

from __future__ import annotations

from backend.kit.unit_of_work import UnitOfWork
from backend.kit.verification import Found, run_checks

CHECKS = {
    "a message was announced once, a held one never": (
        "SELECT count(*) FROM message_request",
        """SELECT m.tenant_id || ' message ' || m.id FROM message_request m
           LEFT JOIN (SELECT tenant_id, facts ->> 'message_id' AS message_id, count(*) AS times FROM announcement
                      WHERE topic = 'notification.message_requested' GROUP BY 1, 2) a ON a.tenant_id = m.tenant_id AND a.message_id = m.id::text
           WHERE coalesce(a.times, 0) <> CASE WHEN m.held IS NULL THEN 1 ELSE 0 END""",
    ),
}


async def violations(uow: UnitOfWork) -> Found:
    """What `verify` asks of this room."""
    return await run_checks(uow, CHECKS)
