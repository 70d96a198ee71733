"""Paying over the real doors: page, provider, webhooks, receipt and the message about it; and every way a provider misbehaves. Nothing lost, nothing doubled."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from backend.foundation import master_data
from backend.kit.unit_of_work import SYSTEM
from backend.money import billing, payment_gateway
from backend.money.collection.handlers import sweep_links
from backend.money.payment_gateway.providers.simulated import SIGNATURE_HEADER, sign
from backend.money.payment_gateway.simulator import Fault
from backend.office import user
from backend.water import connection
from tests.journeys.conftest import World


class Payer:
    """A household that owes something, and its pay link."""

    def __init__(self, world: World, phone: str, home: connection.Connection, link: payment_gateway.PayLink) -> None:
        self.world, self.phone, self.home, self.link = world, phone, home, link

    async def paid(self) -> list[tuple[int, str]]:
        """Booked payments: (paise, receipt)."""
        async with self.world.house.open(SYSTEM) as uow:
            rows = await uow.session.execute(text("SELECT amount, receipt_no FROM payment WHERE consumer_id = :c AND provider IS NOT NULL"), {"c": self.home.id})
            return [(r.amount, r.receipt_no) for r in rows]

    async def parked(self) -> list[int]:
        """Parked amounts."""
        async with self.world.house.open(SYSTEM) as uow:
            return list((await uow.session.execute(text("SELECT amount FROM parked_money WHERE consumer_id = :c"), {"c": self.home.id})).scalars())

    async def wait(self, want: object, of: str, within_s: int = 12) -> None:
        """Until what is booked or parked is so much."""
        for _ in range(within_s * 50):
            found = len(await getattr(self, of)())
            if found == want:
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{of}: {await getattr(self, of)()}, wanted {want}")

    async def pay_by_upi(self, paise: int | None = None) -> None:
        """The UPI app pays what the link's QR says."""
        ledger = self.world.payments.ledger
        amount = self.link.amount.paise if paise is None else paise
        await self.world.payments.settle(ledger.order(self.link.reference, self.link.amount.paise, "UPI", "", "en"), amount, "UPI")


_used: set[object] = set()


@pytest.fixture
async def payer(world: World) -> Payer:
    """A household that owes and that no other test uses."""
    async with world.house.open(SYSTEM) as uow:
        rows = await uow.session.execute(
            text(
                """SELECT c.tenant_id, c.id, c.holder_id FROM connection c WHERE c.holder_id IS NOT NULL AND EXISTS
                   (SELECT 1 FROM demand_line l WHERE l.tenant_id = c.tenant_id AND l.consumer_id = c.id AND l.paid < l.amount) ORDER BY c.connection_no DESC"""
            )
        )
        row = next(r for r in rows if r.id not in _used)
        _used.add(row.id)
        home = await connection.fetch_connection(uow, row.tenant_id, row.id)
        person = await user.fetch_person(uow, row.holder_id)
        bill = await billing.current_bill(uow, row.tenant_id, row.id)
        assert bill is not None
        return Payer(world, person.phone, home, await payment_gateway.ensure_link(uow, bill))


async def _through_checkout(payer: Payer, do: str = "pay") -> str:
    """The pay page, the provider's page, and what the return page shows."""
    web = payer.world.web
    short = await web.get(f"/s/{payer.link.short_code}")
    assert short.status_code == 302
    page = await web.get(short.headers["location"])
    assert page.status_code == 200
    assert len(page.content) < 50_000
    begun = await web.post(f"/pay/{payer.link.token}", data={"all": str(payer.link.amount.paise)}, headers={"Origin": payer.world.base})
    assert begun.status_code == 303, begun.text
    done = await web.post(begun.headers["location"], data={"do": do})
    assert done.status_code == 303
    return (await web.get(done.headers["location"])).text


async def test_from_the_bill_to_the_receipt_and_its_pdf(world: World, payer: Payer) -> None:
    before = len(world.ledger.sent("sms", payer.phone))
    shown = await _through_checkout(payer)
    await payer.wait(1, "paid")
    amount, receipt_no = (await payer.paid())[0]
    assert amount == payer.link.amount.paise
    assert receipt_no in shown
    (told,) = await world.heard("sms", payer.phone, before)
    assert receipt_no in told.view["text"]
    url = re.search(r"http\S+/s/\S+", told.view["text"])
    assert url is not None
    page = await world.web.get((await world.web.get(url.group())).headers["location"])
    assert receipt_no in page.text
    pdf = re.search(r"/receipts/[\w-]+\.pdf", page.text)
    assert pdf is not None
    assert (await world.web.get(pdf.group())).content.startswith(b"%PDF")
    await world.assert_true()


