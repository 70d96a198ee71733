"""What must hold of codes (reliability.md I-21)."""

from __future__ import annotations

from backend.kit.unit_of_work import UnitOfWork
from backend.kit.verification import Found, run_checks

CHECKS = {
    "I-21 at most one code is good for a subject and purpose": (
        "SELECT count(*) FROM otp_request",
        "SELECT min(id::text) FROM otp_request WHERE ended IS NULL GROUP BY subject_index, purpose HAVING count(*) > 1",
    ),
    "I-21 a code was tried five times at most, and is erased once it ended": (
        "SELECT count(*) FROM otp_request",
        "SELECT id::text FROM otp_request WHERE tries > 5 OR (ended IS NOT NULL AND code_sealed IS NOT NULL) OR (tries >= 5 AND ended IS NULL)",
    ),
}


async def violations(uow: UnitOfWork) -> Found:
    """What `verify` asks of this room."""
    return await run_checks(uow, CHECKS)
