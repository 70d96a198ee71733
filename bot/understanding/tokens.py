"""A text cut into words with their places, and the numbers written in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from bot.understanding.lexicon import CENTS, CONNECTION, CURRENCY, HOUSE, NUMBER, SHARERS, TOGETHER, known_as
from bot.understanding.normalise import ascii_digits, folded_word
from bot.understanding.numbers import MULTIPLES, UNITS, Reader, parted, spelt

SMALL_CHANGE = 10
# digits grouped by spaces ("1 000"; "12 300" only after a sign of rupees, else it is a household and an amount), with Indian or Western grouping
# (145,146 is two houses, 145,000 is not) and decimals | a word: letters, vowel signs, joiners | a sign
_SPACED = r"\d{1,3} 000(?![\d,])|\d 00(?![\d,])|(?<=₹)\d{1,2},? \d{3}(?!\d)|(?:(?<=₹ )|(?<=\brs )|(?<=\brs\. ))\d{1,2},? \d{3}(?!\d)"
_GROUPED = rf"(?:{_SPACED}|" r"\d{1,2}(?:,\d\d)+,\d{3}|\d{1,2}(?:,\d{3})+|\d{3},\d00(?!\d)|\d+)(?:\.\d+)?"
_TOKEN = re.compile(_GROUPED + r"|[^\W\d_]+(?:[\u0900-\u0963\u0970-\u097f\u0a00-\u0a65\u0a70-\u0a7f\u200c\u200d\u0300-\u036f]|[^\W\d_])*|₹|[^\s\w]|_", re.IGNORECASE)
_ZEROES = re.compile(r"(?<![^\W_])(?=[\do]*\do|\do)\d[\do]*(?![^\W_])", re.IGNORECASE)


class Token(NamedTuple):
    """A word, number or sign at [start, end); `word` is folded, `digits` the ASCII digits without commas."""

    text: str
    start: int
    end: int
    word: str
    digits: str | None


@dataclass(frozen=True, slots=True)
class Number:
    """A number over tokens [first, after). `spelt`: words or a multiple are in it ("5 sau"); `money`: a sign of currency stands beside it."""

    value: Fraction
    first: int
    after: int
    spelt: bool
    multiplied: bool
    money: bool
    text: str



def written_digits(text: str) -> str:
    """The same text, of the same length, with ASCII digits, and a letter o inside a number read as the nought it stands for: "5oo"."""
    return _ZEROES.sub(lambda m: m.group().lower().replace("o", "0"), ascii_digits(text))


def cut(text: str) -> list[Token]:
    """The tokens of a text of `written_digits`, in order. A word is the one it is a spelling of."""
    found = []
    for match in _TOKEN.finditer(text):
        piece, (start, end) = match.group(), match.span()
        if piece[0].isdecimal():
            digits = piece.replace(",", "").replace(" ", "")
            found.append(Token(piece, start, end, digits, digits))
            continue
        words = _words(piece)
        if len(words) == 1:
            found.append(Token(piece, start, end, words[0][1], None))
            continue
        for part, word in words:
            found.append(Token(part, start, start + len(part), word, None))
            start += len(part)
    return found


@lru_cache(maxsize=8192)
def _words(piece: str) -> tuple[tuple[str, str], ...]:
    """A word, or the two that are written as one, each with what it is known as. Signs are known as nothing, the rupee's sign as its letters."""
    if piece == "₹":
        return ((piece, "rs"),)
    at = parted(piece)
    return tuple((part, known_as(folded_word(part))) for part in ((piece[:at], piece[at:]) if at else (piece,)))


def _value(digits: str) -> Fraction:
    return Fraction(int(digits)) if digits.isdecimal() else Fraction(digits)


def _read(tokens: list[Token], at: int) -> tuple[Reader, int]:
    reader, i = Reader(), at
    while i < len(tokens):
        token = tokens[i]
        if token.word == "and" and reader.words == 1 and (after := _after_half(tokens, i + 1)):
            reader.add_half()  # "one and a half thousand"
            i = after
            continue
        if token.text == "-" and i > at and i + 1 < len(tokens) and spelt(tokens[i - 1].text) in UNITS and spelt(tokens[i + 1].text) in UNITS and reader.joins(tokens[i + 1].text):
            i += 1  # "fifty-five"
            continue
        if token.word == "and" and reader.multiplied and i + 1 < len(tokens) and spelt(tokens[i + 1].text):
            i += 1
            continue
        if token.digits is not None:
            known = reader.take(token.word, _value(token.digits)) if _continues(reader, token, tokens, i) else False
        else:
            word = spelt(token.text) if token.word else None
            if word in UNITS and i > at and (tokens[i - 1].digits or tokens[i - 1].word == "k"):
                break  # "0150 char sau", "2k ek bar"
            if reader.multiplied and word in UNITS and i + 1 < len(tokens) and UNITS[word] == 1 and tokens[i + 1].word in TOGETHER:
                break  # "nau sau ek saath"
            if reader.multiplied and word in UNITS and i + 1 < len(tokens) and spelt(tokens[i + 1].text) == spelt(tokens[i - 1].text) in MULTIPLES:
                break  # "do sau do sau": two of them
            known = word is not None and not (word == "k" and not (i and tokens[i - 1].digits)) and reader.take(word, None)
        if not known:
            break
        i += 1
    return reader, i