async def test_a_hundred_copies_of_a_webhook_at_once_book_once(world: World, payer: Payer) -> None:
    world.payments.ledger.faults.append(Fault("silent"))
    await payer.pay_by_upi()
    body = json.dumps({"event_id": f"evt_{secrets.token_hex(8)}", "type": "payment.captured", "reference": payer.link.reference}).encode()
    headers = {SIGNATURE_HEADER: sign(world.payments.secret, body)}
    answers = await asyncio.gather(*(world.web.post("/webhooks/payments/simulator", content=body, headers=headers) for _ in range(100)))
    assert {a.status_code for a in answers} == {200}
    await payer.wait(1, "paid")
    await asyncio.sleep(0.5)
    assert len(await payer.paid()) == 1
    await world.assert_true()


@pytest.mark.parametrize("kind", ["twice", "late", "out_of_order", "timeout_after_success", "fails_then_succeeds"])
async def test_a_provider_that_misbehaves_is_booked_once(world: World, payer: Payer, kind: str) -> None:
    world.payments.ledger.faults.append(Fault(kind, ms=500))  # type: ignore[arg-type]
    await payer.pay_by_upi()
    await payer.wait(1, "paid")
    await asyncio.sleep(0.8)
    assert [a for a, _ in await payer.paid()] == [payer.link.amount.paise]
    await world.assert_true()


@pytest.mark.parametrize("off_by", [1, -1])
async def test_one_paisa_off_is_kept_for_a_person_and_told(world: World, payer: Payer, off_by: int) -> None:
    before = len(world.ledger.sent("sms", payer.phone))
    world.payments.ledger.faults.append(Fault("wrong_amount", off_by=off_by))
    await payer.pay_by_upi()
    await payer.wait(1, "parked")
    assert await payer.paid() == []
    assert await payer.parked() == [payer.link.amount.paise + off_by]
    (told,) = await world.heard("sms", payer.phone, before)
    number = re.search(r"WI/\S+\d", told.view["text"])
    assert number is not None
    page = await world.web.get(f"/pay/{payer.link.token}")
    assert number.group() in page.text, "nobody is asked for all of it without a word about what he has paid"
    (bill,) = await world.say("sms", payer.phone, "bill")
    assert number.group() in bill.view["text"]
    await world.assert_true()


_phones = (f"+9198765002{n:02}" for n in range(100))


@pytest.fixture
async def neighbour(world: World, payer: Payer) -> str:
    """The phone of somebody else, who linked the household by an OTP to its owner's phone and got its bill with the link in chat just now."""
    phone = next(_phones)
    for said in ("hello", "English", "bill", "1"):
        await world.say("whatsapp", phone, said)
    before = len(world.ledger.sent("sms", payer.phone))
    await world.say("whatsapp", phone, payer.home.connection_no)
    (told,) = await world.heard("sms", payer.phone, before)
    code = re.search(r"(?<![\d/])\d{6}(?![\d/])", told.view["text"])
    assert code is not None
    (shown,) = await world.say("whatsapp", phone, code.group())
    assert payer.link.short_code in json.dumps(shown.view)
    return phone


async def _pay(payer: Payer, by: str) -> None:
    await (_through_checkout(payer) if by == "page" else payer.pay_by_upi())


async def _told_of(payer: Payer, phone: str, mark: str) -> list[str]:
    """Every message to a phone, by any channel, that bears a receipt's or work item's mark, when there is time for one too many."""
    await asyncio.sleep(0.5)
    await payer.world.settled()
    sent = [e for channel in ("sms", "whatsapp") for e in payer.world.ledger.sent(channel, phone)]
    return [e.view["text"] for e in sent if mark in e.view["text"]]


async def _asked_ago(payer: Payer, hours: int) -> None:
    async with payer.world.house.open(SYSTEM) as uow:
        ago = {"hours": hours, "token": payer.link.token}
        await uow.session.execute(text("UPDATE pay_link SET asked_at = now() - make_interval(hours => :hours) WHERE token = :token"), ago)


