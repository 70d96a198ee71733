"""The worker outlives its database: what it had taken when its connection was cut is taken again at once, and the silence is said once."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from backend.kit.house import House, Wiring
from backend.kit.jobs import ATTEMPTS_MAX, Schedule, make_entrypoint
from backend.kit.outage import DatabaseAway
from backend.kit.unit_of_work import SYSTEM
from backend.worker import working
from tests.support.databases import TestServer

CUT_WORKER = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{0}' AND application_name = 'mgramseva-worker'"


async def test_a_job_whose_worker_lost_its_connection_is_taken_again_at_once(live_house: House, server: TestServer) -> None:
    runs: list[str] = []
    again = asyncio.Event()

    async def job(_: House, payload: dict[str, Any]) -> None:
        runs.append(payload["id"])
        if len(runs) == 1:
            await server.run_in("postgres", CUT_WORKER.format(live_house.engine.url.database))
        else:
            again.set()

    live_house.rewired(Wiring(jobs={"test.job": job}))
    async with live_house.open(SYSTEM) as uow:
        uow.enqueue("test.job", {"id": "1"})
    began = time.monotonic()
    async with working(live_house):
        await asyncio.wait_for(again.wait(), 30)
        assert time.monotonic() - began < 20, "nobody waited for a dead heartbeat's end"
        for _ in range(200):
            async with live_house.open(SYSTEM) as uow:
                left = (await uow.session.execute(text("SELECT count(*) FROM pgqueuer"))).scalar_one()
            if left == 0:
                break
            await asyncio.sleep(0.05)
    assert (runs, left) == (["1", "1"], 0)


async def test_a_database_that_is_away_is_said_once_and_waited_for(live_house: House, capsys: pytest.CaptureFixture[str]) -> None:
    url = live_house.engine.url
    live_house.engine.sync_engine.url = url.set(query={**url.query, "host": "/tmp/none"})
    async with working(live_house):
        await asyncio.sleep(3)
    said = capsys.readouterr()
    assert (said.out + said.err).count("worker lost the database") == 1


async def test_a_schedule_whose_connection_was_cut_while_it_ran_is_said_once(
    live_house: House, server: TestServer, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = asyncio.Event()

    async def job(_: House, __: dict[str, Any]) -> None:
        await server.run_in("postgres", CUT_WORKER.format(live_house.engine.url.database))
        cut.set()
        await asyncio.sleep(0.3)  # ends when the worker's connection is closed

    live_house.rewired(Wiring(jobs={"test.job": job}, schedules=(Schedule("test.job", "* * * * * *"),)))
    async with working(live_house):
        await asyncio.wait_for(cut.wait(), 30)
        await asyncio.sleep(1)
    said = capsys.readouterr()
    assert (said.out + said.err).count("worker lost the database") == 1
    assert not [record for record in caplog.records if record.name == "pgqueuer" and record.levelname == "ERROR"]


@pytest.mark.parametrize(("attempts", "event"), [(0, "job waits"), (ATTEMPTS_MAX - 1, "job waits"), (ATTEMPTS_MAX, "job held")])
async def test_a_job_that_is_held_after_an_outage_is_said_to_be_held(attempts: int, event: str, capsys: pytest.CaptureFixture[str]) -> None:
    async def job(_: House, __: dict[str, Any]) -> None:
        raise DatabaseAway("cut")

    queued = SimpleNamespace(id=1, attempts=attempts, payload=None)
    with pytest.raises(DatabaseAway):
        await make_entrypoint("test.job", job, None)(queued)  # type: ignore[arg-type]
    said = capsys.readouterr()
    assert event in said.out + said.err
