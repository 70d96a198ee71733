"""One way to fold a text, for training and for run time, so that a model never sees what it was not trained on.

Only the standard library: the training project of another Python version imports this file too.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DROPPED = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFE0E, 0xFE0F, 0x00AD, 0x093C, 0x0A3C, 0x0A71))  # joiners, both nuktas, Gurmukhi addak
_ONE_SIGN = {0x0901: "\u0902", 0x0A01: "\u0a02", 0x0A70: "\u0a02"}  # chandrabindu and tippi: people mix them with the plain dot
_DIGITS = {code: str(unicodedata.decimal(chr(code))) for code in range(0x80, 0x20000) if chr(code).isdecimal()}  # of every script
_REPEATED = re.compile(r"([^\W\d])\1+")
_MODEL_WORD = re.compile(
    r"(?P<code>\b[a-z]{2,4}(?:[/_-][a-z0-9]+){2,}|\bws(?:\s\d+){3,})|(?P<phone>(?<!\d)(?:\+?91[\s-]?|0)?[6-9]\d{4}[\s-]?\d{5}(?!\d))"
    r"|(?P<number>\d+(?:,\d{2,3})*(?:\.\d+)?)|(?P<rupee>₹)"
    r"|(?P<word>[^\W\d_](?:[^\W\d_]|[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0a00-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a75\u200c\u200d])*)",
    re.IGNORECASE,
)


def ascii_digits(text: str) -> str:
    """The same text, of the same length, with the decimal digits of every script as 0 to 9."""
    return text if text.isascii() else text.translate(_DIGITS)


def _base(text: str) -> str:
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFD", ascii_digits(text)).translate(_DROPPED)
    return unicodedata.normalize("NFC", folded).casefold().translate(_ONE_SIGN)


def _kept(c: str) -> bool:
    return c.isalnum() or unicodedata.category(c) in ("Mn", "Mc")


def unsqueezed(text: str) -> str:
    """As `normalise`, with letters as often as written: "teen" is three and "ten" is ten."""
    base = _base(text).replace("₹", " rs ")
    words = re.sub(r"[\W_]+", " ", base) if base.isascii() else "".join(c if _kept(c) else " " for c in base)
    return " ".join(words.split())


def normalise(text: str) -> str:
    """Letters, vowel signs and ASCII digits, lower case, one space between words, no letter twice in a row. ₹ is read as "rs"."""
    return _REPEATED.sub(r"\1", unsqueezed(text))


folded_word = lru_cache(maxsize=8192)(normalise)  # for single words, of which people use few


def model_words(text: str) -> list[tuple[str, int, int]]:
    """What a model reads: folded words with their [start, end) in the text. Codes, phones and numbers by their shape, since which number it is says nothing
    about the intent; signs are left out."""
    found = []
    for match in _MODEL_WORD.finditer(ascii_digits(text)):
        word = folded_word(match.group()) if match.lastgroup == "word" else _shape(match)
        if word:
            found.append((word, match.start(), match.end()))
    return found


def _shape(found: re.Match[str]) -> str:
    kind, digits = found.lastgroup, found.group().replace(",", "")
    if kind != "number":
        return "rs" if kind == "rupee" else f"z{kind}"
    return "0num" if digits.startswith("0") else "9" * min(len(digits.partition(".")[0]), 4)