@pytest.mark.parametrize("by", ["page", "upi"])
async def test_a_neighbour_who_pays_hears_it_and_so_does_the_owner(world: World, payer: Payer, neighbour: str, by: str) -> None:
    before = len(world.ledger.sent("whatsapp", neighbour))
    await _pay(payer, by)
    await payer.wait(1, "paid")
    receipt_no = (await payer.paid())[0][1]
    (heard,) = await world.heard("whatsapp", neighbour, before)
    assert await _told_of(payer, neighbour, receipt_no) == [heard.view["text"]]
    assert payer.home.holder_name in heard.view["text"]
    assert payer.home.connection_no in heard.view["text"]
    (owner,) = await _told_of(payer, payer.phone, receipt_no)
    assert owner.split("\n")[0] != heard.view["text"].split("\n")[0]
    await world.assert_true()


@pytest.mark.parametrize("by", ["page", "upi"])
async def test_an_owner_who_asks_and_pays_himself_hears_it_once(world: World, payer: Payer, by: str) -> None:
    (shown,) = await world.say("whatsapp", payer.phone, "bill")
    assert payer.link.short_code in json.dumps(shown.view)
    await _pay(payer, by)
    await payer.wait(1, "paid")
    before = [e for e in world.ledger.sent("whatsapp", payer.phone) if e is not shown]
    await world.heard("whatsapp", payer.phone, len(before))
    assert len(await _told_of(payer, payer.phone, (await payer.paid())[0][1])) == 1


@pytest.mark.parametrize(("hours", "told"), [(2, 1), (25, 0)])
async def test_who_asked_hears_of_it_for_a_day(world: World, payer: Payer, neighbour: str, hours: int, told: int) -> None:
    await _asked_ago(payer, hours)
    before = len(world.ledger.sent("sms", payer.phone))
    await payer.pay_by_upi()
    await payer.wait(1, "paid")
    receipt_no = (await payer.paid())[0][1]
    await world.heard("sms", payer.phone, before)
    assert len(await _told_of(payer, payer.phone, receipt_no)) == 1
    assert len(await _told_of(payer, neighbour, receipt_no)) == told


async def test_a_neighbour_whose_amount_was_wrong_hears_it_and_so_does_the_owner(world: World, payer: Payer, neighbour: str) -> None:
    before = len(world.ledger.sent("whatsapp", neighbour))
    world.payments.ledger.faults.append(Fault("wrong_amount", off_by=1))
    await payer.pay_by_upi()
    await payer.wait(1, "parked")
    (heard,) = await world.heard("whatsapp", neighbour, before)
    number = re.search(r"WI/\S+\d", heard.view["text"])
    assert number is not None
    assert [len(await _told_of(payer, phone, number.group())) for phone in (neighbour, payer.phone)] == [1, 1]


async def test_two_who_pay_one_bill_at_once_lose_nothing(world: World, payer: Payer) -> None:
    await asyncio.gather(payer.pay_by_upi(), payer.pay_by_upi())
    await payer.wait(2, "paid")
    async with world.house.open(SYSTEM) as uow:
        assert await billing.advance_of(uow, payer.home.tenant_id, payer.home.id) == payer.link.amount
    await world.assert_true()


async def test_a_payment_on_a_superseded_bills_link_still_counts(world: World, payer: Payer) -> None:
    await payer.pay_by_upi()
    await payer.wait(1, "paid")
    await payer.pay_by_upi()
    await payer.wait(2, "paid")
    await world.assert_true()


async def test_a_lost_webhook_is_made_up_for_by_the_sweep(world: World, payer: Payer) -> None:
    world.payments.ledger.faults.append(Fault("silent"))
    async with world.house.open(SYSTEM) as uow:
        attempt = await payment_gateway.make_attempt(uow, payer.link.token, payer.link.amount)
    await payment_gateway.begin_checkout(world.house, attempt.id)
    order = world.payments.ledger.orders[attempt.reference]
    await world.payments.settle(order, order.amount_paise, "CARD")
    async with world.house.open(SYSTEM) as uow:
        await uow.session.execute(text("UPDATE pay_attempt SET next_check_at = now() WHERE id = :id"), {"id": attempt.id})
    for _ in range(800):
        if await payer.paid():
            break
        await asyncio.sleep(0.02)
    assert len(await payer.paid()) == 1


@contextlib.contextmanager
def _minutes_later(world: World, minutes: int) -> Iterator[None]:
    """The house's clock goes ahead for the time of the block: what waits for its age becomes due."""
    before = world.house.clock
    world.house.clock = lambda: before() + timedelta(minutes=minutes)
    try:
        yield
    finally:
        world.house.clock = before


