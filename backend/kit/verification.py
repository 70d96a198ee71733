"""Invariants as pairs of SQL: how many rows were checked, and which violate."""

from __future__ import annotations

from sqlalchemy import text

from backend.kit.unit_of_work import UnitOfWork

Found = dict[str, tuple[int, list[str]]]


async def run_checks(uow: UnitOfWork, checks: dict[str, tuple[str, str]]) -> Found:
    """Name of each check → (rows checked, violations)."""
    found: Found = {}
    for name, (count, violations) in checks.items():
        checked = int((await uow.session.execute(text(count))).scalar_one())
        found[name] = (checked, [str(v) for v in (await uow.session.execute(text(violations))).scalars()])
    return found
