"""What the linear model sees of a text: character n-grams inside words, words, and pairs of words. The same code at training and run time."""

from __future__ import annotations

from bot.understanding.normalise import model_text

SHORTEST, LONGEST = 2, 5


def features(text: str) -> list[str]:
    """The n-grams of a text, with repetitions. Words are marked so that "bil" the word and "bil" inside "mobile" differ."""
    words = model_text(text).split()
    found: list[str] = []
    for word in words:
        padded = f" {word} "
        size = len(padded)
        found.append("=" + word)
        for n in range(SHORTEST, LONGEST + 1):
            found += [padded[i : i + n] for i in range(size - n + 1)]
    found += [f"{a}_{b}" for a, b in zip(["^", *words], [*words, "$"], strict=True)]
    return found
