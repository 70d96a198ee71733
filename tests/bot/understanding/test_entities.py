"""Entities: exact values from what people write."""

from __future__ import annotations

from datetime import date

import pytest

from bot.understanding.builtin import BuiltIn
from bot.understanding.entities import amount_of, entities

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "paise"),
    [
        ("Rs 500/-", 50000), ("₹500", 50000), ("2k", 200000), ("500.50", 50050), ("₹1,23,456.50", 12345650), ("panj sau", 50000), ("पाँच सौ", 50000), ("ਪੰਜ ਸੌ", 50000),
        ("dedh sau", 15000), ("dhai sau", 25000), ("sawa sau", 12500), ("5 sau", 50000), ("paanch hazar", 500000), ("sava do sau", 22500), ("paune do sau", 17500),
        ("saadhe teen hazar", 350000), ("५०० रुपये", 50000), ("੫੦੦", 50000), ("５００", 50000), ("one thousand two hundred and fifty", 125000), ("2 hazar 500", 250000),
        ("50 rupaye 50 paise", 5050), ("500-500 do ghar", 50000),
        ("panj-panj sau do gharan ne ditte", 50000), ("two fifty", 25000),
        ("two hundred fifty five", 25500), ("1,25,000", 12500000), ("145,000", 14500000), ("1 lakh", 10000000), ("makan no 45 te 200", 20000),
        ("makan number 45", None), ("3 ghar", None), ("2026 da bill", None), ("9876543210", None), ("WS/15767/2026-27/0001", None), ("25 tarikh", None), ("de do", None), ("0045", None),
        ("5oo rupees taken", 50000), ("1 000 rs liya", 100000), ("paid ₹ 12 300 for pipes", 1230000), ("₹ 2, 400 kis cheez ka", 240000), ("145 200 rs", 20000),
        ("तीनसौ रुपये दे दिये", 30000), ("ਪੰਜਸੌ ਰੁਪੈ ਦਿੱਤੇ", 50000), ("panj sou dita", 50000), ("five hundread rupees", 50000), ("dasso ji", None),
        ("meter no 1023 se 150 wasool kiye", 15000), ("217 wali aunty ne 240 diye", 24000), ("teen ghar se 200-200 aaye", 20000), ("ਅਸੀਂ ਦੋਹਾਂ ਨੇ 400-400 ਦਿੱਤੇ", 40000),
        ("ਤਿੰਨ ਸੌ ਚਾਲੀ ਬਿੱਲ ਆਇਆ, ਮੀਟਰ ਬੰਦ ਹੈ", 34000), ("1 lakh tanki par laga diya", 10000000), ("2k ek baar me nahi de sakta", 200000),
        ("nau sau ek saath de dunga", 90000), ("receipt book no 500 finished", None), ("receipt book 23 is finished", None), ("2021-22 ka kharcha batao", None),
        ("do hazar chaubees se bill nahi aaya", None), ("40 gharan ch pani ni", None), ("helpline 1916 lagti hi nahi", None), ("list ch 1 to 60 tak naam theek ne", None),
        ("ghare 12vi da paper dinda munda", None), ("no", None), ("teen din se motor nahi chali", None), ("do paise mile to de denge", None), ("ramesh 40", 4000),
        ("operator salary for june 4k given", 400000), ("receipt book finished at no 1150", None), ("new connection charges are 5000?", 500000), ("my house is 87", None),
        ("may june de 800 bnde ne ditte", 80000), ("sade pind ch dhai sau ghar ne", None), ("took 600 from connection no 1183", 60000), ("when will the 2024 bill come", None),
    ],
)  # fmt: skip
def test_amounts(text: str, paise: int | None) -> None:
    assert amount_of(text) == paise


