"""The backend's larger commands: seed, billing, import."""

from __future__ import annotations

import typer

from backend.commands.billing import billing
from backend.commands.seeding import seed


def add(app: typer.Typer) -> None:
    """Mount them."""
    app.command("seed")(seed)
    app.add_typer(billing, name="billing")
