"""The pages over real rooms: what each address answers, to whom, and what it never does."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pypdf
import pytest
from sqlalchemy import text

from backend.foundation import short_url
from backend.kit.house import House
from backend.kit.ids import new_id, new_token
from backend.kit.money import Money
from backend.kit.unit_of_work import SYSTEM
from backend.money import collection, payment_gateway
from tests.backend.pages.households import VILLAGE, Billed, bill_household, bill_more

COUNTED = ("bill", "pay_link", "pay_attempt", "payment", "allocation", "short_link", "announcement", "pgqueuer")


async def rows(house: House) -> dict[str, int]:
    """How many rows the tables of money have."""
    async with house.open(SYSTEM) as uow:
        return {name: (await uow.session.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one() for name in COUNTED}


async def pay(house: House, billed: Billed, amount: Money, key: str = "k1") -> collection.Payment:
    async with house.open(SYSTEM) as uow:
        return await collection.record_payment(
            uow, collection.NewPayment(tenant_id=VILLAGE, consumer_id=billed.consumer_id, amount=amount, mode="CASH", key=key)
        )


async def test_a_short_link_leads_to_the_bill(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    for path in (f"/s/{billed.code}", f"/s/{billed.code}.", f"/s/{billed.code})", f"/PBWATR/{billed.code}", f"/AX-PBWATR-G/{billed.code}."):
        answer = await visitor.get(path)
        assert (answer.status_code, answer.headers["location"]) == (302, f"/pay/{billed.token}"), path
        assert answer.headers["referrer-policy"] == "no-referrer"


async def test_an_ended_short_link_says_so_in_its_persons_language(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house, locale="pa")
    house.clock = lambda: datetime(2027, 11, 24, tzinfo=UTC)
    answer = await visitor.get(f"/s/{billed.code}", headers={"accept-language": "en"})
    assert answer.status_code == 410
    assert 'lang="pa"' in answer.text
    assert (await visitor.get(f"/pay/{billed.token}")).status_code == 410


async def test_a_short_link_never_leads_out(house: House, visitor: httpx2.AsyncClient) -> None:
    async with house.open(SYSTEM) as uow:
        code = await short_url.shorten(uow, "/pay/x")
        await uow.session.execute(text("UPDATE short_link SET path = '//evil.example/x' WHERE code = :code"), {"code": code})
    assert (await visitor.get(f"/s/{code}")).status_code == 404


async def test_looking_changes_nothing(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    before = await rows(house)
    for path in (f"/s/{billed.code}", f"/pay/{billed.token}", f"/pay/{billed.token}/return"):
        for method in ("GET", "HEAD", "GET"):
            answer = await visitor.request(method, path, headers={"user-agent": "WhatsApp/2.23 A"})
            assert answer.status_code in (200, 302)
    assert await rows(house) == before


async def test_the_bill_shows_least_data(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house, name="Gurmeet Kaur", phone="+919876500001")
    answer = await visitor.get(f"/pay/{billed.token}?lang=en")
    assert answer.status_code == 200
    for said in ("G••• K•••", billed.connection_no, "Water charge, October 2026", "Earlier dues", "₹80", "₹160", "Abadi Ghratian"):
        assert said in answer.text
    for hidden in ("Gurmeet", "9876500001", str(billed.consumer_id)):
        assert hidden not in answer.text
    assert f"tr={billed.reference}" in answer.text
    assert "am=160.00" in answer.text
    assert len(answer.content) < 50_000


async def test_the_language_is_the_holders_unless_the_reader_chooses(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house, locale="hi")
    path = f"/pay/{billed.token}"
    assert 'lang="hi"' in (await visitor.get(path, headers={"accept-language": "en"})).text
    assert 'lang="pa"' in (await visitor.get(path + "?lang=pa")).text
    assert 'lang="hi"' in (await visitor.get(path + "?lang=xx")).text


@pytest.mark.parametrize("path", ["/pay/{}", "/pay/{}/return", "/s/{}", "/receipts/{}", "/receipts/{}.pdf", "/verify/{}", "/PBWATR/{}"])
async def test_a_changed_or_cut_link_is_not_found(house: House, visitor: httpx2.AsyncClient, path: str) -> None:
    await bill_household(house)
    for token in (new_token(), "short", "a" * 70, "%00", "..%2f..%2fetc", "<script>"):
        answer = await visitor.get(path.format(token))
        assert answer.status_code == 404
        assert "script-src" not in answer.headers.get("content-security-policy", "") and "<script" not in answer.text


async def test_one_changed_letter_and_another_case_are_not_found(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    other = ("A" if billed.token[0] != "A" else "B") + billed.token[1:]
    for token in (other, billed.token.upper(), billed.token[:-1]):
        assert (await visitor.get(f"/pay/{token}")).status_code == 404


async def test_guessing_is_slowed_down_for_the_guesser_only(house: House, visitor: httpx2.AsyncClient, app: Any) -> None:
    billed = await bill_household(house)
    statuses = [(await visitor.get(f"/pay/{new_token()}")).status_code for _ in range(25)]
    assert statuses == [404] * 20 + [429] * 5
    answer = await visitor.get(f"/pay/{billed.token}")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    elsewhere = httpx2.ASGITransport(app=app, client=("10.9.8.7", 5))
    async with httpx2.AsyncClient(transport=elsewhere, base_url="http://127.0.0.1:8000") as other:
        assert (await other.get(f"/pay/{billed.token}")).status_code == 200


async def test_every_answer_carries_the_headers(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    paid = await pay(house, billed, Money(8_000))
    paths = [
        f"/pay/{billed.token}",
        f"/pay/{billed.token}/return",
        f"/receipts/{paid.receipt_token}",
        f"/receipts/{paid.receipt_token}.pdf",
        f"/verify/{paid.verify_code}",
        "/pay/none-of-ours",
    ]
    for path in [*paths, f"/s/{billed.code}"]:
        headers = (await visitor.get(path)).headers
        assert headers["content-security-policy"].startswith("default-src 'none'"), path
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "noindex" in headers["x-robots-tag"]
        assert "set-cookie" not in headers


async def test_paid_shows_the_receipt(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    paid = await pay(house, billed, Money(16_000))
    answer = await visitor.get(f"/pay/{billed.token}?lang=en")
    assert answer.status_code == 200
    assert paid.receipt_no in answer.text
    assert f'href="/receipts/{paid.receipt_token}.pdf' in answer.text
    assert "<form" not in answer.text


async def test_a_superseded_bill_shows_the_new_amount_and_asks(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    await bill_more(house, billed, 11, 90)
    before = await rows(house)
    page = await visitor.get(f"/pay/{billed.token}?lang=en")
    assert "The bill has changed" in page.text and "₹250" in page.text
    assert "upi:" not in page.text and 'name="all"' not in page.text
    assert await rows(house) == before
    answer = await visitor.post(f"/pay/{billed.token}?lang=en", data={"renew": "1"})
    assert answer.status_code == 303
    fresh = answer.headers["location"]
    assert fresh.startswith("/pay/") and billed.token not in fresh
    assert "am=250.00" in (await visitor.get(fresh)).text
    again = await visitor.post(f"/pay/{billed.token}?lang=en", data={"renew": "1"})
    assert again.headers["location"] == fresh


async def test_a_renewed_link_keeps_who_asked_and_when(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    neighbour, asked_at = new_id(), house.now()
    async with house.open(SYSTEM) as uow:
        await payment_gateway.bill_with_link(uow, VILLAGE, billed.consumer_id, neighbour)
    await bill_more(house, billed, 11, 90)
    house.clock = lambda: asked_at + timedelta(hours=23)
    fresh = (await visitor.post(f"/pay/{billed.token}?lang=en", data={"renew": "1"})).headers["location"].split("?")[0].removeprefix("/pay/")
    assert fresh != billed.token
    async with house.open(SYSTEM) as uow:
        assert await payment_gateway.asked_lately(uow, fresh, timedelta(hours=24)) == neighbour
    house.clock = lambda: asked_at + timedelta(hours=25)
    await visitor.post(f"/pay/{billed.token}?lang=en", data={"renew": "1"})
    async with house.open(SYSTEM) as uow:
        assert await payment_gateway.asked_lately(uow, fresh, timedelta(hours=24)) is None, "renewing is not asking: nobody knows who looks at the page"


async def test_renewing_does_not_forget_who_asked_for_the_new_bill_since(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    before, since = new_id(), new_id()
    async with house.open(SYSTEM) as uow:
        await payment_gateway.bill_with_link(uow, VILLAGE, billed.consumer_id, before)
    await bill_more(house, billed, 11, 90)
    start = house.now()
    house.clock = lambda: start + timedelta(hours=1)
    async with house.open(SYSTEM) as uow:
        shown = await payment_gateway.bill_with_link(uow, VILLAGE, billed.consumer_id, since)
    assert shown is not None
    answer = await visitor.post(f"/pay/{billed.token}?lang=en", data={"renew": "1"})
    assert shown.link.token in answer.headers["location"]
    async with house.open(SYSTEM) as uow:
        assert await payment_gateway.asked_lately(uow, shown.link.token, timedelta(hours=24)) == since


async def test_paying_the_old_total_asks_again(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    await pay(house, billed, Money(1_000))
    before = await rows(house)
    answer = await visitor.post(f"/pay/{billed.token}?lang=en", data={"all": "16000"})
    assert answer.status_code == 409
    assert "The bill has changed" in answer.text and "₹150" in answer.text
    assert (await rows(house))["pay_attempt"] == before["pay_attempt"]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"amount": "abc"}, "in numbers"),
        ({"amount": ""}, "in numbers"),
        ({}, "in numbers"),
        ({"amount": "-5"}, "in numbers"),
        ({"amount": "0.50"}, "smallest amount"),
        ({"amount": "0"}, "smallest amount"),
        ({"amount": "160.01"}, "only ₹160"),
        ({"amount": "999999999"}, "only ₹160"),
    ],
)
async def test_a_bad_amount_is_told_and_nothing_is_made(house: House, visitor: httpx2.AsyncClient, form: dict[str, str], said: str) -> None:
    billed = await bill_household(house)
    before = await rows(house)
    answer = await visitor.post(f"/pay/{billed.token}?lang=en", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert await rows(house) == before


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}])
async def test_a_form_from_another_site_does_nothing(house: House, visitor: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    billed = await bill_household(house)
    before = await rows(house)
    answer = await visitor.post(f"/pay/{billed.token}", data={"all": str(billed.total.paise)}, headers=headers)
    assert answer.status_code == 403
    assert await rows(house) == before


async def test_a_huge_form_is_refused(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    assert (await visitor.post(f"/pay/{billed.token}", data={"amount": "1" * 10_000})).status_code == 413


async def test_without_the_provider_the_page_says_nothing_was_taken(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    house.ports.pop("payment_providers", None)
    house.settings = house.settings.model_copy(update={"payment_simulator_api_base_url": "http://127.0.0.1:9"})
    answer = await visitor.post(f"/pay/{billed.token}?lang=en", data={"all": str(billed.total.paise)})
    assert answer.status_code == 503
    assert "Nothing was taken" in answer.text
    waiting = await visitor.get(f"/pay/{billed.token}/return?lang=en")
    assert "being checked" in waiting.text and "do not pay again" in waiting.text
    assert 'http-equiv="refresh"' in waiting.text


async def test_one_upi_proof_makes_one_attempt(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    first = await visitor.post(f"/pay/{billed.token}", data={"upi": "1"})
    second = await visitor.post(f"/pay/{billed.token}", data={"upi": "1"})
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    async with house.open(SYSTEM) as uow:
        attempts = await payment_gateway.open_attempts(uow, VILLAGE, billed.consumer_id)
    assert [(a.reference, a.amount) for a in attempts] == [(billed.reference, billed.total)]


@pytest.mark.parametrize(
    "query",
    [
        "status=success&amount=16000",
        "attempt=11111111-1111-7111-8111-111111111111&status=paid",
        "attempt=x&n=-1",
        "n=9999999",
        "returnUrl=https://evil.example",
        "n=%F0%9D%9F%99",
    ],
)
async def test_nothing_in_the_return_address_is_believed(house: House, visitor: httpx2.AsyncClient, query: str) -> None:
    billed = await bill_household(house)
    answer = await visitor.get(f"/pay/{billed.token}/return?{query}&lang=en")
    assert answer.status_code == 200
    assert "being checked" in answer.text
    assert "evil" not in answer.text
    async with house.open(SYSTEM) as uow:
        assert await collection.list_payments(uow, VILLAGE, billed.consumer_id) == []


async def test_anothers_attempt_shows_nothing_of_his(house: House, visitor: httpx2.AsyncClient) -> None:
    mine = await bill_household(house)
    his = await bill_household(house, phone="+919876500002", name="Balbir Singh")
    sent = await visitor.post(f"/pay/{his.token}", data={"upi": "1"})
    match = re.search(r"attempt=([0-9a-f-]+)", sent.headers["location"])
    assert match
    answer = await visitor.get(f"/pay/{mine.token}/return?attempt={match[1]}&lang=en")
    assert "B••• S•••" not in answer.text and his.connection_no not in answer.text


async def test_the_receipt_page_and_its_pdf(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    paid = await pay(house, billed, Money(17_000))
    page = await visitor.get(f"/receipts/{paid.receipt_token}?lang=en")
    for said in (paid.receipt_no, "₹170", "Water charge, September 2026", "Water charge, October 2026", "Advance", "G••• K•••"):
        assert said in page.text
    assert "Gurmeet" not in page.text
    printed = await visitor.get(f"/receipts/{paid.receipt_token}.pdf?lang=en")
    assert printed.headers["content-type"] == "application/pdf"
    assert "inline" in printed.headers["content-disposition"]
    words = pypdf.PdfReader(io.BytesIO(printed.content)).pages[0].extract_text()
    for said in (paid.receipt_no, "₹170", "Gurmeet Kaur", billed.connection_no, f"/verify/{paid.verify_code}", "One hundred seventy rupees only"):
        assert said in words
    assert (await visitor.get(f"/receipts/{paid.receipt_token}.pdf.")).content[:5] == b"%PDF-"
    assert (await visitor.head(f"/receipts/{paid.receipt_token}.pdf")).status_code == 200


async def test_the_code_on_the_paper_proves_it_and_opens_nothing(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    paid = await pay(house, billed, Money(8_000))
    answer = await visitor.get(f"/verify/{paid.verify_code}?lang=en")
    assert answer.status_code == 200
    for said in (paid.receipt_no, "₹80", "24 November 2026", "genuine"):
        assert said in answer.text
    for hidden in ("Gurmeet", "G•••", billed.connection_no, paid.receipt_token, "Abadi"):
        assert hidden not in answer.text
    assert (await visitor.get(f"/receipts/{paid.verify_code}")).status_code == 404
    assert (await visitor.get(f"/verify/{paid.receipt_token}")).status_code == 404


async def test_a_young_payment_without_a_named_attempt_is_shown(house: House, visitor: httpx2.AsyncClient) -> None:
    billed = await bill_household(house)
    paid = await pay(house, billed, Money(8_000))
    assert paid.receipt_no in (await visitor.get(f"/pay/{billed.token}/return")).text
    now = house.clock()
    house.clock = lambda: now + timedelta(hours=2)
    assert paid.receipt_no not in (await visitor.get(f"/pay/{billed.token}/return")).text
