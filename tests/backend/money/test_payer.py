"""Who is told of an online payment as its payer: the person who was shown the bill with its link in chat last, if that was lately."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.foundation import master_data
from backend.kit.house import House
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.kit.unit_of_work import SYSTEM
from backend.money import billing, collection, payment_gateway
from backend.money.payment_gateway import Captured, ProviderStatus
from tests.conftest import NOON

TENANT = "pb.abadighratian"
DAY, MINUTE = timedelta(hours=24), timedelta(minutes=1)


@dataclass
class Holding:
    """A provider that holds what the test says."""

    name: str = "simulator"
    captured: list[Captured] = field(default_factory=list)

    async def fetch_status(self, reference: str) -> ProviderStatus:
        """What it was given, whatever the reference."""
        return ProviderStatus("captured", tuple(self.captured))


@pytest.fixture
def provider(house: House) -> Holding:
    """The house's provider for this test."""
    holding = Holding()
    house.ports["payment_providers"] = {"simulator": holding}
    return holding


@pytest.fixture
async def consumer(house: House) -> UUID:
    """A household that owes 80 rupees."""
    async with house.open(SYSTEM) as uow:
        await master_data.create_tenant(uow, TENANT)
        consumer_id = new_id()
        line = billing.NewLine("10101", Money(8_000), {"kind": "flat", "rate": 8_000})
        month = (date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 10))
        await billing.post_demands(uow, TENANT, [billing.NewDemand(consumer_id, "WS/1", None, "regular", *month, (line,))])
    return consumer_id


async def shown(house: House, consumer: UUID, to: UUID | None) -> payment_gateway.PayLink:
    """The link of the bill of now, shown to somebody or made by nobody."""
    async with house.open(SYSTEM) as uow:
        found = await payment_gateway.bill_with_link(uow, TENANT, consumer, to)
    assert found is not None
    return found.link


async def asked(house: House, link: payment_gateway.PayLink) -> UUID | None:
    async with house.open(SYSTEM) as uow:
        return await payment_gateway.asked_lately(uow, link.token, DAY)


async def told_as_payer(house: House, link: payment_gateway.PayLink, upi: bool) -> tuple[collection.Outcome, UUID | None]:
    """An attempt by the page or by UPI is looked at: what became of it, and the payer of what was booked or parked."""
    async with house.open(SYSTEM) as uow:
        attempt = await (payment_gateway.attempt_for_reference(uow, link.reference) if upi else payment_gateway.make_attempt(uow, link.token, link.amount))
    assert attempt is not None
    outcome = await collection.confirm(house, attempt.id)
    async with house.open(SYSTEM) as uow:
        booked = (await uow.session.execute(text("SELECT id FROM payment UNION ALL SELECT id FROM parked_money"))).scalar_one()
        receipt = await collection.fetch_receipt(uow, TENANT, booked)
    return outcome, receipt.payer_person_id


async def test_a_link_keeps_who_was_shown_it_last(house: House, consumer: UUID) -> None:
    neighbour, owner = new_id(), new_id()
    link = await shown(house, consumer, None)
    assert await asked(house, link) is None
    for person in (neighbour, owner, neighbour):
        assert await shown(house, consumer, person) == link
        assert await asked(house, link) == person
    await shown(house, consumer, None)  # the page of the bill of now, and who looks for a payment: nobody new
    assert await asked(house, link) == neighbour


async def test_a_link_made_at_the_asking_knows_who_asked(house: House, consumer: UUID) -> None:
    person = new_id()
    assert await asked(house, await shown(house, consumer, person)) == person


@pytest.mark.parametrize("upi", [False, True])
@pytest.mark.parametrize(("ago", "known"), [(timedelta(0), True), (timedelta(hours=2), True), (DAY, True), (DAY + MINUTE, False)])
async def test_who_asked_within_a_day_is_the_payer(house: House, provider: Holding, consumer: UUID, ago: timedelta, known: bool, upi: bool) -> None:
    person = new_id()
    house.clock = lambda: NOON - ago
    link = await shown(house, consumer, person)
    house.clock = lambda: NOON
    provider.captured.append(Captured("pay_1", link.amount, "UPI"))
    outcome, payer = await told_as_payer(house, link, upi)
    assert (outcome.state, payer) == ("paid", person if known else None)


@pytest.mark.parametrize("known", [True, False])
async def test_parked_money_keeps_its_payer_too(house: House, provider: Holding, consumer: UUID, known: bool) -> None:
    person = new_id() if known else None
    link = await shown(house, consumer, person)
    provider.captured.append(Captured("pay_1", Money(link.amount.paise + 1), "UPI"))
    outcome, payer = await told_as_payer(house, link, upi=True)
    assert (outcome.state, payer) == ("parked", person)
