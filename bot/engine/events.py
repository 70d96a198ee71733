"""What happens to a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Said:
    """A person said something. `intent`, `confidence`, `entities` (name → value), `alternatives` and `spoken` (locale of the text) come from understanding, if it was asked.

    `known_locale` is the register's; `media` the kind of a file, `picture` its reference; `contact_own` whether a shared contact is the sender's.
    """

    text: str = ""
    button: str | None = None
    media: str | None = None
    picture: str | None = None
    contact_phone: str | None = None
    contact_own: bool = False
    intent: str | None = None
    confidence: float = 0.0
    entities: dict[str, Any] = field(default_factory=dict)
    alternatives: tuple[tuple[str, float], ...] = ()
    spoken: str | None = None
    private: bool = True
    understood: bool = False


@dataclass(frozen=True)
class Answered:
    """A call's answer: its facts, or an error's code with facts."""

    facts: dict[str, Any] = field(default_factory=dict)
    error: str | None = None


Event = Said | Answered
