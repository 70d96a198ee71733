"""Demands, bills, advances and payments on the real database, against a naive model, in random orders; every invariant after each run."""

from __future__ import annotations

import asyncio
from datetime import date
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.foundation import master_data
from backend.kit.errors import NotFound
from backend.kit.house import House
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.money import billing, collection
from backend.money.billing.verification import violations as books
from backend.money.collection.verification import violations as payments

TENANT = "pb.abadighratian"


def demand(consumer: UUID, month: int, paise: int) -> billing.NewDemand:
    line = billing.NewLine("10101", Money(paise), {"kind": "flat", "rate": paise})
    return billing.NewDemand(consumer, "WS/1", None, "regular", date(2026, month, 1), date(2026, month, 28), date(2026, month, 28), (line,))


async def pay(uow: UnitOfWork, consumer: UUID, paise: int, key: str) -> collection.Payment:
    return await collection.record_payment(uow, collection.NewPayment(tenant_id=TENANT, consumer_id=consumer, amount=Money(paise), mode="CASH", key=key))


async def assert_true(uow: UnitOfWork) -> None:
    found = {**await books(uow), **await payments(uow)}
    assert {name: bad for name, (_, bad) in found.items() if bad} == {}


@pytest.mark.parametrize("seed", range(12))
async def test_random_orders_agree_with_a_naive_model(house: House, seed: int) -> None:
    random = Random(seed)
    async with house.open(SYSTEM) as uow:
        await master_data.create_tenant(uow, TENANT)
        consumers = [new_id() for _ in range(3)]
        owed: dict[UUID, int] = dict.fromkeys(consumers, 0)
        months: dict[UUID, set[int]] = {c: set() for c in consumers}
        for step in range(25):
            c = random.choice(consumers)
            if random.random() < 0.45:
                month, paise = random.randint(1, 12), random.randint(1, 90) * 100
                posted = await billing.post_demands(uow, TENANT, [demand(c, month, paise)])
                assert bool(posted.created) is (month not in months[c])
                if posted.created:
                    months[c].add(month)
                    owed[c] += paise
            else:
                paise = random.randint(1, 12_000)
                first = await pay(uow, c, paise, f"{seed}:{step}")
                assert await pay(uow, c, paise, f"{seed}:{step}") == first
                owed[c] -= paise
            dues = (await billing.dues(uow, [c]))[c]
            assert dues.due.paise - dues.advance.paise == owed[c]
            bill = await billing.current_bill(uow, TENANT, c)
            assert (bill.total.paise if bill else 0) == dues.due.paise
            assert bill is None or sum(x.amount.paise for x in bill.lines) == bill.total.paise
            assert sum(x.amount.paise for x in await billing.explain(uow, TENANT, c)) == dues.due.paise
        await assert_true(uow)


async def test_an_advance_is_used_by_the_next_demand_and_shown_on_its_bill(house: House) -> None:
    async with house.open(SYSTEM) as uow:
        await master_data.create_tenant(uow, TENANT)
        c = new_id()
        await pay(uow, c, 3_000, "ahead")
        await billing.post_demands(uow, TENANT, [demand(c, 5, 8_000)])
        bill = await billing.current_bill(uow, TENANT, c)
        assert bill is not None
        assert [(x.tax_head, x.amount.paise) for x in bill.lines] == [("10101", 8_000), ("WS_ADVANCE_CARRYFORWARD", -3_000)]
        assert bill.total == Money(5_000)


async def test_a_bill_stands_until_dues_change_and_is_never_changed(house: House) -> None:
    async with house.open(SYSTEM) as uow:
        await master_data.create_tenant(uow, TENANT)
        c = new_id()
        await billing.post_demands(uow, TENANT, [demand(c, 5, 8_000)])
        first = await billing.current_bill(uow, TENANT, c)
        assert await billing.current_bill(uow, TENANT, c) == first
        await pay(uow, c, 100, "part")
        second = await billing.current_bill(uow, TENANT, c)
        assert first is not None
        assert second is not None
        assert (first.bill_no, first.total) != (second.bill_no, second.total)
        with pytest.raises(DBAPIError):
            async with uow.session.begin_nested():
                await uow.session.execute(text("UPDATE bill SET total = 1 WHERE id = :id"), {"id": second.id})
        with pytest.raises(DBAPIError):
            async with uow.session.begin_nested():
                await uow.session.execute(text("DELETE FROM payment"))


async def test_many_at_once_with_one_key_book_once_and_with_many_keys_lose_nothing(live_house: House) -> None:
    async with live_house.open(SYSTEM) as uow:
        await master_data.create_tenant(uow, TENANT)
        c = new_id()
        await billing.post_demands(uow, TENANT, [demand(c, 5, 8_000)])

    async def one(key: str) -> str:
        async with live_house.open(SYSTEM) as uow:
            return (await pay(uow, c, 1_000, key)).receipt_no

    same = await asyncio.gather(*(one("same") for _ in range(20)))
    assert len(set(same)) == 1
    different = await asyncio.gather(*(one(f"key {n}") for n in range(20)))
    assert len(set(different)) == 20
    async with live_house.open(SYSTEM) as uow:
        dues = (await billing.dues(uow, [c]))[c]
        assert (dues.due.paise, dues.advance.paise) == (0, 21_000 - 8_000)
        await assert_true(uow)


async def test_cash_of_a_consumer_nobody_registered_is_refused_and_books_nothing(live_house: House) -> None:
    async with live_house.open(SYSTEM) as uow:
        await master_data.create_tenant(uow, TENANT)
    new = collection.NewCash(
        tenant_id=TENANT,
        consumer_id=new_id(),
        payer_person_id=None,
        amount=Money(8_000),
        collector_id=new_id(),
        channel="web",
        forgeable=False,
        confirmed_again=False,
        key="nobody's",
    )
    with pytest.raises(NotFound):
        async with live_house.open(SYSTEM) as uow:
            await collection.record_cash(uow, new)
    async with live_house.open(SYSTEM) as uow:
        assert (await uow.session.execute(text("SELECT (SELECT count(*) FROM payment) + (SELECT count(*) FROM advance_entry)"))).scalar_one() == 0


async def test_verify_names_what_is_wrong(live_house: House, server: object) -> None:
    async with live_house.open(SYSTEM) as uow:
        await master_data.create_tenant(uow, TENANT)
        c = new_id()
        await billing.post_demands(uow, TENANT, [demand(c, 5, 8_000)])
        await pay(uow, c, 8_000, "all")
    forge = "ALTER TABLE payment DISABLE TRIGGER ALL; UPDATE payment SET amount = amount + 1; UPDATE demand_line SET paid = paid - 1"
    await server.run_in(str(live_house.engine.url.database), forge)  # type: ignore[attr-defined]
    async with live_house.open(SYSTEM) as uow:
        found = {**await books(uow), **await payments(uow)}
    bad = {name for name, (_, violations) in found.items() if violations}
    assert any("a payment = its allocations" in name for name in bad)
    assert any("paid on a line" in name for name in bad)
