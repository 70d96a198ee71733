"""One folding for training and run time."""

from __future__ import annotations

import pytest

from bot.understanding.detect import detect
from bot.understanding.normalise import ascii_digits, model_text, normalise


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Bill!!", "bil"), ("plzzz  BILL", "plz bil"), ("५०० ੫੦੦ ５００", "500 500 500"), ("क़ीमत", "कीमत"), ("बि\u200dल", "बिल"), ("ਸ਼ੁਕਰੀਆ", "ਸੁਕਰੀਆ"), ("ok 👍🙏", "ok"), ("₹500/-", "rs 500"),
        ("पाँच", "पांच"), ("1000", "1000"), ("", ""), ("🙏", ""),
    ],
)  # fmt: skip
def test_folding(text: str, folded: str) -> None:
    assert normalise(text) == folded
    assert normalise(folded) == folded


def test_digits_keep_their_places() -> None:
    assert ascii_digits("a५b੫c５") == "a5b5c5"


def test_the_model_sees_shapes_of_numbers_only() -> None:
    assert model_text("0045 500") == model_text("0012 200")
    assert model_text("WS/15767/2026-27/0001 bill") == "zcode bil"
    assert model_text("9876543210") == "zphone"


@pytest.mark.parametrize(
    ("text", "locale"),
    [("मेरा बिल", "hi"), ("ਮੇਰਾ bill", "pa"), ("tuhada bill dasso", "pa-Latn"), ("mera bill kitna hai batao", "hi-Latn"), ("what is my bill", "en")],
)
def test_locale(text: str, locale: str) -> None:
    assert detect(text) == locale


def test_a_text_without_words_keeps_the_chosen_language() -> None:
    assert detect("500", chosen="pa") == "pa"
    assert detect("500") == "en"
