"""A payment by the QR of a link that was shown, whose webhook is lost: found by asking, at the link's ages, cheaply, and handed on once."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.sql.elements import TextClause

from backend.foundation import master_data
from backend.kit.errors import Unavailable
from backend.kit.house import House
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.kit.unit_of_work import SYSTEM
from backend.money import billing, payment_gateway
from backend.money.collection.handlers import confirm_reference, sweep_links
from backend.money.payment_gateway import Captured, ProviderStatus
from backend.money.payment_gateway.service import CONFIRM_JOB, FIRST_LOOK, LINK_LIFE
from backend.money.payment_gateway.unheard import _CLAIM, _NOTE, ASKED_AT_ONCE, LEASE, LINKS_A_RUN, LOOK_AGES_S
from tests.conftest import NOON

TENANT = "pb.abadighratian"
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Bank:
    """A provider that holds what the test says by reference, and keeps what it was asked. `broken`: an answer that is a fault of ours; `deaf`: none at all."""

    name: str = "simulator"
    holds: dict[str, ProviderStatus] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    deaf: bool = False
    broken: set[str] = field(default_factory=set)

    async def fetch_status(self, reference: str) -> ProviderStatus:
        """See `Provider`."""
        self.asked.append(reference)
        await asyncio.sleep(0)
        if self.deaf:
            raise Unavailable
        if reference in self.broken:
            raise ValueError(reference)
        return self.holds.get(reference, ProviderStatus("none"))

    def take(self, link: payment_gateway.PayLink, at: datetime | None = None, paise: int | None = None) -> None:
        """A payer's money on a link's reference."""
        self.holds[link.reference] = ProviderStatus("captured", (Captured(f"pay_{link.reference}", Money(paise or link.amount.paise), "UPI", at),))


def bank_of(house: House) -> Bank:
    """The house's provider from now on."""
    bank = Bank()
    house.ports["payment_providers"] = {"simulator": bank}
    return bank


@pytest.fixture
def bank(house: House) -> Bank:
    """The house's provider for this test."""
    return bank_of(house)


async def household(house: House) -> UUID:
    """One that owes 80 rupees."""
    consumer = new_id()
    line = billing.NewLine("10101", Money(8_000), {"kind": "flat", "rate": 8_000})
    month = (date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 10))
    async with house.open(SYSTEM) as uow:
        await master_data.create_tenant(uow, TENANT)
        await billing.post_demands(uow, TENANT, [billing.NewDemand(consumer, "WS/1", None, "regular", *month, (line,))])
    return consumer


async def shown(house: House, consumer: UUID, to: UUID | None = None) -> payment_gateway.PayLink:
    """The link of the bill of now, shown to somebody in chat or made with its message."""
    async with house.open(SYSTEM) as uow:
        found = await payment_gateway.bill_with_link(uow, TENANT, consumer, to)
    assert found is not None
    return found.link


async def many_links(house: House, count: int, *, mark: str, check_no: int, due_at: datetime | None, shown_at: datetime) -> None:
    """Links as rows, for figures and order only."""
    statement = """INSERT INTO pay_link (token, village, consumer_id, bill_id, reference, short_code, amount, created_at, ends_at, shown_at, check_no, next_check_at)
        SELECT :mark || n, :village, gen_random_uuid(), gen_random_uuid(), :mark || 'R' || n, :mark || n, 8000, :shown_at, CAST(:shown_at AS timestamptz) + interval '180 days',
               :shown_at, :check_no, CAST(:due_at AS timestamptz) + n * interval '1 millisecond' FROM generate_series(1, :count) AS n"""
    given = {"mark": mark, "village": TENANT, "count": count, "check_no": check_no, "due_at": due_at, "shown_at": shown_at}
    async with house.open(SYSTEM) as uow:
        await uow.session.execute(text(statement), given)


async def next_look(house: House, link: payment_gateway.PayLink) -> datetime | None:
    async with house.open(SYSTEM) as uow:
        found: datetime | None = (await uow.session.execute(text("SELECT next_check_at FROM pay_link WHERE token = :t"), {"t": link.token})).scalar_one()
    return found


