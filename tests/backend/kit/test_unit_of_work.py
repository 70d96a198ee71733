"""The unit of work: all or nothing, jobs and announcements included; villages walled off."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.kit.announcements import Fact, broken_chains, hear, seal_announcements
from backend.kit.house import House
from backend.kit.ids import new_id
from backend.kit.jobs import Job, Listeners, NoTransaction, write_jobs
from backend.kit.unit_of_work import SYSTEM, Actor, UnitOfWork


class ThingHappened(Fact):
    """A fact of these tests."""

    topic: ClassVar[str] = "test.thing_happened"
    thing_id: UUID


async def _count(uow: UnitOfWork, table: str) -> int:
    return int((await uow.session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def test_a_rolled_back_unit_takes_its_only_act_the_job_with_it(live_house: House) -> None:
    with pytest.raises(ZeroDivisionError):
        async with live_house.open(SYSTEM) as uow:
            uow.enqueue("some.job", {"id": 1})
            await uow.flush()
            raise ZeroDivisionError
    async with live_house.open(SYSTEM) as uow:
        assert await _count(uow, "pgqueuer") == 0
    async with live_house.open(SYSTEM) as uow:
        uow.enqueue("some.job", {"id": 1})
    async with live_house.open(SYSTEM) as uow:
        assert await _count(uow, "pgqueuer") == 1


async def test_enqueue_refuses_outside_a_transaction(live_house: House) -> None:
    async with live_house.units.sessions() as session:
        with pytest.raises(NoTransaction):
            await write_jobs(session, [Job("some.job", {})])


async def test_a_key_is_queued_once(house: House) -> None:
    async with house.open(SYSTEM) as uow:
        before = await _count(uow, "pgqueuer")
        uow.enqueue("some.job", {}, key="one")
        uow.enqueue("some.job", {}, key="one")
        await uow.flush()
        assert await _count(uow, "pgqueuer") == before + 1


async def test_an_announcement_is_heard_once_by_each_listener(live_house: House) -> None:
    heard: list[dict[str, object]] = []

    async def listen(uow: UnitOfWork, facts: dict[str, object]) -> None:
        heard.append(facts)

    live_house.rewired(type(live_house.wiring)(live_house.wiring.jobs, Listeners({ThingHappened.topic: {"ear": listen}}), ()))
    thing = new_id()
    async with live_house.open(SYSTEM) as uow:
        uow.announce(ThingHappened(tenant_id="pb.x", thing_id=thing))
    async with live_house.open(SYSTEM) as uow:
        row = (await uow.session.execute(text("SELECT convert_from(payload, 'utf8')::jsonb AS p FROM pgqueuer"))).one()
    for _ in range(2):
        async with live_house.open(SYSTEM) as uow:
            await hear(uow, row.p)
    assert [h["thing_id"] for h in heard] == [str(thing)]


async def test_villages_are_walled_off_by_the_database(house: House) -> None:
    async with house.open(SYSTEM) as uow:
        for tenant in ("pb.a", "pb.b"):
            uow.announce(ThingHappened(tenant_id=tenant, thing_id=new_id()))
    async with house.open(Actor("employee", tenants=("pb.a",))) as uow:
        seen = (await uow.session.execute(text("SELECT DISTINCT tenant_id FROM announcement"))).scalars().all()
        assert seen == ["pb.a"]
        with pytest.raises(DBAPIError):
            uow.announce(ThingHappened(tenant_id="pb.b", thing_id=new_id()))
            async with uow.session.begin_nested():
                await uow.flush()


async def test_the_log_is_append_only_and_its_chain_tells_of_a_changed_row(live_house: House, server: object) -> None:
    async with live_house.open(SYSTEM) as uow:
        for _ in range(3):
            uow.announce(ThingHappened(tenant_id="pb.a", thing_id=new_id()))
    async with live_house.open(SYSTEM) as uow:
        assert await seal_announcements(uow) == 3
        assert await broken_chains(uow) == []
    with pytest.raises(DBAPIError):
        async with live_house.open(SYSTEM) as uow:
            await uow.session.execute(text("UPDATE announcement SET topic = 'forged'"))
    async with live_house.open(SYSTEM) as uow:
        uow.announce(ThingHappened(tenant_id="pb.a", thing_id=new_id()))
    async with live_house.open(SYSTEM) as uow:
        await seal_announcements(uow)
    url = live_house.engine.url.database
    await server.run_in(str(url), "ALTER TABLE announcement DISABLE TRIGGER ALL; UPDATE announcement SET topic = 'forged' WHERE position = (SELECT min(position) + 1 FROM announcement)")  # type: ignore[attr-defined]
    async with live_house.open(SYSTEM) as uow:
        assert await broken_chains(uow) == ["pb.a: 2"]
