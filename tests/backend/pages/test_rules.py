"""The pages' pure decisions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.ids import new_token
from backend.kit.money import Money
from backend.pages.rules import WAITS_S, choose_locale, clean_code, inner_path, mask_name, parse_amount, wait_s


@pytest.mark.parametrize("stuck", ["", ".", ")", ").", ",", "।", "”", "*", "...", ">", "\u200b"])
def test_what_a_message_sticks_to_a_link_is_taken_off(stuck: str) -> None:
    assert clean_code("AbC-d_9xYz012345" + stuck) == "AbC-d_9xYz012345"


@given(st.integers(96, 256))
def test_every_code_we_make_comes_through_whole(bits: int) -> None:
    code = new_token(bits)
    assert clean_code(code) == code
    assert clean_code(code + ").") == code


@pytest.mark.parametrize("given", ["", ".", "short", "a" * 65, "../../etc/passwd", "abc def ghi jkl", "abcdefgh\x00", "ਅਬਸਦਫਗਹ", "<script>alert</script>"])
def test_what_cannot_be_a_code_is_none(given: str) -> None:
    assert clean_code(given) is None


@pytest.mark.parametrize(
    ("asked", "person", "accept", "locale"),
    [
        ("pa", "hi", "en", "pa"),
        ("xx", "hi", "en", "hi"),
        (None, "pa-Latn", "en", "pa"),
        (None, None, "pa-IN,pa;q=0.9,en;q=0.8", "pa"),
        (None, None, "fr,en;q=0.5,hi;q=0.7", "hi"),
        (None, None, "en;q=oops,pa;q=0.1", "pa"),
        (None, None, "fr", "en"),
        (None, None, None, "en"),
        ("<script>", None, "*;q=" + "9" * 500, "en"),
    ],
)
def test_the_page_speaks_what_the_reader_chose_then_what_he_is_known_by(asked: str | None, person: str | None, accept: str | None, locale: str) -> None:
    assert choose_locale(asked, person, accept) == locale


@pytest.mark.parametrize(
    ("typed", "paise"),
    [
        ("40", 4_000),
        ("40.5", 4_050),
        (" 40.50 ", 4_050),
        ("₹1,000/-", 100_000),
        ("Rs. 80", 8_000),
        ("rs80", 8_000),
        ("੪੦", 4_000),
        ("४०.५०", 4_050),
        ("1,23,456", 12_345_600),
        ("0", 0),
    ],
)
def test_amounts_as_people_type_them(typed: str, paise: int) -> None:
    assert parse_amount(typed) == Money(paise)


@pytest.mark.parametrize("typed", ["", "abc", "-5", "1e3", "40.505", "4 0", "1,0", "NaN", "∞", "0x10", "1" * 30, "½", "40.", "१०रु", "..5", ".5"])
def test_what_is_no_amount_is_none(typed: str) -> None:
    assert parse_amount(typed) is None


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_amounts(typed: str) -> None:
    read = parse_amount(typed)
    assert read is None or 0 <= read.paise < 100_000_000_000


@pytest.mark.parametrize(
    ("name", "masked"),
    [("Ramesh Kumar", "R••• K•••"), ("ਹਰਪ੍ਰੀਤ ਸਿੰਘ", "ਹ••• ਸਿੰ•••"), ("प्रीति", "प्री•••"), ("ਪ੍ਰੀਤਮ", "ਪ੍ਰੀ•••"), ("", ""), ("A B C D E", "A••• B••• C••• D•••")],
)
def test_of_a_name_only_first_letters_are_shown(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_waiting_slows_down_and_ends() -> None:
    waits = [wait_s(n) for n in range(len(WAITS_S) + 3)]
    assert waits[:3] == [3, 4, 5]
    assert list(WAITS_S) == sorted(WAITS_S)
    assert waits[len(WAITS_S) :] == [None, None, None]
    assert wait_s(-1) is None


@pytest.mark.parametrize("path", ["/pay/AbC_-9", "/receipts/x.pdf", "/verify/a?lang=pa"])
def test_a_short_link_leads_to_our_own_pages(path: str) -> None:
    assert inner_path(path) == path


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "pay/x", "/pay/\r\nSet-Cookie: a=b", "/@evil", "/a\\b"]
)
def test_a_short_link_leads_nowhere_else(path: str) -> None:
    assert inner_path(path) is None