async def queued(house: House) -> list[str]:
    """References that wait for a look."""
    async with house.open(SYSTEM) as uow:
        payloads = (await uow.session.execute(text("SELECT payload FROM pgqueuer WHERE entrypoint = :job"), {"job": CONFIRM_JOB})).scalars()
        return [json.loads(payload)["reference"] for payload in payloads]


async def booked(house: House) -> list[tuple[UUID | None, datetime]]:
    """Payer and time of every payment."""
    async with house.open(SYSTEM) as uow:
        return [(r.payer_person_id, r.paid_at) for r in await uow.session.execute(text("SELECT payer_person_id, paid_at FROM payment"))]


async def test_a_link_is_asked_about_at_its_ages_and_at_its_end_and_then_never(house: House, bank: Bank) -> None:
    link = await shown(house, await household(house))
    ages: list[timedelta] = []
    while (due := await next_look(house, link)) is not None:
        house.clock = lambda due=due: due - SECOND  # type: ignore[misc]
        await sweep_links(house, {})
        assert len(bank.asked) == len(ages), "not before its time"
        house.clock = lambda due=due: due  # type: ignore[misc]
        await sweep_links(house, {})
        ages.append(due - NOON)
    assert ages == [*(timedelta(seconds=age) for age in LOOK_AGES_S), LINK_LIFE]
    assert bank.asked == [link.reference] * len(ages)
    async with house.open(SYSTEM) as uow:
        assert (await uow.session.execute(text("SELECT count(*) FROM pay_attempt"))).scalar_one() == 0, "asking makes nothing"
    assert await queued(house) == []


def test_nobody_waits_longer_than_the_link_was_old_when_he_paid() -> None:
    ages = [*(timedelta(seconds=age) for age in LOOK_AGES_S), LINK_LIFE]
    assert ages[0] == FIRST_LOOK
    assert all(before < after <= 2 * before for before, after in itertools.pairwise(ages))


async def test_money_is_found_booked_for_who_asked_and_then_the_link_is_at_rest(house: House, bank: Bank) -> None:
    neighbour = new_id()
    link = await shown(house, await household(house), neighbour)
    bank.take(link, NOON + 30 * SECOND)
    house.clock = lambda: NOON + FIRST_LOOK
    await sweep_links(house, {})
    assert await queued(house) == [link.reference]
    await confirm_reference(house, {"reference": link.reference})
    await confirm_reference(house, {"reference": link.reference})  # the webhook comes after all
    assert await booked(house) == [(neighbour, NOON + 30 * SECOND)]
    assert await next_look(house, link) is None
    house.clock = lambda: NOON + DAY
    asked = len(bank.asked)
    await sweep_links(house, {})
    assert len(bank.asked) == asked


@pytest.mark.parametrize(("after", "known"), [(23 * HOUR, True), (25 * HOUR, False)])
async def test_who_asked_counts_by_when_it_was_paid_however_late_it_is_found(house: House, bank: Bank, after: timedelta, known: bool) -> None:
    neighbour = new_id()
    link = await shown(house, await household(house), neighbour)
    bank.take(link, NOON + after)
    house.clock = lambda: NOON + 5 * DAY
    await confirm_reference(house, {"reference": link.reference})
    assert await booked(house) == [(neighbour if known else None, NOON + after)]


async def test_a_providers_clock_ahead_of_ours_dates_no_payment_in_the_future(house: House, bank: Bank) -> None:
    link = await shown(house, await household(house))
    bank.take(link, NOON + HOUR)
    await confirm_reference(house, {"reference": link.reference})
    assert await booked(house) == [(None, NOON)]


async def test_a_link_shown_again_is_asked_about_as_if_new_and_looking_for_it_is_not_showing_it(house: House, bank: Bank) -> None:
    consumer = await household(house)
    link = await shown(house, consumer)
    house.clock = lambda: NOON + 3 * DAY
    await sweep_links(house, {})
    assert await next_look(house, link) == NOON + 5 * DAY
    await shown(house, consumer, None)
    assert await next_look(house, link) == NOON + 5 * DAY
    assert await shown(house, consumer, new_id()) == link
    assert await next_look(house, link) == NOON + 3 * DAY + FIRST_LOOK
    house.clock = lambda: NOON + 3 * DAY + 30 * SECOND
    await shown(house, consumer, new_id())
    assert await next_look(house, link) == NOON + 3 * DAY + FIRST_LOOK, "who asks again and again does not put the look off"


