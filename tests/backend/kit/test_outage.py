"""A database that is away is one error wherever it shows; who may do his work twice waits for its return."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.kit.beside import open_beside
from backend.kit.database import make_engine
from backend.kit.house import House
from backend.kit.outage import DatabaseAway, outlast
from backend.kit.unit_of_work import SYSTEM
from tests.support.databases import TestServer

CUT_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{0}' AND pid <> pg_backend_pid()"


async def cut_all(server: TestServer, house: House) -> None:
    """End every connection to the house's database, as the end of the server does."""
    await server.run_in("postgres", CUT_ALL.format(house.engine.url.database))


async def one(house: House) -> int:
    async with house.open(SYSTEM) as uow:
        return int((await uow.session.execute(text("SELECT 1"))).scalar_one())


async def test_a_connection_cut_while_it_was_idle_says_so_once_and_is_replaced(live_house: House, server: TestServer) -> None:
    await asyncio.gather(*(one(live_house) for _ in range(4)))
    for wait_s in (0.0, 0.2):  # at once, and when the driver has noticed
        await cut_all(server, live_house)
        await asyncio.sleep(wait_s)
        with pytest.raises(DatabaseAway):
            await one(live_house)
        assert await asyncio.gather(*(one(live_house) for _ in range(4))) == [1] * 4, "the whole pool was forgotten"


async def test_a_cut_under_a_statement_before_a_job_and_at_the_end_says_so(live_house: House, server: TestServer) -> None:
    async def slow() -> None:
        async with live_house.open(SYSTEM) as uow:
            await uow.session.execute(text("SELECT pg_sleep(5)"))

    under = asyncio.create_task(slow())
    await asyncio.sleep(0.3)
    await cut_all(server, live_house)
    with pytest.raises(DatabaseAway):
        await under
    for act in ("enqueue", "leave"):
        with pytest.raises(DatabaseAway):
            async with live_house.open(SYSTEM) as uow:
                await cut_all(server, live_house)
                if act == "enqueue":
                    uow.enqueue("collection.sweep", {})
    async with live_house.open(SYSTEM) as uow:
        assert (await uow.session.execute(text("SELECT count(*) FROM pgqueuer"))).scalar_one() == 0


async def test_no_server_at_all_says_so_in_both_kinds_of_units(live_house: House, tmp_path: Path) -> None:
    engine = make_engine(f"postgresql+asyncpg://nobody:x@/none?host={tmp_path}&port=5432")
    with pytest.raises(DatabaseAway):
        await engine.connect()
    async with live_house.open(SYSTEM) as uow:
        uow.session.bind = engine
        with pytest.raises(DatabaseAway):
            async with open_beside(uow):
                pass


async def test_what_the_database_refuses_and_what_is_cancelled_is_something_else(live_house: House) -> None:
    with pytest.raises(DBAPIError):
        async with live_house.open(SYSTEM) as uow:
            await uow.session.execute(text("SELECT 1 / 0"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), live_house.open(SYSTEM) as uow:
            await uow.session.execute(text("SELECT pg_sleep(5)"))
    assert await one(live_house) == 1


async def test_outlast_begins_again_while_the_database_is_away_and_no_longer_than_its_patience() -> None:
    tries = 0

    async def third() -> str:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise DatabaseAway
        return "done"

    async def never() -> None:
        raise DatabaseAway

    async def wrong() -> None:
        nonlocal tries
        tries += 1
        raise ValueError

    assert await outlast(third, 5) == "done"
    began = time.monotonic()
    with pytest.raises(DatabaseAway):
        await outlast(never, 0.6)
    assert 0.5 < time.monotonic() - began < 3
    with pytest.raises(ValueError):
        await outlast(wrong, 5)
    assert tries == 4
