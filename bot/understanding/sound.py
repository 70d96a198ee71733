"""How a word sounds, roughly, in whatever script it was written: "bill", "बिल" and "ਬਿੱਲ" are one. What is learned of one written form serves the others.

Vowels are three (those like a are not heard inside a word, for scripts leave them out), consonants lose breath and place: "kh" is "k", "ट" and "थ" are "t",
"sh" is "s". Only the standard library, like `normalise`: the training project of another Python version imports this file too.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.understanding.normalise import normalise

# The two Indic blocks lie alike: a Gurmukhi letter is its Devanagari sister 0x100 higher.
_GURMUKHI_FIRST, _GURMUKHI_LAST, _APART = 0x0A00, 0x0A7F, 0x100
_SOUNDS = {
    "k": "कख", "g": "गघ", "n": "ङञणनंँ", "c": "चछ", "j": "जझ", "t": "टठतथ", "d": "डढदध", "p": "पफ", "b": "बभ", "m": "म", "y": "य", "r": "रृ\u095c", "l": "लळ", "v": "व",
    "s": "शषस", "h": "ह", "A": "अआ", "I": "इईएऐऍिीेैॅ", "U": "उऊओऔऑुूोौॉ", "": "ा्",
}  # fmt: skip
_INDIC = {ord(letter): sound for sound, letters in _SOUNDS.items() for letter in letters}
_LATIN = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("chh?|tch", "C"), ("ck|q|kh", "k"), ("ph|f", "p"), ("sh", "s"), ("([gjtdb])h", r"\1"), ("c(?=[eiy])", "s"), ("c", "k"), ("x", "ks"), ("z", "j"), ("w", "v"),
        ("er$", "r"), ("[aei]y(?![aeiou])|ai|ei|ea", "I"), ("au|ou|oo", "U"), ("y(?![aeiouIU])", "I"), ("[ei]+", "I"), ("[ou]+", "U"), ("C", "c"),
    )
)  # fmt: skip
_BREATH = re.compile("(?<!^)h")
_UNHEARD = re.compile("(?<!^)[aA]+")
_GLIDE = re.compile("Iy(?=I)")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """The sound of a folded word; the word itself when nothing of it is a letter of ours."""
    written = word
    if word.isascii():
        for pattern, heard in _LATIN:
            word = pattern.sub(heard, word)
        word = "A" + word.lstrip("aA") if word[:1] in ("a", "A") else word
    else:
        word = "".join(_INDIC.get(code - _APART if _GURMUKHI_FIRST <= code <= _GURMUKHI_LAST else code, "") for code in map(ord, word))
    return _TWICE.sub(r"\1", _GLIDE.sub("", _UNHEARD.sub("", _BREATH.sub("", word)))) or written


def heard_phrase(text: str) -> str:
    """The sounds of a text's words, with one space between."""
    return " ".join(sound(word) for word in normalise(text).split())