async def test_money_that_does_not_fit_leaves_the_link_in_the_schedule(house: House, bank: Bank) -> None:
    link = await shown(house, await household(house))
    bank.take(link, NOON, 7_900)
    house.clock = lambda: NOON + FIRST_LOOK
    await sweep_links(house, {})
    await confirm_reference(house, {"reference": link.reference})
    assert await next_look(house, link) == NOON + 2 * MINUTE, "the bill is still to be paid by the same QR"
    right = Captured("pay_right", link.amount, "UPI", NOON + 90 * SECOND)
    bank.holds[link.reference] = ProviderStatus("captured", (*bank.holds[link.reference].captured, right))
    house.clock = lambda: NOON + 2 * MINUTE
    await sweep_links(house, {})
    await confirm_reference(house, {"reference": link.reference})
    assert await booked(house) == [(None, NOON + 90 * SECOND)]


async def test_a_silent_provider_ends_the_run_and_is_asked_again_after_the_lease(house: House, bank: Bank) -> None:
    await many_links(house, 3 * ASKED_AT_ONCE, mark="d", check_no=0, due_at=NOON - HOUR, shown_at=NOON - HOUR)
    bank.deaf = True
    await sweep_links(house, {})
    assert len(bank.asked) == ASKED_AT_ONCE
    bank.deaf = False
    house.clock = lambda: NOON + SECOND
    await sweep_links(house, {})
    assert len(set(bank.asked)) == 3 * ASKED_AT_ONCE
    house.clock = lambda: NOON + LEASE
    again, bank.asked = set(bank.asked[:ASKED_AT_ONCE]), []
    await sweep_links(house, {})
    assert set(bank.asked) == again


async def test_one_answer_that_breaks_loses_no_other_and_is_not_asked_about_for_ever(house: House, bank: Bank) -> None:
    await many_links(house, 5, mark="b", check_no=0, due_at=NOON - HOUR, shown_at=NOON - 2 * MINUTE)
    bank.broken = {"bR3"}
    with pytest.raises(ValueError, match="bR3"):
        await sweep_links(house, {})
    bank.asked.clear()
    house.clock = lambda: NOON + LEASE
    with pytest.raises(ValueError, match="bR3"):
        await sweep_links(house, {})
    assert bank.asked.count("bR3") == 1
    house.clock = lambda: NOON + LINK_LIFE + 2 * DAY  # the others' last look, and this one's
    with pytest.raises(ValueError, match="bR3"):
        await sweep_links(house, {})
    bank.asked.clear()
    house.clock = lambda: NOON + LINK_LIFE + 3 * DAY
    await sweep_links(house, {})
    assert bank.asked == []


async def test_a_run_has_its_limit_and_begins_with_what_was_shown_last(house: House, bank: Bank) -> None:
    await many_links(house, 2 * LINKS_A_RUN, mark="o", check_no=12, due_at=NOON - DAY, shown_at=NOON - 6 * DAY)
    await many_links(house, 5, mark="n", check_no=0, due_at=NOON - SECOND, shown_at=NOON - MINUTE)
    await sweep_links(house, {})
    assert len(bank.asked) == LINKS_A_RUN
    assert {f"nR{n}" for n in range(1, 6)} <= set(bank.asked[:ASKED_AT_ONCE])


async def test_workers_at_once_ask_about_each_link_once_and_queue_what_is_found_once(live_house: House) -> None:
    bank = bank_of(live_house)
    link = await shown(live_house, await household(live_house))
    await many_links(live_house, 150, mark="w", check_no=0, due_at=NOON - HOUR, shown_at=NOON)
    bank.take(link)
    live_house.clock = lambda: NOON + 2 * MINUTE
    await asyncio.gather(*(sweep_links(live_house, {}) for _ in range(6)))
    await sweep_links(live_house, {})  # what one held while another looked
    assert sorted(bank.asked) == sorted({link.reference, *(f"wR{n}" for n in range(1, 151))})
    assert await queued(live_house) == [link.reference]
    await asyncio.gather(*(confirm_reference(live_house, {"reference": link.reference}) for _ in range(5)))
    assert len(await booked(live_house)) == 1


