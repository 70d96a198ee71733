"""What is decided before any model: numbers, labels, yes and no, commands, languages; in every script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import matching
from bot.engine.state import Asked, Option

ASKED = Asked(
    nonce="abc",
    context="flow.step",
    options=(
        Option(number=1, id="yes", go="a.b", words=("my bill", "मेरा बिल", "ਮੇਰਾ ਬਿੱਲ")),
        Option(number=2, id="no", go="a.c", words=("receipts", "रसीदें", "ਰਸੀਦਾਂ")),
        Option(number=3, id="other", go="a.d"),
    ),
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1), ("१", 1), ("੧.", 1), ("(2)", 2), ("1️⃣", 1), ("no 3", 3), ("3 number", 3), ("10", 10), ("#2", 2), ("०", 0), ("007", None), ("0001", None), ("100", None), ("1 2", None),
        ("", None), ("ek", None),
    ],
)  # fmt: skip
def test_typed_number(text: str, number: int | None) -> None:
    assert matching.typed_number(text) == number


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2", "no"), ("੨", "no"), ("MY BILL!", "yes"), ("मेरा बिल।", "yes"), ("ਰਸੀਦਾਂ", "no"), ("haan ji", "yes"), ("ਹਾਂ", "yes"), ("नहीं", "no"), ("👍", "yes"), ("second", "no"),
        ("तीन", "other"), ("ਤੀਜਾ", "other"), ("4", None), ("मेरा", None), ("", None), ("bill please now", None),
    ],
)  # fmt: skip
def test_option_in(text: str, wanted: str | None) -> None:
    found = matching.option_in(text, ASKED)
    assert (found.id if found else None) == wanted


def test_nothing_is_chosen_from_no_list() -> None:
    assert matching.option_in("1", None) is None
    assert matching.option_of_button("abc:yes", None) is None


def test_only_the_last_lists_buttons_count() -> None:
    found = matching.option_of_button(matching.button_id("abc", "yes"), ASKED)
    assert found is not None and found.id == "yes"
    assert matching.option_of_button("abd:yes", ASKED) is None
    assert matching.option_of_button("abc:gone", ASKED) is None
    assert matching.option_of_button("", ASKED) is None


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("menu", "menu"), ("MENU.", "menu"), ("0", "menu"), ("००", "menu"), ("੦", "menu"), ("मेनू", "menu"), ("ਮੀਨੂ", "menu"), ("back", "back"), ("ਵਾਪਸ", "back"), ("stop", "stop"),
        ("STOP!", "stop"), ("बंद", "stop"), ("बन्द", "stop"), ("ਬੰਦ", "stop"), ("start", "start"), ("/start", "greet"), ("/menu", "menu"), ("help", "help"), ("मदद", "help"),
        ("cancel", "cancel"), ("ਰੱਦ", "cancel"), ("भाषा", "language"), ("000", None), ("stop it now", None), ("bill", None), ("", None),
    ],
)  # fmt: skip
def test_command_in(text: str, command: str | None) -> None:
    assert matching.command_in(text) == command


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("hindi", "hi"), ("हिन्दी", "hi"), ("ਪੰਜਾਬੀ ਵਿੱਚ ਦੱਸੋ", "pa"), ("Punjabi mein bolo", "pa"), ("English please", "en"), ("अंग्रेज़ी", "en"), ("hindi mein bill dikhao", None),
        ("hindi ya punjabi", None), ("bill", None), ("", None),
    ],
)  # fmt: skip
def test_language_asked(text: str, locale: str | None) -> None:
    assert matching.language_asked(text) == locale


@pytest.mark.parametrize(("text", "locale"), [("ਬਿੱਲ", "pa"), ("बिल", "hi"), ("mera bill", None), ("੧", None), ("१२", None), ("ਬਿੱਲ bill बि", "pa"), ("", None)])
def test_script_language(text: str, locale: str | None) -> None:
    assert matching.script_language(text) == locale


def test_no_command_is_an_answer_to_yes_or_no() -> None:
    for word in matching.RESERVED:
        assert matching.says_yes(word) is None


@given(st.text(max_size=60))
def test_any_text_is_matched_without_an_error(text: str) -> None:
    folded = matching.folded(text)
    assert matching.folded(folded) == folded or folded.startswith("/")
    matching.option_in(text, ASKED)
    matching.language_asked(text)
    assert matching.command_in(text) is None or matching.typed_number(text) in (0, None)


@given(st.integers(1, 99), st.sampled_from(["0123456789", "०१२३४५६७८९", "੦੧੨੩੪੫੬੭੮੯"]))
def test_every_number_is_read_in_every_script(number: int, digits: str) -> None:
    assert matching.typed_number("".join(digits[int(d)] for d in str(number))) == number
