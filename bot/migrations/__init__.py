"""The bot's tables: a branch of migrations of its own, run together with the backend's."""

from __future__ import annotations

from pathlib import Path

VERSIONS = Path(__file__).parent / "versions"
