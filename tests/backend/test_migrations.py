"""The migrated database is what the code's tables say, for every room and the bot, and the app's role may not change it."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

import bot.tables  # noqa: F401  its tables count
from backend.kit.database import Base, make_engine
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM
from backend.migrations import models, upgrade
from bot.migrations import VERSIONS
from tests.support.databases import TestServer


async def test_the_database_is_what_the_tables_say(server: TestServer, template: str) -> None:
    assert models.FOUND
    name = await server.copy()
    await upgrade(server.owner_url(name), [VERSIONS])  # again: nothing to do
    engine = make_engine(server.owner_url(name), pool=2)
    async with engine.connect() as connection:
        differences = await connection.run_sync(lambda c: compare_metadata(MigrationContext.configure(c), Base.metadata))
    await engine.dispose()
    await server.drop(name)
    ours = [d for d in differences if "pgqueuer" not in str(d)]
    assert ours == []


async def test_every_village_table_is_walled_off(house: House) -> None:
    async with house.open(SYSTEM) as uow:
        walled = set((await uow.session.execute(text("SELECT tablename FROM pg_policies"))).scalars())
    assert walled == {t.name for t in Base.metadata.sorted_tables if "villageless" not in t.info}


async def test_the_apps_role_can_neither_change_the_schema_nor_see_without_a_village(live_house: House) -> None:
    with pytest.raises(ProgrammingError):
        async with live_house.open(SYSTEM) as uow:
            await uow.session.execute(text("CREATE TABLE mine (id int)"))
    async with live_house.open(SYSTEM) as uow:
        found = (await uow.session.execute(text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"))).one()
    assert tuple(found) == (False, False)
