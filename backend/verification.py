"""`verify`: every room's invariants on the live data, each with how many rows were checked and what violates it."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from backend.kit.announcements import broken_chains
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM


def rooms_with_invariants() -> list[str]:
    """The modules `backend.<storey>.<room>.verification`, found by looking."""
    found = []
    for storey in ("foundation", "office", "money", "water"):
        package = importlib.import_module(f"backend.{storey}")
        for room in pkgutil.iter_modules(package.__path__):
            inner = importlib.import_module(f"backend.{storey}.{room.name}")
            if any(m.name == "verification" for m in pkgutil.iter_modules(getattr(inner, "__path__", []))):
                found.append(f"backend.{storey}.{room.name}.verification")
    return sorted(found)


async def verify_all(house: House) -> list[dict[str, Any]]:
    """One row per invariant: `invariant`, `checked`, `violations`."""
    rows: list[dict[str, Any]] = []
    for name in rooms_with_invariants():
        async with house.open(SYSTEM) as uow:
            found = await importlib.import_module(name).violations(uow)
        rows += [{"invariant": invariant, "checked": checked, "violations": violations} for invariant, (checked, violations) in found.items()]
    async with house.open(SYSTEM) as uow:
        broken = await broken_chains(uow)
    rows.append({"invariant": "announcement chains hold", "checked": 1, "violations": broken})
    return rows


__all__ = ["rooms_with_invariants", "verify_all"]
