"""Paying by the pages against a provider on the loopback that keeps its own ledger: what it took is what was booked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx2
import pytest
from pydantic import SecretStr

from backend.kit.house import House
from backend.kit.money import Money, total
from backend.kit.unit_of_work import SYSTEM
from backend.money import collection
from tests.backend.pages.households import VILLAGE, Billed, bill_household
from tests.support.serving import serving
from tests.support.till import Till


@pytest.fixture
async def till(house: House) -> AsyncIterator[Till]:
    """The provider, and a house that pays through it."""
    made = Till()
    async with serving(lambda origin: made.app()) as origin:
        made.origin = origin
        house.ports.pop("payment_providers", None)
        house.settings = house.settings.model_copy(update={"payment_simulator_api_base_url": origin, "payment_simulator_secret": SecretStr("a shared secret")})
        yield made
        house.ports.pop("payment_providers", None)


async def booked(house: House, billed: Billed) -> list[collection.Payment]:
    async with house.open(SYSTEM) as uow:
        return await collection.list_payments(uow, VILLAGE, billed.consumer_id, 10)


def return_path(till: Till) -> str:
    (order,) = till.orders.values()
    parts = urlsplit(order.return_url)
    return f"{parts.path}?{parts.query}&lang=en"


async def test_all_of_it(house: House, visitor: httpx2.AsyncClient, till: Till) -> None:
    billed = await bill_household(house)
    answer = await visitor.post(f"/pay/{billed.token}?lang=en", data={"all": "16000"}, headers={"sec-fetch-site": "same-origin", "origin": "null"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{till.origin}/checkout/")
    waiting = await visitor.get(return_path(till))
    assert "being checked" in waiting.text and "₹160" in waiting.text
    (order,) = till.orders.values()
    till.capture(order.reference)
    done = await visitor.get(return_path(till))
    (paid,) = await booked(house, billed)
    assert "Thank you" in done.text and paid.receipt_no in done.text
    assert f"/receipts/{paid.receipt_token}.pdf" in done.text
    assert (paid.amount.paise, paid.due_after) == (till.taken_paise, Money(0))


async def test_a_part_then_the_rest(house: House, visitor: httpx2.AsyncClient, till: Till) -> None:
    billed = await bill_household(house)
    await visitor.post(f"/pay/{billed.token}", data={"amount": "੫੦.੫੦"})
    (order,) = till.orders.values()
    assert order.amount_paise == 5_050
    till.capture(order.reference)
    done = await visitor.get(return_path(till))
    assert "₹50.50" in done.text and "₹109.50" in done.text
    rest = await visitor.get(f"/pay/{billed.token}?lang=en")
    assert "The bill has changed" in rest.text and "₹109.50" in rest.text


async def test_a_double_click_makes_one_order(house: House, visitor: httpx2.AsyncClient, till: Till) -> None:
    billed = await bill_household(house)
    first = await visitor.post(f"/pay/{billed.token}", data={"all": "16000"})
    second = await visitor.post(f"/pay/{billed.token}", data={"all": "16000"})
    assert first.headers["location"] == second.headers["location"]
    assert len(till.orders) == 1


async def test_coming_back_again_and_again_books_once(house: House, visitor: httpx2.AsyncClient, till: Till) -> None:
    billed = await bill_household(house)
    await visitor.post(f"/pay/{billed.token}", data={"all": "16000"})
    (order,) = till.orders.values()
    till.capture(order.reference)
    numbers = {(await booked(house, billed))[0].receipt_no for _ in range(4) if (await visitor.get(return_path(till))).status_code == 200}
    assert len(numbers) == len(await booked(house, billed)) == 1


async def test_failed_offers_another_try_and_late_money_still_counts(house: House, visitor: httpx2.AsyncClient, till: Till) -> None:
    billed = await bill_household(house)
    await visitor.post(f"/pay/{billed.token}", data={"all": "16000"})
    (order,) = till.orders.values()
    order.status = "failed"
    failed = await visitor.get(return_path(till))
    assert "did not go through" in failed.text and f'href="/pay/{billed.token}' in failed.text
    assert await booked(house, billed) == []
    till.capture(order.reference)
    assert "Thank you" in (await visitor.get(return_path(till))).text
    assert total([p.amount for p in await booked(house, billed)]).paise == till.taken_paise


async def test_an_amount_off_by_one_paisa_is_kept_and_said(house: House, visitor: httpx2.AsyncClient, till: Till) -> None:
    billed = await bill_household(house)
    await visitor.post(f"/pay/{billed.token}", data={"all": "16000"})
    (order,) = till.orders.values()
    till.capture(order.reference, 15_999)
    answer = await visitor.get(return_path(till))
    assert "Your money has arrived" in answer.text and "do not pay again" in answer.text
    assert await booked(house, billed) == []


async def test_a_silent_provider_leaves_the_page_waiting(house: House, visitor: httpx2.AsyncClient, till: Till) -> None:
    billed = await bill_household(house)
    await visitor.post(f"/pay/{billed.token}", data={"all": "16000"})
    till.deaf = True
    answer = await visitor.get(return_path(till))
    assert answer.status_code == 200 and 'content="3;url=' in answer.text
    last = await visitor.get(return_path(till) + "&n=10")
    assert "http-equiv" not in last.text and "close this page" in last.text


async def test_upi_is_booked_by_its_reference(house: House, visitor: httpx2.AsyncClient, till: Till) -> None:
    billed = await bill_household(house)
    till.capture(billed.reference, 16_000, "UPI")
    sent = await visitor.post(f"/pay/{billed.token}?lang=en", data={"upi": "1"})
    done = await visitor.get(sent.headers["location"])
    assert "Thank you" in done.text and "UPI" in done.text
    assert [p.amount.paise for p in await booked(house, billed)] == [till.taken_paise]


async def test_a_robot_asking_for_the_head_asks_nobody(house: House, visitor: httpx2.AsyncClient, till: Till) -> None:
    billed = await bill_household(house)
    await visitor.post(f"/pay/{billed.token}", data={"all": "16000"})
    assert (await visitor.head(return_path(till))).status_code == 200
    assert till.asked == 0
