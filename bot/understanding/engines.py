"""The kinds of understanding by name. A kind registers itself by adding a factory here."""

from __future__ import annotations

from collections.abc import Callable

from bot.understanding.base import Understanding
from bot.understanding.builtin import BuiltIn

ENGINES: dict[str, Callable[[], Understanding]] = {"builtin": BuiltIn.load}


def best_engine() -> str:
    """The engine the bot itself uses: the cascade where it is there, else the built-in model."""
    return "cascade" if "cascade" in ENGINES else "builtin"
