"""Finding a household as a collector names it: by the end of its number, or by a name however spelt, in any script."""

from __future__ import annotations

from collections.abc import Sequence

import regex
from anyascii import anyascii
from rapidfuzz import fuzz
from sqlalchemy import or_, select

from backend.kit.unit_of_work import UnitOfWork
from backend.water.connection.models import ConnectionRow
from backend.water.connection.service import _COLUMNS, Connection, normal_number, open_rows

SCORE_MIN = 72  # "Ramesh" and "ਰਮੇਸ਼" score 92, "Suresh" and "Ramesh" 67
VILLAGES_MAX = 5
_NUMBER = regex.compile(r"[A-Z0-9/_-]*\d[A-Z0-9/_-]*")
_SOUNDS = (("ee", "i"), ("oo", "u"), ("aa", "a"), ("sh", "s"), ("ph", "f"), ("w", "v"), ("z", "j"), ("kh", "k"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("bh", "b"), ("ck", "k"))


def folded(name: str) -> str:
    """A name as it sounds, in Latin letters: "ਰਮੇਸ਼", "Ramesh" and "Rameesh" come out alike."""
    latin = regex.sub(r"[^a-z ]", "", anyascii(name).casefold())
    for long, short in _SOUNDS:
        latin = latin.replace(long, short)
    latin = regex.sub(r"(.)\1+", r"\1", latin)
    return " ".join(regex.sub(r"(?<=[^aeiou ])a(?=[^aeiou ]|$)", "", word) or word for word in latin.split())


def score(query: str, name: str) -> float:
    """How alike two names sound, 0 to 100; a first name finds the whole."""
    wanted, have = folded(query), folded(name)
    if not wanted or not have:
        return 0.0
    words = [max(fuzz.ratio(w, h) for h in have.split()) for w in wanted.split()]
    return max(fuzz.ratio(wanted, have), sum(words) / len(words) - 1)


async def search(uow: UnitOfWork, tenant_ids: Sequence[str], query: str, limit: int) -> list[Connection]:
    """Best matches first. A number matches by its end ("0045", "45"), else names are compared."""
    wanted = normal_number(query)
    if _NUMBER.fullmatch(wanted):
        return await _by_number(uow, tenant_ids, wanted, limit)
    rows = (await uow.session.execute(select(*_COLUMNS).where(ConnectionRow.tenant_id.in_(list(tenant_ids)[:VILLAGES_MAX]), ConnectionRow.active))).all()
    scored = sorted(((score(query, c.holder_name), c) for c in await open_rows(uow, rows)), key=lambda x: (-x[0], x[1].connection_no))
    good = [(s, c) for s, c in scored if s >= SCORE_MIN]
    best = good[0][0] if good else 0
    return [c for s, c in good if s >= best - 12][:limit]


async def _by_number(uow: UnitOfWork, tenant_ids: Sequence[str], wanted: str, limit: int) -> list[Connection]:
    tail = wanted.rsplit("/", 1)[-1].lstrip("0") or "0"
    match = or_(
        ConnectionRow.normal_no == wanted,
        ConnectionRow.normal_old_no == wanted,
        ConnectionRow.normal_no.regexp_match(f"/0*{regex.escape(tail)}$") if "/" not in wanted else ConnectionRow.normal_no == wanted,
    )
    query = select(*_COLUMNS).where(ConnectionRow.tenant_id.in_(tenant_ids), ConnectionRow.active, match).order_by(ConnectionRow.tenant_id, ConnectionRow.connection_no)
    return await open_rows(uow, (await uow.session.execute(query.limit(limit))).all())
