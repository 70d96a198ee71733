"""Fixtures every test may use. `house` undoes all its units at the end; `live_house` has a database of its own and really keeps them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from backend.kit.database import make_engine
from backend.kit.house import House, build_house
from backend.kit.settings import HouseSettings
from backend.kit.unit_of_work import SYSTEM, UnitOfWork, Units
from backend.wiring import backend_wiring
from tests.support.databases import TEMPLATE, TestServer, running_server

for name in [n for n in os.environ if n.startswith("MGRAMSEVA_") and not n.startswith("MGRAMSEVA_TEST_")]:
    del os.environ[name]  # a developer's own settings must not change what the tests see

NOON = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)  # noon in India


@pytest.fixture(scope="session")
def server() -> Iterator[TestServer]:
    """One embedded PostgreSQL for the run."""
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
async def template(server: TestServer) -> str:
    """A migrated, empty database."""
    await server.make_template()
    return TEMPLATE


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> HouseSettings:
    """Settings of the tests' houses."""
    return HouseSettings(data_dir=tmp_path_factory.mktemp("data"), upi_vpa="village@upi", public_url="http://127.0.0.1:8000")


@pytest.fixture(scope="session")
async def shared_engine(server: TestServer, template: str) -> AsyncIterator[AsyncEngine]:
    """Connections to one shared database whose changes are always undone."""
    name = await server.copy()
    engine = make_engine(server.app_url(name), pool=5)
    yield engine
    await engine.dispose()


@pytest.fixture
async def house(shared_engine: AsyncEngine, settings: HouseSettings) -> AsyncIterator[House]:
    """A house whose units all happen inside one transaction that is undone at the end."""
    built = build_house(settings, backend_wiring(), url=str(shared_engine.url.render_as_string(hide_password=False)), clock=lambda: NOON)
    await built.engine.dispose()
    async with shared_engine.connect() as connection:
        transaction = await connection.begin()
        sessions = async_sessionmaker(bind=connection, expire_on_commit=False, autoflush=False, join_transaction_mode="create_savepoint")
        built.units = Units(sessions, lambda: built.clock(), built.wiring.listeners, built)
        yield built
        await transaction.rollback()


@pytest.fixture
async def uow(house: House) -> AsyncIterator[UnitOfWork]:
    """An open unit of work of the system, undone with the test."""
    async with house.open(SYSTEM) as unit:
        yield unit


@pytest.fixture
async def live_house(server: TestServer, template: str, settings: HouseSettings, tmp_path: Path) -> AsyncIterator[House]:
    """A house on a database of its own, for tests of concurrency and of what is really kept."""
    name = await server.copy()
    built = build_house(settings, backend_wiring(), url=server.app_url(name), clock=lambda: NOON)
    yield built
    await built.close()
    await server.drop(name)
