"""Limits of codes, reliability.md S-09 to S-12, and what a code is."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from uuid import UUID

LIFE_MINUTES = 5
TRIES_MAX = 5
PER_QUARTER_HOUR, PER_DAY = 3, 10
QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)
KEPT = timedelta(hours=24)  # then the row is forgotten; the limits look back no further


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def code_hash(key: bytes, request_id: UUID, code: str) -> bytes:
    """What is stored: salted by the request, keyed by a secret the database does not hold, so that six digits can't be tried on a stolen copy."""
    return hmac.digest(key, f"{request_id}:{code}".encode(), hashlib.sha256)


def too_many(in_quarter: int, in_day: int) -> bool:
    """Whether these many earlier requests leave no room for another."""
    return in_quarter >= PER_QUARTER_HOUR or in_day >= PER_DAY