def tables_scanned(plan: dict[str, Any]) -> list[str]:
    """Tables a plan reads from end to end."""
    own = [plan["Relation Name"]] if plan["Node Type"] == "Seq Scan" else []
    return own + [name for part in plan.get("Plans", ()) for name in tables_scanned(part)]


async def explained(house: House, statement: TextClause, given: dict[str, Any]) -> tuple[list[str], int]:
    """What a statement scans, and how many pages it touches."""
    async with house.open(SYSTEM) as uow:
        (found,) = (await uow.session.execute(text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.text}"), given)).scalar_one()
    return tables_scanned(found["Plan"]), found["Plan"]["Shared Hit Blocks"] + found["Plan"]["Shared Read Blocks"]


async def _analyze(server: Any, house: House) -> None:
    await server.run_in(str(house.engine.url.database), "ANALYZE pay_link; ANALYZE pay_attempt")


@pytest.mark.parametrize("due", [0, 500])
async def test_looking_reads_a_few_pages_however_many_links_wait(live_house: House, server: object, due: int) -> None:
    for age in range(len(LOOK_AGES_S) + 1):
        await many_links(live_house, 2_000, mark=f"t{age}_", check_no=age, due_at=NOON + DAY, shown_at=NOON - DAY)
    await many_links(live_house, 10_000, mark="paid", check_no=3, due_at=None, shown_at=NOON - DAY)
    if due:
        await many_links(live_house, due, mark="due", check_no=0, due_at=NOON - HOUR, shown_at=NOON - HOUR)
    await _analyze(server, live_house)
    claim = {"ages": len(LOOK_AGES_S), "now": NOON, "most": ASKED_AT_ONCE, "lease_ends": NOON + LEASE, "given_up": NOON - DAY}
    scanned, pages = await explained(live_house, _CLAIM, claim)
    assert scanned == []
    assert pages < 1_000
    scanned, pages = await explained(live_house, _NOTE, {"ages": list(LOOK_AGES_S), "now": NOON, "references": [f"t0_R{n}" for n in range(1, 1 + ASKED_AT_ONCE)]})
    assert scanned == []
    assert pages < 1_000


async def test_an_attempt_is_found_by_id_and_by_reference_without_a_scan(live_house: House, server: object) -> None:
    statement = """INSERT INTO pay_attempt (tenant_id, id, consumer_id, link_token, reference, provider, mode, amount, state, created_at)
        SELECT 'pb.v' || n % 50, gen_random_uuid(), gen_random_uuid(), 't' || n, 'R' || n, 'simulator', 'UPI', 8000, 'paid', now() FROM generate_series(1, 20000) AS n"""
    async with live_house.open(SYSTEM) as uow:
        await uow.session.execute(text(statement))
    await _analyze(server, live_house)
    by: Sequence[tuple[str, Any]] = (("id", new_id()), ("reference", "R77"))
    for column, value in by:
        scanned, pages = await explained(live_house, text(f"SELECT * FROM pay_attempt WHERE {column} = :given"), {"given": value})
        assert scanned == []
        assert pages < 10


async def test_links_of_before_take_their_place_in_the_schedule(house: House, bank: Bank) -> None:
    place = importlib.import_module("backend.migrations.versions.0004_unheard")._PLACE_OLD_LINKS
    open_still, paid = await shown(house, await household(house)), await shown(house, await household(house))
    bank.take(paid)
    await confirm_reference(house, {"reference": paid.reference})
    async with house.open(SYSTEM) as uow:
        await uow.session.execute(text("UPDATE pay_link SET next_check_at = NULL, check_no = 0, created_at = now() - interval '3 hours', shown_at = now()"))
        await uow.session.execute(text(place))
        rows = {r.token: r for r in await uow.session.execute(text("SELECT token, check_no, next_check_at, now() - shown_at AS age FROM pay_link"))}
    assert (rows[open_still.token].check_no, rows[open_still.token].age) == (8, 3 * HOUR)
    assert rows[open_still.token].next_check_at is not None
    assert rows[paid.token].next_check_at is None
