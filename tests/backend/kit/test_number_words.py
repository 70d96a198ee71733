"""Amounts in words, in three languages."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.money import Money
from backend.kit.number_words import LOCALES, SCALES, SMALL_NUMBERS, amount_digits, amount_words, language_of, number_words


@pytest.mark.parametrize("locale", LOCALES)
def test_every_number_below_a_hundred_has_a_word_of_its_own(locale: str) -> None:
    words = SMALL_NUMBERS[locale]
    assert len(words) == len(set(words)) == 100
    assert all(word == unicodedata.normalize("NFC", word) for word in words)


@pytest.mark.parametrize(
    ("number", "locale", "words"),
    [
        (0, "en", "zero"),
        (15, "en", "fifteen"),
        (40, "en", "forty"),
        (99, "en", "ninety-nine"),
        (500, "en", "five hundred"),
        (123_456, "en", "one lakh twenty-three thousand four hundred fifty-six"),
        (10_000_001, "en", "one crore one"),
        (1_234_567_890, "en", "one hundred twenty-three crore forty-five lakh sixty-seven thousand eight hundred ninety"),
        (-5, "en", "minus five"),
        (0, "hi", "शून्य"),
        (29, "hi", "उनतीस"),
        (79, "hi", "उनासी"),
        (89, "hi", "नवासी"),
        (2_550, "hi", "दो हज़ार पाँच सौ पचास"),
        (100_000, "hi", "एक लाख"),
        (0, "pa", "ਸਿਫ਼ਰ"),
        (21, "pa", "ਇੱਕੀ"),
        (500, "pa", "ਪੰਜ ਸੌ"),
        (1_150, "pa", "ਇੱਕ ਹਜ਼ਾਰ ਇੱਕ ਸੌ ਪੰਜਾਹ"),
        (12_300_000, "pa", "ਇੱਕ ਕਰੋੜ ਤੇਈ ਲੱਖ"),
    ],
)
def test_numbers_are_said_the_indian_way(number: int, locale: str, words: str) -> None:
    assert number_words(number, locale) == words


@pytest.mark.parametrize(
    ("paise", "locale", "words"),
    [
        (8_000, "en", "eighty rupees"),
        (100, "en", "one rupee"),
        (101, "en", "one rupee and one paisa"),
        (50, "en", "fifty paise"),
        (0, "en", "zero rupees"),
        (12_345_650, "en", "one lakh twenty-three thousand four hundred fifty-six rupees and fifty paise"),
        (8_050, "hi", "अस्सी रुपये और पचास पैसे"),
        (100, "hi", "एक रुपया"),
        (8_050, "pa", "ਅੱਸੀ ਰੁਪਏ ਅਤੇ ਪੰਜਾਹ ਪੈਸੇ"),
        (100, "pa", "ਇੱਕ ਰੁਪਿਆ"),
        (8_000, "hi-Latn", "अस्सी रुपये"),
        (8_000, "ta", "eighty rupees"),
        (-8_000, "en", "minus eighty rupees"),
    ],
)
def test_amounts_name_rupees_and_paise(paise: int, locale: str, words: str) -> None:
    assert amount_words(Money(paise), locale) == words


def _value_of(words: str, locale: str) -> int:
    """The number again, by an independent reading: scales multiply what stands before them."""
    scales = {name: value for value, name in SCALES[locale]}
    small = {word: number for number, word in reversed(list(enumerate(SMALL_NUMBERS[locale])))}
    total, current = 0, 0
    for word in words.split():
        if word not in scales:
            current += small[word]
        elif scales[word] == 100:
            current *= 100
        else:
            total, current = total + current * scales[word], 0
    return total + current


@pytest.mark.parametrize("locale", LOCALES)
@given(number=st.integers(0, 999_999_999))
def test_words_read_back_give_the_number(locale: str, number: int) -> None:
    assert _value_of(number_words(number, locale), locale) == number


def test_a_written_form_gets_the_words_of_its_language() -> None:
    assert [language_of(locale) for locale in ("hi-Latn", "pa", "EN", "xx")] == ["hi", "pa", "en", "en"]


@pytest.mark.parametrize(
    ("paise", "digits"),
    [(0, "₹0"), (5, "₹0.05"), (8_000, "₹80"), (100_000, "₹1,000"), (12_345_650, "₹1,23,456.50"), (1_234_567_800, "₹1,23,45,678"), (-500, "-₹5")],
)
def test_digits_are_grouped_the_indian_way(paise: int, digits: str) -> None:
    assert amount_digits(Money(paise)) == digits