@pytest.mark.parametrize(
    ("text", "step", "found"),
    [
        ("0045 500", None, {("connection_no", "0045"), ("amount", 50000)}),
        ("145 walo ne 200 diye", None, {("connection_no", "145"), ("amount", 20000)}),
        ("ramesh 500", None, {("name", "ramesh"), ("amount", 50000)}),
        ("ਰਮੇਸ਼ ਪੰਜ ਸੌ", None, {("name", "ਰਮੇਸ਼"), ("amount", 50000)}),
        ("gurpreet singh ne 200 diye", None, {("name", "gurpreet singh"), ("amount", 20000)}),
        ("ws/15767/2026-27/0001 ka bill", None, {("connection_no", "WS/15767/2026-27/0001")}),
        ("500", "amount", {("amount", 50000)}),
        ("500", "connection_no", {("connection_no", "500")}),
        ("500", None, {("amount", 50000)}),
        ("रमेश", "name", {("name", "रमेश")}),
        ("meter reading 1234", None, {("reading", 1234)}),
        ("मीटर की रीडिंग १२५०", None, {("reading", 1250)}),
        ("motor repair da kharcha 900", None, {("expense_type", "OM"), ("amount", 90000)}),
        ("pichhle mahine ki rasid", None, {("period", "last_month")}),
        ("october da bill dasso", None, {("period", "2026-10")}),
        ("2026-10 ka bill", None, {("period", "2026-10")}),
        ("25 november ko dunga", None, {("date", "2026-11-25")}),
        ("5 tarikh ko dunga", None, {("date", "day_5")}),
        ("ਅਗਲੇ ਹਫ਼ਤੇ ਦੇ ਦਿਆਂਗਾ", None, {("date", "next_week")}),
        ("do din baad bharunga", None, {("date", "in_2_days")}),
        ("kal de dunga", None, {("date", "tomorrow")}),
        ("kal ka hisab", None, {("date", "yesterday")}),
        ("3 din se pani nahi aa raha", None, set()),
        ("rasid PB/2026-27/000123", None, {("receipt_no", "PB/2026-27/000123")}),
        ("mera number +91 98765 43210 hai", None, {("phone", "9876543210")}),
        ("123456", "otp", set()),
        ("145, 146 te 147 ne 200 ditte", None, {("connection_no", "145"), ("connection_no", "146"), ("connection_no", "147"), ("amount", 20000)}),
        ("45 no wale ne 500 diye", None, {("connection_no", "45"), ("amount", 50000)}),
        ("500 mile 0045 ton", None, {("amount", 50000), ("connection_no", "0045")}),
        ("H.No. 23 gave 150", None, {("amount", 15000)}),
        ("ghar ka number 12 hai 80 rupaye diye", None, {("amount", 8000)}),
        ("galat entry ho gayi 0045 500 wali", None, {("connection_no", "0045"), ("amount", 50000)}),
        ("ਰੀਡਿੰਗ ਬਾਰਾਂ ਸੌ ਪੰਜਾਹ", None, {("reading", 1250)}),
        ("0045 ki reading 1234", None, {("connection_no", "0045"), ("reading", 1234)}),
        ("5/12 nu devanga", None, {("date", "2026-12-05")}),
        ("main 7 ko de dunga", None, {("date", "day_7")}),
        ("12/145 ne 500 ditte", None, {("connection_no", "12/145"), ("amount", 50000)}),
        ("ws 1023 ka bill bhejo", None, {("connection_no", "WS-1023")}),
        ("remind 145 to pay", None, {("connection_no", "145")}),
        ("pichhattar no wale 5 so de gye", None, {("connection_no", "75"), ("amount", 50000)}),
        ("pehli tarikh ko bill bhar dunga", None, {("date", "day_1")}),
        ("pichle mhine ka bil", None, {("period", "last_month")}),
        ("agle hfte bill bhar dunga", None, {("date", "next_week")}),
        ("barah november ko paise diye the", None, {("date", "2026-11-12")}),
        ("kal pump ki bearing badli uske dedh hazar lage", None, {("date", "yesterday"), ("amount", 150000), ("expense_type", "OM")}),
    ],
)
def test_values_by_words_and_step(text: str, step: str | None, found: set[tuple[str, int | str]]) -> None:
    answer = BuiltIn.load().understand(text, step=step, today=TODAY)
    assert {(e.entity, e.value) for e in answer.entities} == found


def test_spans_point_into_the_text_as_written() -> None:
    text = "ਰਮੇਸ਼ ਨੇ ੫੦੦ ਦਿੱਤੇ"
    spans = {e.entity: text[e.start : e.end] for e in entities(text, intent="collect_payment")}
    assert spans == {"name": "ਰਮੇਸ਼", "amount": "੫੦੦"}
