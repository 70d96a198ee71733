"""A flow as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Node(BaseModel):
    """Base of what flow files hold; unknown words are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class TextPart(Node):
    """A sentence. `if` leaves it out, `each` repeats it for every item of a list."""

    text: str
    if_: str | None = Field(default=None, alias="if")
    each: str | None = None


class ChoiceDef(Node):
    """A choice that is always the same: what it is called, where it leads, and what it sets."""

    id: str = Field(pattern=r"^[a-z0-9_]{1,20}$")
    label: str
    go: str
    set: dict[str, str] = Field(default_factory=dict)
    if_: str | None = Field(default=None, alias="if")
    description: str = ""


class ChoicesFrom(Node):
    """Choices made of a list of facts: `label` and `description` are sentences over each item, `save` names the variable that keeps the item's `id`."""

    list: str
    label: str
    description: str = ""
    save: str
    go: str


class Expect(Node):
    """What may be typed instead of choosing: an entity or free text, kept under `save`. `picture`: a photo also answers, its reference is kept."""

    what: Literal["amount", "connection_no", "otp", "upi_reference", "name", "text", "contact"]
    save: str
    go: str
    picture: str | None = None


class Step(Node):
    """One step. Exactly one of say, ask, call, branch, enter, end."""

    say: tuple[TextPart, ...] | None = None
    document: str | None = None
    next: str | None = None
    ask: tuple[TextPart, ...] | None = None
    again: str | None = None
    choices: tuple[ChoiceDef, ...] = ()
    choices_from: ChoicesFrom | None = None
    expect: Expect | None = None
    asks_contact: str | None = None
    call: str | None = None
    args: dict[str, str] = Field(default_factory=dict)
    save: dict[str, str] = Field(default_factory=dict)
    ok: str | None = None
    on_error: dict[str, str] = Field(default_factory=dict)
    branch: tuple[Case, ...] | None = None
    enter: str | None = None
    end: bool = False
    confirms: bool = False
    set_locale: str | None = None


class Case(Node):
    """One way a branch may go; without `if`, always."""

    if_: str | None = Field(default=None, alias="if")
    go: str
    set: dict[str, str] = Field(default_factory=dict)


class Flow(Node):
    """A conversation. `intents` and `words` start it; `for_` restricts it to collectors; entities named in `takes` become variables at the start."""

    flow: str = Field(pattern=r"^[a-z_]+$")
    intents: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    for_: Literal["anyone", "collector"] = Field(default="anyone", alias="for")
    takes: dict[str, str] = Field(default_factory=dict)
    start: str
    steps: dict[str, Step]


Step.model_rebuild()


@dataclass(frozen=True)
class Flows:
    """Every flow by name, and which intent or word starts which."""

    by_name: dict[str, Flow]
    by_intent: dict[str, str] = field(default_factory=dict)
    by_word: dict[str, str] = field(default_factory=dict)

    def step(self, flow: str, step: str) -> Step | None:
        """A step, or None when an edit took it away."""
        found = self.by_name.get(flow)
        return found.steps.get(step) if found else None
