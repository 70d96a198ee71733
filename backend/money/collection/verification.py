"""The invariants of payments (reliability.md I-02, I-06, I-07), on the live data."""

from __future__ import annotations

from backend.kit.unit_of_work import UnitOfWork
from backend.kit.verification import Found, run_checks

CHECKS = {
    "I-02 a payment = its allocations + its advance": (
        "SELECT count(*) FROM payment",
        """SELECT p.tenant_id || ' payment ' || p.id FROM payment p
           LEFT JOIN (SELECT tenant_id, payment_id, sum(amount) AS given FROM allocation GROUP BY 1, 2) a ON a.tenant_id = p.tenant_id AND a.payment_id = p.id
           LEFT JOIN (SELECT tenant_id, cause_id, sum(amount) AS ahead FROM advance_entry WHERE cause = 'payment' GROUP BY 1, 2) e ON e.tenant_id = p.tenant_id AND e.cause_id = p.id
           WHERE p.amount <> coalesce(a.given, 0) + coalesce(e.ahead, 0)""",
    ),
    "I-06 one payment per provider's payment, booked or parked": (
        "SELECT count(*) FROM payment WHERE provider IS NOT NULL",
        """SELECT provider || ' ' || provider_payment_id FROM (SELECT provider, provider_payment_id FROM payment WHERE provider IS NOT NULL
           UNION ALL SELECT provider, provider_payment_id FROM parked_money) x GROUP BY provider, provider_payment_id HAVING count(*) > 1""",
    ),
    "I-07 receipt numbers have no gap": (
        "SELECT count(*) FROM payment",
        """SELECT series FROM (SELECT tenant_id || ' ' || regexp_replace(receipt_no, '[0-9]+$', '') AS series, count(*) AS given,
             max((regexp_match(receipt_no, '([0-9]+)$'))[1]::bigint) AS last FROM payment GROUP BY 1) s WHERE given <> last""",
    ),
    "I-08 a paid attempt has its payment, a parked one its money": (
        "SELECT count(*) FROM pay_attempt WHERE state IN ('paid', 'parked')",
        """SELECT a.tenant_id || ' attempt ' || a.id FROM pay_attempt a WHERE
           (a.state = 'paid' AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.tenant_id = a.tenant_id AND p.attempt_id = a.id))
           OR (a.state = 'parked' AND NOT EXISTS (SELECT 1 FROM parked_money p WHERE p.tenant_id = a.tenant_id AND p.attempt_id = a.id))""",
    ),
}


async def violations(uow: UnitOfWork) -> Found:
    """What `verify` asks of this room."""
    return await run_checks(uow, CHECKS)