def _after_half(tokens: list[Token], at: int) -> int | None:
    """The multiple after "half" or "a half" that begins at `at`; None when there is none."""
    at += at < len(tokens) and tokens[at].word == "a"
    halved = at + 1 < len(tokens) and tokens[at].word in ("half", "adha") and spelt(tokens[at + 1].text) in MULTIPLES
    return at + 1 if halved else None


def _continues(reader: Reader, token: Token, tokens: list[Token], at: int) -> bool:
    """Digits begin a number, or follow a multiple ("2 hazar 500"); never another number ("0045 500", "do 500")."""
    return reader.words == 0 or (reader.multiplied and tokens[at - 1].digits is None and not token.text.startswith("0") and spelt(tokens[at - 1].text) in MULTIPLES)


def numbers(tokens: list[Token]) -> list[Number]:
    """The numbers of a text, left to right."""
    found, i = [], 0
    while i < len(tokens):
        if tokens[i].digits is None and spelt(tokens[i].text) is None:
            i += 1
            continue
        reader, after = _read(tokens, i)
        if _counts_sharers(tokens, reader, i, after):
            reader, after = _read(tokens[: after - 1], i)
        while not reader.complete and after > i + 1:  # "char sau pauna hai": the word after the number begins none
            reader, after = _read(tokens[: after - 1], i)
        if not reader.complete or after == i:
            i += 1
            continue
        found.append(_number(tokens, reader, i, after))
        i = max(found[-1].after, i + 1)
    return found


def _counts_sharers(tokens: list[Token], reader: Reader, first: int, after: int) -> bool:
    """ "panj sau do gharan ne": five hundred from each of two, not five hundred and two."""
    return reader.multiplied and after - first > 1 and after < len(tokens) and tokens[after].word in SHARERS and UNITS.get(spelt(tokens[after - 1].text) or "", 100) < 10


def _begins_the_next(tokens: list[Token], first: int, sign: int, before: str) -> bool:
    """ "h.no 23 rs 450": the rupees are those after the sign."""
    follows = sign + 1 < len(tokens) and tokens[sign + 1].digits is not None
    if follows and tokens[sign].text == "₹":
        return True
    return follows and tokens[first].digits is not None and (before in NUMBER or before in HOUSE or before in CONNECTION or tokens[first].text.startswith("0"))


def _number(tokens: list[Token], reader: Reader, first: int, after: int) -> Number:
    before = tokens[first - 1].word if first else ""
    if before == "" and first > 1 and tokens[first - 1].text in ".:":
        before = tokens[first - 2].word
    value, digits_only = reader.value, after == first + 1 and tokens[first].digits is not None
    money = before in CURRENCY and (first < 2 or tokens[first - 2].digits is None) and (digits_only or reader.multiplied)  # "paise do vari": twice
    end = after
    if end < len(tokens) and tokens[end].word in CURRENCY and not _begins_the_next(tokens, first, end, before):
        money, end = True, end + 1
    elif end + 1 < len(tokens) and tokens[end].text == "/" and tokens[end + 1].text in "-=":
        money, end = True, end + 2
    elif end < len(tokens) and tokens[end].word in CENTS and (value >= SMALL_CHANGE or digits_only):
        # "500 paise" is what a Punjabi says for 500 rupees, "50 paise" after rupees are paise, "do paise" is no sum
        money, end = True, end + 1
    if money:
        cents, after_cents = _read(tokens, end)
        if cents.complete and 0 < cents.value < 100 and after_cents < len(tokens) and tokens[after_cents].word in CENTS:
            value, end = value + cents.value / 100, after_cents + 1  # "baasath rupaye pachas paise"
    return Number(value, first, end, not digits_only, reader.multiplied, money, tokens[first].text if digits_only else "")
