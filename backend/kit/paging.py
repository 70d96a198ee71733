"""Cursor paging: a page's cursor is the last row's sort key, opaque and signed by nothing because it gives nothing away."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from backend.kit.errors import Invalid

Row = TypeVar("Row")

LIMIT_DEFAULT = 50
LIMIT_MAX = 500  # mGramSeva's own page limit for connections


class BadCursor(Invalid):
    code, title = "paging.bad_cursor", "The cursor is not one of ours"


class Page(BaseModel, Generic[Row]):
    """Rows and the cursor of the next page, None at the end."""

    items: list[Row]
    next_cursor: str | None = Field(default=None, description="Give it back as `cursor` for the next page")


def encode_cursor(*key: str) -> str:
    """The opaque form of a sort key."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> tuple[str, ...]:
    """The sort key of a cursor; BadCursor when it is not one of ours with that many parts."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise BadCursor from error
    if not isinstance(key, list) or len(key) != parts or not all(isinstance(p, str) and p.isprintable() for p in key):
        raise BadCursor
    return tuple(key)


def decode_id(cursor: str) -> UUID:
    """The id of a cursor of pages by id; BadCursor."""
    try:
        return UUID(decode_cursor(cursor, 1)[0])
    except ValueError as error:
        raise BadCursor from error
