"""What a conversation remembers: ids, codes and amounts, never a name, phone or text."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Base of state values."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Option(Frozen):
    """A choice that was sent: its number, its id, where it leads, what it keeps. `words` are its label in all languages, folded."""

    number: int
    id: str
    go: str
    set: dict[str, str] = {}
    words: tuple[str, ...] = ()


class Asked(Frozen):
    """The last list sent. `nonce` is in its buttons' ids, so that a tap on an older list is known as old."""

    nonce: str
    options: tuple[Option, ...] = ()


class State(Frozen):
    """Where a conversation stands. `back` are (flow, step) pairs that "back" returns to; `offer` a language that was offered; `misses` in a row."""

    flow: str | None = None
    step: str | None = None
    vars: dict[str, Any] = {}
    asked: Asked | None = None
    back: tuple[tuple[str, str], ...] = ()
    misses: int = 0
    locale: str | None = None
    offer: str | None = None
    calls: int = 0
    turn: int = 0

    def having(self, **changes: Any) -> State:
        """A copy with changes."""
        return self.model_copy(update=changes)
