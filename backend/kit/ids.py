"""Ids made by us before anything happens: UUID version 7, so that they sort by time."""

from __future__ import annotations

import secrets
from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A new time-ordered id."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def new_token(bits: int = 128) -> str:
    """An unguessable URL-safe token of at least `bits` random bits (ASVS 11.5.1 asks for 128)."""
    return secrets.token_urlsafe((bits + 7) // 8)
