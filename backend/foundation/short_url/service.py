"""Making and following short links."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from backend.foundation.short_url.models import ShortLinkRow
from backend.kit.unit_of_work import UnitOfWork

CODE_BYTES = 9  # 72 bits, 12 characters: with limits on misses, beyond guessing (reliability a-33)


@dataclass(frozen=True)
class Target:
    """Where a code leads. `ended`: its time is over."""

    path: str
    ended: bool


async def shorten(uow: UnitOfWork, path: str, ends_at: datetime | None = None) -> str:
    """A new code for one of our own paths; ValueError for anything that a browser could read as another site."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or any(c.isspace() for c in path):
        raise ValueError("only our own paths are shortened")
    code = secrets.token_urlsafe(CODE_BYTES)
    await uow.session.execute(insert(ShortLinkRow).values(code=code, path=path, ends_at=ends_at, created_at=uow.now))
    return code


async def resolve(uow: UnitOfWork, code: str) -> Target | None:
    """Where a code leads, or None for one that is none."""
    row = (await uow.session.execute(select(ShortLinkRow.path, ShortLinkRow.ends_at).where(ShortLinkRow.code == code))).first()
    return Target(row.path, row.ends_at is not None and row.ends_at <= uow.now) if row else None


def url_of(uow: UnitOfWork, code: str) -> str:
    """The whole short address of a code."""
    return f"{uow.tools.settings.short_origin}/s/{code}"