async def _attempts(payer: Payer) -> int:
    async with payer.world.house.open(SYSTEM) as uow:
        return int((await uow.session.execute(text("SELECT count(*) FROM pay_attempt WHERE link_token = :t"), {"t": payer.link.token})).scalar_one())


async def _booked_for(payer: Payer) -> str:
    async with payer.world.house.open(SYSTEM) as uow:
        paid_at: datetime = (await uow.session.execute(text("SELECT paid_at FROM payment WHERE consumer_id = :c AND provider IS NOT NULL"), {"c": payer.home.id})).scalar_one()
    return paid_at.isoformat()


def _late_webhook(payer: Payer) -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"event_id": f"evt_{secrets.token_hex(8)}", "type": "payment.captured", "reference": payer.link.reference}).encode()
    return body, {SIGNATURE_HEADER: sign(payer.world.payments.secret, body)}


async def test_a_scanned_code_whose_webhook_is_lost_is_found_by_itself_and_told_once(world: World, payer: Payer, neighbour: str) -> None:
    world.payments.ledger.faults.append(Fault("silent"))
    before = len(world.ledger.sent("whatsapp", neighbour))
    await payer.pay_by_upi()
    assert await _attempts(payer) == 0, "nobody but the provider knows of it"
    with _minutes_later(world, 2):
        await payer.wait(1, "paid", within_s=25)
        receipt_no = (await payer.paid())[0][1]
        assert await _booked_for(payer) == payer.world.payments.ledger.orders[payer.link.reference].payments[0].paid_at, "when he paid, not when it was found"
        (heard,) = await world.heard("whatsapp", neighbour, before)
        assert receipt_no in heard.view["text"]
        body, headers = _late_webhook(payer)
        assert (await world.web.post("/webhooks/payments/simulator", content=body, headers=headers)).status_code == 200
    with _minutes_later(world, 15):
        await asyncio.gather(*(sweep_links(world.house, {}) for _ in range(2)))
        await asyncio.sleep(1)
        assert len(await payer.paid()) == 1
        assert [len(await _told_of(payer, phone, receipt_no)) for phone in (neighbour, payer.phone)] == [1, 1]
    await world.assert_true()


@pytest.mark.parametrize("webhook", ["lost", "late"])
async def test_workers_that_look_at_once_and_a_late_webhook_book_once(world: World, payer: Payer, webhook: str) -> None:
    before = len(world.ledger.sent("sms", payer.phone))
    world.payments.ledger.faults.append(Fault("silent"))
    await payer.pay_by_upi()
    body, headers = _late_webhook(payer)
    late = [world.web.post("/webhooks/payments/simulator", content=body, headers=headers)] if webhook == "late" else []
    with _minutes_later(world, 2):
        await asyncio.gather(*(sweep_links(world.house, {}) for _ in range(4)), *late)
        await payer.wait(1, "paid")
        await world.heard("sms", payer.phone, before)
        receipt_no = (await payer.paid())[0][1]
        assert len(await _told_of(payer, payer.phone, receipt_no)) == 1
        assert len(await payer.paid()) == 1
    await world.assert_true()


async def test_a_forged_payment_webhook_is_refused_and_a_failed_payment_books_nothing(world: World, payer: Payer) -> None:
    body = json.dumps({"event_id": "evt_forged", "reference": payer.link.reference}).encode()
    answer = await world.web.post("/webhooks/payments/simulator", content=body, headers={SIGNATURE_HEADER: "0" * 64})
    assert answer.status_code == 403
    await _through_checkout(payer, "fail")
    await asyncio.sleep(0.5)
    assert await payer.paid() == []


async def test_a_payment_that_is_not_shown_is_found_by_asking(world: World, payer: Payer) -> None:
    world.payments.ledger.faults.append(Fault("silent"))
    await payer.pay_by_upi()
    async with world.house.open(SYSTEM) as uow:
        person = await user.find_person_by_phone(uow, payer.phone)
        assert person is not None
        homes = await connection.list_of_person(uow, person.id)
    if len(homes) > 1:
        pytest.fail("the payer of this test has one connection")
    await world.say("whatsapp", payer.phone, "i paid")
    replies = await world.say("whatsapp", payer.phone, "612345678901")
    await payer.wait(1, "paid")
    assert (await payer.paid())[0][1] in replies[-1].view["text"]


async def test_the_villages_are_real(world: World) -> None:
    async with world.house.open(SYSTEM) as uow:
        assert [t.tenant_id for t in await master_data.list_tenants(uow)] == ["pb.abadighratian", "pb.abianakalan", "pb.abianakhurd"]
