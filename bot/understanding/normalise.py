"""One way to fold a text, for training and for run time, so that a model never sees what it was not trained on.

Only the standard library: the training project of another Python version imports this file too.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_DROPPED = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFE0E, 0xFE0F, 0x00AD, 0x093C, 0x0A3C, 0x0A71))  # joiners, both nuktas, Gurmukhi addak
_ONE_SIGN = {0x0901: "\u0902", 0x0A01: "\u0a02", 0x0A70: "\u0a02"}  # chandrabindu and tippi: people mix them with the plain dot
_REPEATED = re.compile(r"([^\W\d])\1+")
_CODE = re.compile(r"\b[a-z]{2,4}(?:[/_-][a-z0-9]+){2,}\b|\bws(?:\s\d+){3,}")
_PHONE = re.compile(r"(?<!\d)(?:91|0)?[6-9]\d{9}(?!\d)")
_NUMBER = re.compile(r"\d+")


def ascii_digits(text: str) -> str:
    """The same text, of the same length, with the decimal digits of every script as 0 to 9."""
    return text if text.isascii() else "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _base(text: str) -> str:
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


def _number_shape(found: re.Match[str]) -> str:
    digits = found.group()
    return "0num" if digits.startswith("0") else "9" * min(len(digits), 4)


def model_text(text: str) -> str:
    """What the model reads: the folded text with codes, phones and numbers by their shape, since which number it is says nothing about the intent."""
    base = _CODE.sub(" zcode ", ascii_digits(text).casefold())
    return _NUMBER.sub(_number_shape, _PHONE.sub("zphone", normalise(base)))
