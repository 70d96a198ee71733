"""What the linear model sees of a text: character n-grams inside words, words, and pairs of words. The same code at training and run time."""

from __future__ import annotations

from bot.understanding.normalise import model_text

SHORTEST, LONGEST = 2, 5


def in_word(word: str) -> list[str]:
    """The word and its n-grams. Its ends are marked so that "bil" the word and "bil" inside "mobile" differ."""
    padded = f" {word} "
    size = len(padded)
    return ["=" + word, *(padded[i : i + n] for n in range(SHORTEST, LONGEST + 1) for i in range(size - n + 1))]


def pairs(words: list[str]) -> list[str]:
    """Neighbours, the first and last word with the text's ends."""
    return [f"{a}_{b}" for a, b in zip(["^", *words], [*words, "$"], strict=True)]


def features(text: str) -> list[str]:
    """All of a text, with repetitions."""
    words = model_text(text).split()
    return [gram for word in words for gram in in_word(word)] + pairs(words)
