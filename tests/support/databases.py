"""Databases for tests: one server a test run, one migrated template, a copy of it for each test that really keeps its changes."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from backend.kit import embedded
from backend.migrations import upgrade
from bot.migrations import VERSIONS as BOT_VERSIONS

TEMPLATE = "template_house"
ADMIN_DATABASE = "mgramseva"


class TestServer:
    """An embedded server in a folder of its own. `app_url(db)` and `owner_url(db)` are SQLAlchemy URLs."""

    __test__ = False

    def __init__(self, data_dir: Path) -> None:
        self.server = embedded.start(data_dir)
        app_url, owner_url = embedded.provision(self.server)
        self._app, self._owner = make_url(app_url), make_url(owner_url)
        self.data_dir = data_dir

    def app_url(self, database: str) -> str:
        return self._app.set(database=database).render_as_string(hide_password=False)

    def owner_url(self, database: str) -> str:
        return self._owner.set(database=database).render_as_string(hide_password=False)

    async def run_in(self, database: str, sql: str) -> None:
        """Run SQL as the superuser: what no role of ours may do, such as forging a row."""
        url = make_url(self.server.url(database, self.server.superuser, self.server.superuser_password)).set(drivername="postgresql")
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    async def _run(self, sql: str) -> None:
        await self.run_in("postgres", sql)

    async def make_template(self) -> None:
        """The migrated, empty database that others are copied from."""
        await self._run(f'CREATE DATABASE "{TEMPLATE}" OWNER mgramseva_owner')
        await upgrade(self.owner_url(TEMPLATE), [BOT_VERSIONS])

    async def copy(self) -> str:
        """A new database, migrated and empty; its name."""
        name = f"t_{secrets.token_hex(6)}"
        await self._run(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" OWNER mgramseva_owner')
        return name

    async def drop(self, name: str) -> None:
        """Remove a copy, whoever is still connected."""
        await self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def running_server() -> Iterator[TestServer]:
    """A server for one test run, in a temporary folder, gone afterwards."""
    folder = Path(os.environ.get("MGRAMSEVA_TEST_DATA_DIR") or tempfile.mkdtemp(prefix="mgs-test-"))
    server = TestServer(folder)
    try:
        yield server
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
