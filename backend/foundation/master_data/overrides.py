"""Masters changed here: dated rows over the published files. The newest that has begun wins; a village's own wins over the state's.

A unit asks the database once per village, however many connections it bills.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.foundation.master_data.errors import MasterInvalid, TenantUnknown
from backend.foundation.master_data.events import MasterChanged
from backend.foundation.master_data.masters import STATE, Penalty, Slab, penalty_of, penalty_rule, slab_of, tariff_plan, village
from backend.foundation.master_data.models import OverrideRow
from backend.kit.unit_of_work import UnitOfWork

CACHE = "master_overrides"


@dataclass(frozen=True)
class _Override:
    tenant_id: str
    kind: str
    valid_from: date
    value: Any


def _tariff(value: Any) -> tuple[Slab, ...]:
    slabs = tuple(slab_of(row) for row in value)
    kinds = [(s.building, s.metered) for s in slabs]
    steps_rise = all(step.start < step.end and step.rate >= 0 for s in slabs for step in s.steps)
    steps_join = all(a.end == b.start for s in slabs for a, b in zip(s.steps, s.steps[1:], strict=False))
    if not slabs or len(set(kinds)) != len(kinds) or not steps_rise or not steps_join or any(s.minimum.paise < 0 for s in slabs):
        raise ValueError("slabs must be of different kinds, rise and join")
    return slabs


def _penalty(value: Any) -> Penalty:
    found = penalty_of(value)
    if found.kind not in ("FIXED", "FLAT") or found.rate < 0 or found.amount.paise < 0 or found.after_days < 0:
        raise ValueError("a penalty is FIXED or FLAT and never negative")
    return found


KINDS: dict[str, Callable[[Any], Any]] = {"tariff": _tariff, "penalty": _penalty}


async def override_master(uow: UnitOfWork, tenant_id: str, kind: str, valid_from: date, value: Any) -> None:
    """Set a village's, or the state's ("pb"), `tariff` (list of slabs) or `penalty` (object) from a day on. TenantUnknown, MasterInvalid."""
    if village(tenant_id) is None:
        raise TenantUnknown(tenant_id=tenant_id)
    try:
        KINDS[kind](value)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise MasterInvalid(kind=kind) from error
    statement = insert(OverrideRow).values(tenant_id=tenant_id, kind=kind, valid_from=valid_from, value=value, set_at=uow.now)
    await uow.session.execute(statement.on_conflict_do_update(constraint="pk_master_override", set_={"value": value}))  # one instant, one word
    uow.session.info.pop(CACHE, None)
    uow.announce(MasterChanged(tenant_id=tenant_id, kind=kind, valid_from=valid_from))


async def _overrides(uow: UnitOfWork, tenant_id: str) -> list[_Override]:
    """A village's rows and the state's, best first: own before state, newest first."""
    cache: dict[str, list[_Override]] = uow.session.info.setdefault(CACHE, {})
    if tenant_id not in cache:
        rows = await uow.session.execute(
            select(OverrideRow.tenant_id, OverrideRow.kind, OverrideRow.valid_from, OverrideRow.value)
            .where(OverrideRow.tenant_id.in_((tenant_id, STATE)))
            .order_by(OverrideRow.tenant_id.desc(), OverrideRow.valid_from.desc(), OverrideRow.set_at.desc())
        )
        cache[tenant_id] = [_Override(*row) for row in rows]
    return cache[tenant_id]


async def _in_force(uow: UnitOfWork, tenant_id: str, kind: str, on: date, level: str) -> Any:
    begun = (o for o in await _overrides(uow, tenant_id) if o.kind == kind and o.valid_from <= on and o.tenant_id == level)
    found = next(begun, None)
    return KINDS[kind](found.value) if found else None


async def tariff_in_force(uow: UnitOfWork, tenant_id: str, on: date) -> tuple[Slab, ...]:
    """The slabs of a village on a day: its own change, else its published plan, else the state's change; empty when there is none."""
    own = await _in_force(uow, tenant_id, "tariff", on, tenant_id)
    return own or tariff_plan(tenant_id) or await _in_force(uow, tenant_id, "tariff", on, STATE) or ()


async def penalty_in_force(uow: UnitOfWork, tenant_id: str, on: date) -> Penalty | None:
    """The penalty of a village on a day: the newest of its own, changed or published; else of the state's. None when none has begun."""
    for level in (tenant_id, STATE):
        changed: Penalty | None = await _in_force(uow, tenant_id, "penalty", on, level)
        published = penalty_rule(tenant_id, on, own=level == tenant_id)
        found = [p for p in (changed, published) if p is not None]
        if found:
            return max(found, key=lambda p: p.valid_from)  # of two of the same day the changed one: max takes the first it meets
    return None
