"""Every room's tables in one place: what migrations are compared with. Nothing else may import rooms' models."""

from __future__ import annotations

import importlib
from pathlib import Path

import backend
from backend.kit import announcements  # noqa: F401

ROOMS = Path(backend.__file__).parent
FOUND = sorted(
    f"backend.{storey.name}.{room.name}.models"
    for storey in (ROOMS / s for s in ("foundation", "office", "money", "water", "insight"))
    if storey.is_dir()
    for room in storey.iterdir()
    if (room / "models.py").exists() or (room / "models").is_dir()
)
DDL_STATEMENTS: list[str] = []
for name in FOUND:
    module = importlib.import_module(name)
    DDL_STATEMENTS += getattr(module, "DDL_STATEMENTS", ())

__all__ = ["DDL_STATEMENTS", "FOUND"]
