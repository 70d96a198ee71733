"""Migrations: Alembic, only forward, expand then contract, run as the owner's role and never by the app's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from backend.kit.database import make_engine

FOLDER = Path(__file__).parent


def alembic_config(others: Sequence[Path] = ()) -> Config:
    """Alembic's settings without an ini file. `others` are folders of migrations of parts above the backend (the bot's tables)."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(str(f).replace("%", "%%") for f in (FOLDER / "versions", *others)))
    return config


async def upgrade(owner_url: str, others: Sequence[Path] = ()) -> None:
    """Bring the database to the newest schema; several processes may call it at once, one does it."""
    engine = make_engine(owner_url, pool=2)

    def run(connection: Connection) -> None:
        config = alembic_config(others)
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")

    try:
        async with engine.connect() as connection:
            await connection.run_sync(run)
    finally:
        await engine.dispose()
