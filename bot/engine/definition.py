"""A flow as data: what its YAML may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Locale = Literal["en", "hi", "pa"]
Audience = Literal["everyone", "collector"]

# What says that a person belongs to an audience: a variable that whoever runs the turn keeps up to date.
KNOWN_BY: dict[Audience, str] = {"collector": "is_collector"}

# What a person says that may be kept with the conversation: amounts and codes. Everything else he says lives for one turn.
KEPT_ENTITIES = frozenset({"amount", "period", "date", "expense_type", "reading", "category"})


class Node(BaseModel):
    """Base of what flow files hold; unknown words are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class TextPart(Node):
    """A sentence. `if` leaves it out, `each` repeats it for every item of a list, `plural` is its form for a `count` other than one, `in` fixes its language."""

    text: str
    if_: str | None = Field(default=None, alias="if")
    each: str | None = None
    plural: str | None = None
    count: str | None = None
    in_: Locale | None = Field(default=None, alias="in")


class ChoiceDef(Node):
    """A choice that is always the same: what it is called, where it leads, and what it sets (`$name` copies a value, null forgets one)."""

    id: str = Field(pattern=r"^[a-z0-9_]{1,20}$")
    label: str
    go: str
    set: dict[str, str | None] = Field(default_factory=dict)
    if_: str | None = Field(default=None, alias="if")
    in_: Locale | None = Field(default=None, alias="in")


class ChoicesFrom(Node):
    """Choices made of a list of facts: `label` and `description` are sentences over each item, `save` names the variable that keeps the item's `id`."""

    list: str
    label: str
    description: str = ""
    save: str
    go: str


class Expect(Node):
    """What may be said instead of choosing, kept under `save`. `picture`: a photo also answers, its reference goes there.

    `household` is a connection number, its last digits or a name; an amount said with it goes to `amount`.
    """

    what: Literal["amount", "connection_no", "household", "otp", "upi_reference", "text", "contact"]
    save: str
    go: str
    picture: str | None = None
    amount: str | None = None


class Case(Node):
    """One way a branch may go; without `if`, always."""

    if_: str | None = Field(default=None, alias="if")
    go: str
    set: dict[str, str | None] = Field(default_factory=dict)


class Step(Node):
    """One step, exactly one of:

    `say` speaks and goes to `next`; `ask` speaks, shows `choices`, `choices_from` or the contact key, and waits; `call` asks the backend and goes to `ok` or
    `on_error`; `branch` decides; `enter` runs another flow and comes back to `next`; `wish` goes on with what was wished before we knew the language, else
    to `next`; `end` returns to the flow that entered this one, else goes to the menu (`end: quiet` says nothing more).
    An `ask` that needs facts of a call names in `redo` the step that gets them again. `confirms` marks the question before money moves.
    """

    say: tuple[TextPart, ...] | None = None
    document: str | None = None
    next: str | None = None
    ask: tuple[TextPart, ...] | None = None
    again: str | None = None
    redo: str | None = None
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
    wish: bool = False
    end: Literal["return", "quiet"] | None = None
    confirms: bool = False
    set_locale: str | None = None

    def targets(self) -> list[tuple[str, tuple[Any, ...]]]:
        """Where the step may lead, each with its place in the step."""
        found: list[tuple[str, tuple[Any, ...]]] = [(c.go, ("choices", i, "go")) for i, c in enumerate(self.choices)]
        if self.choices_from:
            found.append((self.choices_from.go, ("choices_from", "go")))
        if self.expect:
            found.append((self.expect.go, ("expect", "go")))
        found += [(c.go, ("branch", i, "go")) for i, c in enumerate(self.branch or ())]
        found += [(t, ("on_error", code)) for code, t in self.on_error.items()]
        found += [(t, (name,)) for t, name in ((self.next, "next"), (self.ok, "ok"), (self.redo, "redo")) if t]
        if self.enter:
            found.append((f"{self.enter}.", ("enter",)))
        return found


class Flow(Node):
    """A conversation. `intents` and `words` start it; `title` offers it in "did you mean".

    `who` says whose it is: nobody else is shown or offered it, and who asks for it all the same goes to `otherwise`.
    Entities named in `takes` become variables at the start. `hints` (variable → value → phrases) set a variable by the first phrase that the text holds.
    """

    flow: str = Field(pattern=r"^[a-z_]+$")
    who: Audience = "everyone"
    otherwise: str | None = None
    title: str | None = None
    intents: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    takes: dict[str, str] = Field(default_factory=dict)
    hints: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    start: str
    steps: dict[str, Step]


@dataclass(frozen=True)
class Flows:
    """Every flow by name; which intent or word starts which; each flow's version; the arguments no call of an action can do without."""

    by_name: dict[str, Flow]
    by_intent: dict[str, str] = field(default_factory=dict)
    by_word: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    required: dict[str, frozenset[str]] = field(default_factory=dict)

    def step(self, flow: str | None, step: str | None) -> Step | None:
        """A step, or None when an edit took it away."""
        found = self.by_name.get(flow) if flow else None
        return found.steps.get(step) if found and step else None

    def serves(self, target: str, known: Mapping[str, Any]) -> bool:
        """Whether "flow." or "flow.step" is of a flow for this person, by the variables of his conversation."""
        flow = self.by_name.get(target.partition(".")[0])
        variable = KNOWN_BY.get(flow.who) if flow is not None else None
        return variable is None or known.get(variable) is True

    def has(self, target: str, flow: str | None) -> bool:
        """Whether "step" of this flow, or "flow." / "flow.step" of another, is there."""
        name, dot, step = target.partition(".")
        if not dot:
            return self.step(flow, name) is not None
        return name in self.by_name and (not step or self.step(name, step) is not None)
