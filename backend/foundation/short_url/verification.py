"""What must hold of short links: they lead to our own pages only (an open redirect is how the original's shortener could be abused)."""

from __future__ import annotations

from backend.kit.unit_of_work import UnitOfWork
from backend.kit.verification import Found, run_checks

CHECKS = {
    "a short link leads to a page of our own": (
        "SELECT count(*) FROM short_link",
        r"SELECT left(md5(code), 12) FROM short_link WHERE path NOT LIKE '/%' OR path LIKE '//%' OR path ~ '[\s\\]'",
    ),
}


async def violations(uow: UnitOfWork) -> Found:
    """What `verify` asks of this room. A violating link is named by a hash of its code, because the code opens it."""
    return await run_checks(uow, CHECKS)
