"""What the pages show, without a database."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from backend.kit.money import Money
from backend.pages import texts
from backend.pages.rendering import STYLE, page, render, security_headers
from backend.pages.rules import LOCALES
from backend.pages.views import Contact, FailedView, Household, Line, MessageView, PaidOutView, ParkedView, PayView, ReceiptView, VerifyView, View, WaitView

TOKEN = "AbCdEfGhIjKlMnOpQrStUv"
HOUSEHOLD = Household(village="Abadi Ghratian", holder_masked="R••• K•••", connection_no="WS/7001/2026-27/0042")
CONTACT = Contact(office_name="Gram Panchayat", phone="+911881222222")
LINES = (
    Line(head="charge", period="2026-10", amount=Money(8_000)),
    Line(head="arrears", period=None, amount=Money(16_000)),
    Line(head="penalty", period=None, amount=Money(150)),
)


def a_bill(**changes: Any) -> PayView:
    values = {
        "token": TOKEN,
        "household": HOUSEHOLD,
        "bill_no": "BL/7001/2026-27/0009",
        "lines": LINES,
        "total": Money(24_150),
        "due_on": date(2026, 11, 30),
        "overdue": False,
        "part_allowed": True,
        "upi_link": "upi://pay?pa=village@upi&pn=Abadi%20Ghratian&am=241.50&cu=INR&tn=Water%20bill&tr=MGSABCDEFGHIJKLMNOPQ123",
        "card_offered": True,
        "contact": CONTACT,
    }
    return PayView(**{**values, **changes})


def a_receipt(**changes: Any) -> ReceiptView:
    values = {
        "token": TOKEN,
        "household": HOUSEHOLD,
        "receipt_no": "PB/7001/2026-27/0001",
        "amount": Money(24_150),
        "paid_on": date(2026, 11, 24),
        "mode": "UPI",
        "lines": LINES,
        "due_after": Money(0),
        "advance_after": Money(0),
    }
    return ReceiptView(**{**values, **changes})


PAGES: list[tuple[str, View]] = [
    ("pay.html", a_bill()),
    ("pay.html", a_bill(notice="changed", fault="too_much", typed="500", overdue=True)),
    ("receipt.html", a_receipt()),
    ("receipt.html", a_receipt(fresh=True, advance_after=Money(100))),
    ("waiting.html", WaitView(token=TOKEN, attempt="a-1", household=HOUSEHOLD, amount=Money(24_150), round_no=0, refresh_s=3, contact=CONTACT)),
    ("waiting.html", WaitView(token=TOKEN, attempt="a-1", household=HOUSEHOLD, amount=None, round_no=10, refresh_s=None, contact=CONTACT)),
    ("failed.html", FailedView(token=TOKEN, household=HOUSEHOLD, amount=Money(24_150), contact=CONTACT)),
    ("clear.html", PaidOutView(household=HOUSEHOLD, advance=Money(100))),
    ("parked.html", ParkedView(household=HOUSEHOLD, work_item_no="WI/1", contact=CONTACT)),
    ("verify.html", VerifyView(receipt_no="PB/7001/2026-27/0001", amount=Money(24_150), paid_on=date(2026, 11, 24), valid=True)),
    ("verify.html", VerifyView(receipt_no="PB/7001/2026-27/0001", amount=Money(24_150), paid_on=date(2026, 11, 24), valid=False)),
    *[("message.html", MessageView(key=key, contact=CONTACT)) for key in ("ended", "missing", "slow", "trouble", "elsewhere", "verify.unknown")],
]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(("template", "view"), PAGES)
def test_every_page_is_small_whole_and_in_its_language(template: str, view: View, locale: str) -> None:
    html = render(template, view, locale, path="/pay/x")
    assert len(html.encode()) < 50_000
    assert f'<html lang="{locale}"' in html
    assert html.count("<main>") == html.count("</main>") == 1
    assert "<script" not in html
    assert " style=" not in html
    assert not re.search(r"\s(src|on\w+)=", html)
    assert {"en": "English", "hi": "हिंदी", "pa": "ਪੰਜਾਬੀ"}[locale] + "</b>" in html
    assert html.count("?lang=") >= 2


@pytest.mark.parametrize("locale", ["hi", "pa"])
@pytest.mark.parametrize(("template", "view"), PAGES)
def test_no_english_word_is_left_in_another_language(template: str, view: View, locale: str) -> None:
    shown = re.sub(r"<style>.*?</style>|<[^>]+>", " ", render(template, view, locale, path="/pay/x"), flags=re.DOTALL)
    for given in ("Abadi Ghratian", "Gram Panchayat", "English", "R•••", "K•••"):
        shown = shown.replace(given, "")
    shown = re.sub(r"[A-Z]{2}/\S+", "", shown)
    assert re.findall(r"[A-Za-z]{2,}", shown) == []


def test_the_bill_says_what_is_owed_and_how_to_pay() -> None:
    html = render("pay.html", a_bill(), "en", path=f"/pay/{TOKEN}")
    for said in (
        "Abadi Ghratian",
        "R••• K•••",
        "WS/7001/2026-27/0042",
        "Water charge, October 2026",
        "₹80",
        "Earlier dues",
        "₹160",
        "Late fee",
        "₹1.50",
        "₹241.50",
        "Pay by 30 November 2026",
    ):
        assert said in html
    assert 'href="upi://pay?pa=village@upi&amp;pn=Abadi%20Ghratian&amp;am=241.50' in html
    assert html.count("<svg") == 1
    assert f'<form method="post" action="/pay/{TOKEN}?lang=en">' in html


def test_a_part_is_offered_only_where_it_may_be_paid() -> None:
    assert 'name="amount"' in render("pay.html", a_bill(), "en", path="/pay/x")
    assert 'name="amount"' not in render("pay.html", a_bill(part_allowed=False), "en", path="/pay/x")


def test_without_an_upi_address_only_the_provider_is_offered() -> None:
    html = render("pay.html", a_bill(upi_link=""), "en", path="/pay/x")
    assert "upi:" not in html
    assert "<svg" not in html
    assert "Pay ₹241.50 online" in html


def test_what_a_person_typed_comes_back_escaped() -> None:
    html = render("pay.html", a_bill(typed='"><script>alert(1)</script>', fault="not_an_amount"), "en", path="/pay/x")
    assert "<script" not in html
    assert "&#34;&gt;&lt;script&gt;" in html
    hostile = HOUSEHOLD.model_copy(update={"village": "<img src=x onerror=alert(1)>", "holder_masked": "<b>", "connection_no": "'\"><svg onload=x>"})
    html = render("pay.html", a_bill(household=hostile), "en", path="/pay/x")
    assert "<img" not in html
    assert "<svg onload" not in html


def test_the_waiting_page_looks_again_by_itself_and_then_stops() -> None:
    first = render(
        "waiting.html", WaitView(token=TOKEN, attempt="a-1", household=HOUSEHOLD, amount=Money(100), round_no=2, refresh_s=5, contact=CONTACT), "pa", path="/x"
    )
    last = render(
        "waiting.html",
        WaitView(token=TOKEN, attempt="a-1", household=HOUSEHOLD, amount=Money(100), round_no=9, refresh_s=None, contact=CONTACT),
        "pa",
        path="/x",
    )
    assert f'content="5;url=/pay/{TOKEN}/return?n=3&amp;attempt=a-1&amp;lang=pa"' in first
    assert "http-equiv" not in last
    assert texts.text("wait.not_again", "pa") in first and texts.text("wait.not_again", "pa") in last


def test_verify_shows_validity_number_amount_and_date_only() -> None:
    shown = VerifyView(receipt_no="PB/7001/2026-27/0001", amount=Money(24_150), paid_on=date(2026, 11, 24), valid=True)
    html = render("verify.html", shown, "en", path="/verify/x")
    for said in ("PB/7001/2026-27/0001", "₹241.50", "24 November 2026", "genuine"):
        assert said in html
    assert set(VerifyView.model_fields) == {"receipt_no", "amount", "paid_on", "valid"}


def test_headers_let_nothing_in() -> None:
    answer = page("message.html", MessageView(key="ended"), "en", path="/s/x", status=410)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy and "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.status_code == 410
    assert f"<style>{STYLE}</style>" in bytes(answer.body).decode()


def test_a_form_may_lead_to_the_provider() -> None:
    assert "form-action 'self' https://pay.example.in;" in security_headers(("https://pay.example.in",))["Content-Security-Policy"]


def test_every_text_has_three_languages_and_the_same_places() -> None:
    for key in texts.KEYS:
        wordings = [texts._TEXTS[key][n] for n in range(3)]
        assert all(wordings), key
        places = [sorted(re.findall(r"{(\w+)}", wording)) for wording in wordings]
        assert places[0] == places[1] == places[2], key
        assert not re.search(r"[A-Za-z]{2,}", re.sub(r"{\w+}", "", wordings[1] + wordings[2])), key
