"""One folding for training and run time."""

from __future__ import annotations

import pytest

from bot.understanding.detect import detect
from bot.understanding.normalise import ascii_digits, model_words, normalise
from bot.understanding.sound import sound


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


def read(text: str) -> list[str]:
    return [word for word, _, _ in model_words(text)]


def test_the_model_sees_shapes_of_numbers_only() -> None:
    assert read("0045 500") == read("0012 200") == ["0num", "999"]
    assert read("WS/15767/2026-27/0001 bill") == ["zcode", "bil"]
    assert read("9876543210") == read("+91 98765 43210") == ["zphone"]
    assert read("₹1,20,000 jama") == ["rs", "9999", "jama"]


@pytest.mark.parametrize("text", ["ਰਮੇਸ਼ ਨੇ ੫੦੦ ਦਿੱਤੇ", "क़ीमत बताओ", "Mera  BILL!!", "plz 😀 ok"])
def test_words_keep_their_places(text: str) -> None:
    assert [normalise(text[start:end]) for _, start, end in model_words(text) if not text[start:end].isdecimal()] == [w for w in normalise(text).split() if not w.isdecimal()]


@pytest.mark.parametrize(
    "written",
    [
        "bill bil बिल ਬਿੱਲ", "kitna kitana कितना", "kinna ਕਿੰਨਾ", "paise pese पैसे ਪੈਸੇ", "aaj ajj आज ਅੱਜ", "paani pani पानी ਪਾਣੀ", "meter mitar मीटर ਮੀਟਰ",
        "payment पेमेंट ਪੇਮੈਂਟ", "rasid raseed रसीद ਰਸੀਦ", "wala vala वाला ਵਾਲਾ",
    ],
)  # fmt: skip
def test_a_word_sounds_alike_in_every_script(written: str) -> None:
    assert len({sound(normalise(word)) for word in written.split()}) == 1


def test_words_that_differ_sound_differently() -> None:
    assert len({sound(w) for w in "bill bolo nal ghar mera kitna nahi".split()}) == 7
    assert sound("آب") == "آب"


@pytest.mark.parametrize(
    ("text", "locale"),
    [("मेरा बिल", "hi"), ("ਮੇਰਾ bill", "pa"), ("tuhada bill dasso", "pa-Latn"), ("mera bill kitna hai batao", "hi-Latn"), ("what is my bill", "en")],
)
def test_locale(text: str, locale: str) -> None:
    assert detect(text) == locale


def test_a_text_without_words_keeps_the_chosen_language() -> None:
    assert detect("500", chosen="pa") == "pa"
    assert detect("500") == "en"
