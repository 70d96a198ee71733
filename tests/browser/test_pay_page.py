"""Paying on a small phone: 320 dots wide, no JavaScript, a real browser, a provider on the loopback with its own ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from playwright.async_api import ConsoleMessage, Page
from pydantic import SecretStr

from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM
from backend.money import collection
from backend.pages import make_pages
from tests.backend.pages.households import VILLAGE, Billed, bill_household
from tests.browser.conftest import OpenPage
from tests.support.serving import serving
from tests.support.till import Till

pytestmark = pytest.mark.browser


@dataclass
class Street:
    """Everything a payer meets: our pages, the provider, and the house behind."""

    origin: str
    house: House
    till: Till

    async def payments(self, billed: Billed) -> list[collection.Payment]:
        async with self.house.open(SYSTEM) as uow:
            return await collection.list_payments(uow, VILLAGE, billed.consumer_id, 10)


@pytest.fixture
async def street(live_house: House) -> AsyncIterator[Street]:
    till = Till()

    def make_app(origin: str) -> FastAPI:
        update: dict[str, Any] = {"public_url": origin, "payment_simulator_api_base_url": till.origin, "payment_simulator_secret": SecretStr("a shared secret")}
        live_house.settings = live_house.settings.model_copy(update=update)
        app = FastAPI()
        make_pages(app, live_house)
        return app

    async with serving(lambda _: till.app()) as till.origin, serving(make_app) as origin:
        yield Street(origin, live_house, till)


async def fits(page: Page) -> bool:
    """Whether nothing sticks out: of the page to the right, or of its own card."""
    return bool(
        await page.evaluate(
            """document.documentElement.scrollWidth <= window.innerWidth && [...document.querySelectorAll('section')].every(card =>
            [...card.querySelectorAll('*')].every(part => part.getBoundingClientRect().right <= card.getBoundingClientRect().right))"""
        )
    )


def watch(page: Page) -> list[str]:
    """What the browser complains of while a test runs: refused styles, blocked forms."""
    complaints: list[str] = []

    def hear(said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and not said.location["url"].endswith("/favicon.ico"):
            complaints.append(said.text)

    page.on("console", hear)
    return complaints


@pytest.mark.parametrize(("locale", "title"), [("pa", "ਪਾਣੀ ਦਾ ਬਿੱਲ ਭਰੋ"), ("hi", "पानी का बिल भरें"), ("en", "Pay water bill")])
async def test_the_bill_fits_a_small_phone_in_its_language(street: Street, open_page: OpenPage, pictures: Path, locale: str, title: str) -> None:
    billed = await bill_household(street.house, locale=locale, rupees=(80, 12_345))
    page = await open_page()
    complaints = watch(page)
    await page.goto(f"{street.origin}/s/{billed.code}")
    assert await page.locator("h1").inner_text() == title
    assert await page.locator("html").get_attribute("lang") == locale
    assert await fits(page)
    assert (await page.locator("a.go").first.get_attribute("href") or "").startswith("upi://pay?pa=village%40upi&")
    for button in await page.locator("a.go, button.go").all():
        box = await button.bounding_box()
        assert box is None or (box["height"] >= 48 and box["x"] >= 0 and box["x"] + box["width"] <= 320)
    qr = await page.locator("svg").bounding_box()
    assert qr and qr["width"] >= 200
    await page.screenshot(path=pictures / f"pay_{locale}.png", full_page=True)
    assert complaints == []


async def test_paying_by_card_ends_in_a_receipt(street: Street, open_page: OpenPage, pictures: Path) -> None:
    billed = await bill_household(street.house)
    page = await open_page()
    complaints = watch(page)
    await page.goto(f"{street.origin}/pay/{billed.token}?lang=pa")
    await page.get_by_role("button", name="ਕਾਰਡ ਜਾਂ ਨੈੱਟਬੈਂਕਿੰਗ").click()
    assert page.url.startswith(street.till.origin)
    await page.get_by_role("button", name="pay").click()
    (paid,) = await street.payments(billed)
    assert paid.amount.paise == street.till.taken_paise == 16_000
    assert await page.locator("h1").inner_text() == "ਪੈਸੇ ਮਿਲ ਗਏ ਜੀ, ਧੰਨਵਾਦ!"
    assert paid.receipt_no in await page.content()
    assert await fits(page)
    await page.screenshot(path=pictures / "paid_pa.png", full_page=True)
    link = await page.locator("a.go").get_attribute("href")
    printed = await page.request.get(f"{street.origin}{link}")
    assert (await printed.body()).startswith(b"%PDF-")
    await page.goto(f"{street.origin}/verify/{paid.verify_code}?lang=pa")
    await page.screenshot(path=pictures / "verify_pa.png", full_page=True)
    assert await fits(page)
    assert complaints == []


async def test_the_waiting_page_finds_the_money_without_scripts(street: Street, open_page: OpenPage, pictures: Path) -> None:
    billed = await bill_household(street.house, locale="hi")
    page = await open_page()
    await page.goto(f"{street.origin}/pay/{billed.token}")
    await page.get_by_role("button", name="कार्ड या नेटबैंकिंग").click()
    await page.get_by_role("button", name="later").click()
    assert await page.locator("h1").inner_text() == "पेमेंट की जाँच हो रही है"
    assert await fits(page)
    await page.screenshot(path=pictures / "waiting_hi.png", full_page=True)
    street.till.capture(next(iter(street.till.orders)))
    await page.get_by_text("पैसे मिल गए जी, धन्यवाद!").wait_for(timeout=15_000)
    assert len(await street.payments(billed)) == 1


async def test_failed_and_then_a_part(street: Street, open_page: OpenPage, pictures: Path) -> None:
    billed = await bill_household(street.house, locale="en")
    page = await open_page()
    await page.goto(f"{street.origin}/pay/{billed.token}")
    await page.get_by_role("button", name="Card or netbanking").click()
    await page.get_by_role("button", name="fail").click()
    assert await page.locator("h1").inner_text() == "The payment did not go through"
    await page.screenshot(path=pictures / "failed_en.png", full_page=True)
    await page.get_by_role("link", name="Try again").click()
    await page.get_by_text("Pay a part now").click()
    await page.get_by_label("How many rupees?").fill("1000")
    await page.get_by_role("button", name="Pay this part").click()
    assert "The bill is only ₹160." in await page.content()
    assert await page.get_by_label("How many rupees?").input_value() == "1000"
    assert await fits(page)
    await page.screenshot(path=pictures / "fault_en.png", full_page=True)
    await page.get_by_label("How many rupees?").fill("50")
    await page.get_by_role("button", name="Pay this part").click()
    await page.get_by_role("button", name="pay").click()
    (paid,) = await street.payments(billed)
    assert (paid.amount.paise, paid.due_after.paise) == (5_000, 11_000)


async def test_the_language_switch(street: Street, open_page: OpenPage) -> None:
    billed = await bill_household(street.house, locale=None)
    page = await open_page(locale="hi-IN")
    await page.goto(f"{street.origin}/pay/{billed.token}")
    assert await page.locator("html").get_attribute("lang") == "hi"
    await page.get_by_role("link", name="ਪੰਜਾਬੀ").click()
    assert await page.locator("html").get_attribute("lang") == "pa"


async def test_a_link_of_nobody(street: Street, open_page: OpenPage, pictures: Path) -> None:
    page = await open_page()
    answer = await page.goto(f"{street.origin}/s/noSuchLink12")
    assert answer and answer.status == 404
    assert await page.locator("html").get_attribute("lang") == "pa"
    assert await fits(page)
    await page.screenshot(path=pictures / "missing_pa.png", full_page=True)
