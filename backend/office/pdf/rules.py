"""What may stand on paper: texts made safe to set, in letters that our fonts have."""

from __future__ import annotations

import regex
from anyascii import anyascii

ELLIPSIS = "…"
BREAK = "\u200b"  # a place where a word may be broken that has none of its own
LONGEST_WORD = 24

# A consonant that ends in a virama belongs to the next one; Unicode's own clusters (\X) tear them apart in Gurmukhi.
_CLUSTER = regex.compile(r"(?:\X(?<=[\u094d\u0a4d\u200d]))*\X")
_LONG_WORD = regex.compile(rf"[^\s\u200b]{{{LONGEST_WORD + 1},}}")
# Joiners shape Indic letters; every other control, direction mark and private character has no business on a receipt.
_CONTROL = regex.compile(r"[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}--\u200c\u200d]+", flags=regex.V1)
_PICTURE = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\ufe0e\ufe0f\u20e3--[0-9#*©®]]+", flags=regex.V1)
# A joiner has work only right after an Indic letter; those of a removed picture would stay behind.
_IDLE_JOINER = regex.compile(r"(?<![\p{Devanagari}\p{Gurmukhi}])[\u200c\u200d]+")
# The letters of the committed fonts: Latin with its extensions, Devanagari, Gurmukhi, general punctuation, rupee sign.
_FOREIGN = regex.compile(r"[^\u0020-\u007e\u00a0-\u017f\u0900-\u097f\u0a00-\u0a7f\u200b-\u200d\u2010-\u2015\u2018-\u201d\u2022\u2026\u20b9]+")


def printable(text: str, longest: int = 80) -> str:
    """`text` without control characters and pictures, foreign scripts in Latin letters, at most `longest` letters as the reader counts them.

    Words without a natural break get some, so that a line can never run off the page.
    """
    plain = _IDLE_JOINER.sub("", _PICTURE.sub("", _CONTROL.sub(" ", text)))
    plain = _FOREIGN.sub(lambda found: anyascii(found.group()), plain)
    plain = " ".join(plain.split())
    letters = _CLUSTER.findall(plain)
    if len(letters) > longest:
        plain = "".join(letters[: longest - 1]).rstrip() + ELLIPSIS
    return str(_LONG_WORD.sub(_with_breaks, plain))


def _with_breaks(found: regex.Match[str]) -> str:
    letters = _CLUSTER.findall(found.group())
    return BREAK.join("".join(letters[i : i + LONGEST_WORD // 2]) for i in range(0, len(letters), LONGEST_WORD // 2))
