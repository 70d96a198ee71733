"""The simulator's page in a real browser: a conversation on each channel, buttons and lists, what was sent, on a phone and a desktop."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.conftest import World, world  # noqa: F401  the service is the journeys' own

pytestmark = pytest.mark.browser
PICTURES = os.environ.get("MGRAMSEVA_TEST_PICTURES")


async def picture(page: Page, name: str) -> None:
    """Keep a picture, when somebody wants to look."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png")


async def _open(chromium: Browser, world: World, who: str, channel: str, width: int, height: int) -> Page:  # noqa: F811
    page = await chromium.new_page(viewport={"width": width, "height": height})
    await page.goto(f"{world.base}/simulator#{channel}/{who}")
    await expect(page.locator("#who")).to_contain_text(who)
    return page


async def _say(page: Page, text: str) -> None:
    before = await page.locator(".message.theirs").count()
    await page.fill("#text", text)
    await page.click("#send")
    await expect(page.locator(".message.theirs")).to_have_count(before + 1, timeout=10_000)


async def test_a_villager_on_whatsapp_sees_bill_buttons_and_what_was_sent(chromium: Browser, world: World) -> None:  # noqa: F811
    page = await _open(chromium, world, "+919000000001", "whatsapp", 1200, 800)
    await _say(page, "mera bill kitna hai?")
    await expect(page.locator(".message.theirs").last).to_contain_text("WS/15767/2026-27/0001")
    await expect(page.locator(".message.theirs a").last).to_have_attribute("href", world.base + "/s/" + (await page.locator(".message.theirs a").last.inner_text()).rsplit("/", 1)[-1])
    await expect(page.locator("#sends li").first).to_contain_text("WhatsApp quick-reply")
    before = await page.locator(".message.theirs").count()
    await page.locator(".message.theirs .choices button").first.click()
    await expect(page.locator(".message.theirs")).to_have_count(before + 1, timeout=10_000)
    await picture(page, "simulator")
    await page.close()


async def test_sms_shows_segments_and_telegram_its_contact_key(chromium: Browser, world: World) -> None:  # noqa: F811
    page = await _open(chromium, world, "+919000000003", "sms", 1200, 800)
    await _say(page, "bill")
    await expect(page.locator("#sends li").first).to_contain_text("SMS:")
    await expect(page.locator("#sends li").first).to_contain_text("GSM-7")
    await picture(page, "simulator-sms")
    await page.click('[data-channel="telegram"]')
    await _say(page, "bill")
    await page.locator(".message.theirs .choices button").last.click()  # English: nobody's language is guessed from Latin letters
    await expect(page.locator("#keyboard button").first).to_be_visible()
    await page.locator("#keyboard button").first.click()
    await expect(page.locator(".message.theirs").last).to_contain_text("WS/15767/2026-27/0004", timeout=10_000)
    await picture(page, "simulator-telegram")
    await page.close()


async def test_it_works_on_a_phone(chromium: Browser, world: World) -> None:  # noqa: F811
    page = await _open(chromium, world, "+919000000006", "whatsapp", 360, 680)
    await _say(page, "बिल")
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await picture(page, "simulator-phone")
    await page.click("#wire-toggle")
    await expect(page.locator("#wire")).to_be_visible()
    await page.select_option("#person", "+919000000101")
    await page.click("#wire-toggle")
    await _say(page, "menu")
    await expect(page.locator(".message.theirs details").last).to_be_visible()
    await page.close()
