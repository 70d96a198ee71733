"""What a conversation remembers: ids, codes and amounts, never a name, phone or text."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.engine.effects import Part, Say


class Frozen(BaseModel):
    """Base of state values. Fields that a newer version wrote are left out, so that an older process can still read it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Option(Frozen):
    """A choice that was sent: its number, its id, where it leads, what it keeps. `words` are its label in all languages, folded, if it is always the same."""

    number: int
    id: str
    go: str
    set: dict[str, Any] = {}
    words: tuple[str, ...] = ()


class Asked(Frozen):
    """The last list sent, by the step it belongs to. `nonce` is in its buttons' ids, so that a tap on an older list is known as old; `at` in seconds since 1970."""

    nonce: str
    context: str
    options: tuple[Option, ...] = ()
    at: float | None = None


class Place(Frozen):
    """A step one can come back to, with the flows that wait for this one to end."""

    flow: str
    step: str
    stack: tuple[tuple[str, str], ...] = ()


class Passing(BaseModel):
    """What lives for one turn only, while a call is out: facts of calls, what was just said, sentences not yet sent. It may name persons: keep it sealed."""

    at: float | None = None
    facts: dict[str, Any] = {}
    parts: list[Part] = []
    messages: list[Say] = []
    ahead: int | None = None
    calls: int = 0
    steps: int = 0


class State(Frozen):
    """Where a conversation stands.

    `version` is that of the flow the person is in; `stack` are (flow, step) pairs to return to when the flow ends; `back` is what "back" returns to;
    `misses` counts answers in a row that did not fit; `offer` is a language to be offered with the next choices, `offered` those that were; `hushed` is true
    after a group was told to write privately. `passing` is None between turns.
    """

    flow: str | None = None
    step: str | None = None
    version: str | None = None
    vars: dict[str, Any] = {}
    asked: Asked | None = None
    stack: tuple[tuple[str, str], ...] = ()
    back: tuple[Place, ...] = ()
    misses: int = 0
    locale: str | None = None
    offer: str | None = None
    offered: tuple[str, ...] = ()
    hushed: bool = False
    turn: int = 0
    passing: Passing | None = None

    def having(self, **changes: Any) -> State:
        """A copy with changes."""
        return self.model_copy(update=changes)
