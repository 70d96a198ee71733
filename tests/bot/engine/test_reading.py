"""Amounts, connection numbers, codes and UPI references as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.definition import Expect
from bot.engine.events import Said
from bot.engine.reading import amount_in, cash_line, digits_miss, household_line, number_in, otp_in, plain_answer, understood_answer


@pytest.mark.parametrize(
    ("text", "paise"),
    [
        ("500", 500_00), ("₹1,200", 1_200_00), ("500/-", 500_00), ("५०० रुपये", 500_00), ("੫੦੦ ਰੁਪਏ", 500_00), ("80.50", 80_50), ("Rs. 500", 500_00), ("1,23,456", 1_23_456_00),
        ("500 rs", 500_00), ("0", None), ("0045", None), ("-5", None), ("five hundred", None), ("500 600", None), ("80.505", None), ("99999999999999", None), ("", None),
    ],
)  # fmt: skip
def test_amount_in(text: str, paise: int | None) -> None:
    assert amount_in(text) == paise


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("WS/15767/2026-27/0045", "WS/15767/2026-27/0045"), ("ws/15767/2026-27/0045.", "WS/15767/2026-27/0045"), ("੦੦੪੫", "0045"), ("112?", "112"), ("A-12", "A-12"), ("hello", None),
        ("0045 500", None), ("", None), ("/", None), ("१२३/४", "123/4"),
    ],
)  # fmt: skip
def test_number_in(text: str, number: str | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("0045 500", ("0045", 500_00)), ("0045, 500/-", ("0045", 500_00)), ("ramesh 500", ("ramesh", 500_00)), ("ਰਮੇਸ਼ ਕੁਮਾਰ ੫੦੦", ("ਰਮੇਸ਼ ਕੁਮਾਰ", 500_00)), ("0045", ("0045", None)),
        ("WS/15767/2026-27/0045 500", ("WS/15767/2026-27/0045", 500_00)), ("0045 cash 500", ("0045", 500_00)), ("ramesh panj sau", None), ("0045 500 600", None), ("", None),
    ],
)  # fmt: skip
def test_household_line(text: str, line: tuple[str, int | None] | None) -> None:
    assert household_line(text) == line


def test_a_collectors_line_is_digits_only() -> None:
    assert cash_line("0045 500") == {"connection_no": "0045", "amount": 500_00}
    assert cash_line("ramesh 500") is None
    assert cash_line("0045") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("482913", "482913"), ("482 913", "482913"), ("code ४८२९१३ है", "482913"), ("1234567", None), ("2026-27", None), ("WS/15767/2026-27/0045", None), ("12 34", None)],
)
def test_otp_in(text: str, code: str | None) -> None:
    assert otp_in(text) == code


def expecting(what: str) -> Expect:
    return Expect.model_validate({"what": what, "save": "x", "go": "on", "amount": "paid"})


@pytest.mark.parametrize(
    ("what", "text", "given"),
    [
        ("amount", "250", {"x": 250_00}), ("otp", "482 913", {"x": "482913"}), ("upi_reference", "UTR 6123 4567 8901", {"x": "612345678901"}), ("text", "  no water ", {"x": "no water"}),
        ("household", "0045 500", {"x": "0045", "paid": 500_00}), ("household", "0045", {"x": "0045"}), ("connection_no", "45", None), ("connection_no", "112", {"x": "112"}), ("contact", "x", None),
        ("household", "ramesh", None), ("text", " ", None),
    ],
)  # fmt: skip
def test_plain_answer(what: str, text: str, given: dict[str, object] | None) -> None:
    assert plain_answer(expecting(what), Said(text=text)) == given


def test_another_households_money_is_no_answer_about_this_one() -> None:
    said = Said(text="suresh nu assi", entities={"name": "suresh", "amount": 80_00})
    assert understood_answer(expecting("amount"), said) is None
    assert understood_answer(expecting("amount"), Said(text="assi", entities={"amount": 80_00})) == {"x": 80_00}
    assert understood_answer(expecting("household"), said) == {"x": "suresh", "paid": 80_00}


def test_a_bare_name_is_a_household() -> None:
    assert understood_answer(expecting("household"), Said(text="ਰਮੇਸ਼ ਸਿੰਘ")) == {"x": "ਰਮੇਸ਼ ਸਿੰਘ"}
    assert understood_answer(expecting("household"), Said(text="what is this and why do I need it")) is None


def test_wrong_digits_are_a_wrong_answer_and_no_other_wish() -> None:
    assert digits_miss(expecting("otp"), "12 34")
    assert not digits_miss(expecting("otp"), "12 ab")
    assert not digits_miss(expecting("amount"), "0045 500")
    assert not digits_miss(expecting("text"), "12")


@given(st.text(max_size=80), st.sampled_from(["amount", "connection_no", "household", "otp", "upi_reference", "text", "contact"]))
def test_any_text_is_read_without_an_error(text: str, what: str) -> None:
    given_values = plain_answer(expecting(what), Said(text=text))
    if given_values is not None and what == "amount":
        assert isinstance(given_values["x"], int) and given_values["x"] > 0


@given(st.integers(1, 10_00_00_000), st.sampled_from(["{}", "₹{}", "Rs {}", "{}/-", "{} ਰੁਪਏ"]))
def test_every_whole_amount_is_read(rupees: int, form: str) -> None:
    assert amount_in(form.format(rupees)) == rupees * 100
