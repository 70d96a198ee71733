"""What an advance wants done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Part:
    """A sentence to say: catalogue context ("flow.step"), English text, and the values it names."""

    context: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Shown:
    """A choice to show."""

    number: int
    id: str
    label: Part
    description: Part | None = None


@dataclass(frozen=True)
class Say:
    """One message: sentences, choices, perhaps a document (facts `url` and `name`) or the key that shares the own contact."""

    parts: tuple[Part, ...]
    choices: tuple[Shown, ...] = ()
    document: dict[str, str] | None = None
    asks_contact: Part | None = None


@dataclass(frozen=True)
class Call:
    """A call to make: action, arguments, and a name that makes it the same call when it is repeated."""

    action: str
    args: dict[str, Any]
    name: str


Effect = Say | Call
