"""The backend's larger commands: database, user, seed, billing."""

from __future__ import annotations

import typer

from backend.commands.billing import billing
from backend.commands.database import db
from backend.commands.seeding import seed
from backend.commands.users import users


def add(app: typer.Typer) -> None:
    """Mount them."""
    app.add_typer(db, name="db")
    app.add_typer(users, name="user")
    app.command("seed")(seed)
    app.add_typer(billing, name="billing")
