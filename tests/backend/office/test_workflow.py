"""Work items: one per key, numbers without gaps, and sealed words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.office import workflow
from backend.office.workflow import verification

VILLAGE, OTHER = "pb.chakbakhtuhjgfei", "pb.chughekalanhjgeid"


def wanted(key: str = "k1", tenant_id: str = VILLAGE, words: str = "ਪਾਣੀ ਨਹੀਂ ਆਉਂਦਾ") -> workflow.NewWorkItem:
    """Something to look at."""
    return workflow.NewWorkItem(tenant_id, "no_water", None, uuid4(), words, key)


async def test_an_item_is_opened_looked_up_and_closed(uow: UnitOfWork) -> None:
    asked = wanted()
    item = await workflow.open_work_item(uow, asked)
    assert (item.number, item.category, item.text, item.person_id) == ("WI/796548/2026-27/0001", "no_water", asked.text, asked.person_id)
    assert await workflow.fetch_work_item(uow, VILLAGE, item.id) == item
    assert asked.text not in repr(item) + repr(asked)
    closed = await workflow.close_work_item(uow, VILLAGE, item.id, "Called Gurpreet, pump repaired")
    assert closed == replace(item, closed_at=uow.now, outcome="Called Gurpreet, pump repaired")
    assert await workflow.close_work_item(uow, VILLAGE, item.id, "again") == closed
    await uow.flush()
    facts = (await uow.session.execute(text("SELECT topic, facts::text FROM announcement WHERE tenant_id = :t ORDER BY position"), {"t": VILLAGE})).all()
    assert [f.topic for f in facts] == ["workflow.work_item_opened", "workflow.work_item_closed"]
    assert not any("Gurpreet" in f.facts for f in facts)


async def test_what_people_wrote_is_sealed(uow: UnitOfWork) -> None:
    item = await workflow.open_work_item(uow, wanted(words="Call Gurpreet 9876543210"))
    await workflow.close_work_item(uow, VILLAGE, item.id, "Called Gurpreet")
    row = (await uow.session.execute(text("SELECT text_sealed, outcome_sealed FROM work_item"))).one()
    assert not any(b"Gurpreet" in bytes(column) for column in row)


async def test_the_same_key_answers_the_first(uow: UnitOfWork) -> None:
    first = await workflow.open_work_item(uow, wanted())
    assert await workflow.open_work_item(uow, wanted(words="other words")) == first
    elsewhere = await workflow.open_work_item(uow, wanted(tenant_id=OTHER))
    assert elsewhere.number == "WI/796483/2026-27/0001"
    assert (await workflow.open_work_item(uow, wanted("k2"))).number == "WI/796548/2026-27/0002"
    assert (await workflow.open_work_item(uow, wanted("k3", words=""))).text == ""
    assert len((await workflow.open_work_item(uow, wanted("k4", words="x" * 5000))).text) == 1000


async def test_items_of_a_village(uow: UnitOfWork) -> None:
    items = [await workflow.open_work_item(uow, wanted(f"k{n}")) for n in range(3)]
    await workflow.open_work_item(uow, wanted(tenant_id=OTHER))
    await workflow.close_work_item(uow, VILLAGE, items[0].id, "done")
    assert await workflow.list_work_items(uow, VILLAGE) == items[1:]
    assert len(await workflow.list_work_items(uow, VILLAGE, open_only=False)) == 3
    assert await workflow.list_work_items(uow, VILLAGE, limit=1) == items[1:2]


async def test_another_villages_item_is_not_there(uow: UnitOfWork) -> None:
    item = await workflow.open_work_item(uow, wanted())
    with pytest.raises(workflow.WorkItemNotFound):
        await workflow.fetch_work_item(uow, OTHER, item.id)
    with pytest.raises(workflow.WorkItemNotFound):
        await workflow.close_work_item(uow, OTHER, item.id, "mine")
    await uow.flush()
    await uow.see([OTHER])
    with pytest.raises(workflow.WorkItemNotFound):
        await workflow.fetch_work_item(uow, VILLAGE, item.id)


async def test_twins_at_once_are_one_item_and_leave_no_gap(live_house: House) -> None:
    async def one(key: str) -> str:
        async with live_house.open(SYSTEM) as uow:
            return (await workflow.open_work_item(uow, wanted(key))).number

    numbers = await asyncio.gather(*(one(f"k{n % 3}") for n in range(12)))
    assert sorted(set(numbers)) == [f"WI/796548/2026-27/000{n}" for n in (1, 2, 3)]
    async with live_house.open(SYSTEM) as uow:
        assert (await uow.session.execute(text("SELECT last FROM id_counter WHERE series LIKE 'SEQ_WI%'"))).scalar_one() == 3
        assert await verification.violations(uow) == {"work item numbers have no gap": (3, [])}
        await uow.session.execute(text("DELETE FROM work_item WHERE number LIKE '%0002'"))
        assert await verification.violations(uow) == {"work item numbers have no gap": (2, [f"{VILLAGE} WI/796548/2026-27/"])}
