"""What an advance wants done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence to say: catalogue context ("flow.step"), English text, and the values it names.

    `plural` and `count` choose the form for a number; `locale` says this sentence in one language whatever is spoken else (the choice of languages).
    """

    context: str
    text: str
    params: dict[str, Any] = field(default_factory=dict)
    plural: str | None = None
    count: int = 1
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A choice to show. `id` comes back on a tap."""

    number: int
    id: str
    label: Part
    description: Part | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """One message: sentences, choices, perhaps a document (`url`, `name`) or the key that shares the own contact."""

    parts: tuple[Part, ...]
    choices: tuple[Shown, ...] = ()
    document: dict[str, str] | None = None
    asks_contact: Part | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make: action, arguments, and a name, unique in its turn, that makes it the same call when it is repeated."""

    action: str
    args: dict[str, Any]
    name: str


Effect = Say | Call
