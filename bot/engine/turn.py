"""One turn under way: the conversation as it is being changed, what was said so far, and the moves every step is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from itertools import groupby
from string import Formatter
from typing import Any

from bot.engine import conditions
from bot.engine.definition import KEPT_ENTITIES, Flow, Flows, Step, TextPart
from bot.engine.effects import Call, Effect, Part, Say, Shown
from bot.engine.matching import button_id, folded
from bot.engine.sentences import GLOBAL, SPEAK
from bot.engine.state import Asked, Option, Passing, Place, State

STEPS_MAX, CALLS_MAX, BACK_MAX, STACK_MAX, CHOICES_MAX = 64, 8, 8, 6, 10
Words = Callable[[str, str], tuple[str, ...]]  # (context, English label) → that label in all languages, folded
MENU, LANGUAGE, PERSON, FIRST, CONTACT, NOT_YOURS = "menu", "language", "person", "first", "contact", "not_yours"


@cache
def named(text: str) -> tuple[str, ...]:
    """The values a sentence names, without their formats: "{total:money}" names total."""
    return tuple(dict.fromkeys(name for _, name, _, _ in Formatter().parse(text) if name))


def sentence(context: str, text: str, values: Mapping[str, Any], plural: str | None = None, count: int = 1, locale: str | None = None) -> Part:
    """A sentence with the values it names and no others."""
    return Part(context, text, {name: values.get(name) for name in named(text)} if "{" in text else {}, plural, count, locale)


class Turn:
    """A state being changed. `freeze` gives the next state; until then nothing of the old one is touched."""

    def __init__(self, flows: Flows, state: State, words: Words) -> None:
        self.flows, self.words = flows, words
        self.before = state
        self.flow, self.step, self.version = state.flow, state.step, state.version
        self.vars: dict[str, Any] = dict(state.vars)
        self.asked, self.stack, self.back = state.asked, state.stack, state.back
        self.misses, self.locale = state.misses, state.locale
        self.offer, self.offered, self.hushed, self.turn = state.offer, state.offered, state.hushed, state.turn
        passing = state.passing or Passing()
        self.at, self.ahead, self.calls, self.steps = passing.at, passing.ahead, passing.calls, passing.steps
        self.facts: dict[str, Any] = dict(passing.facts)
        self.parts: list[Part] = list(passing.parts)
        self.messages: list[Say] = list(passing.messages)
        self.call: Call | None = None
        self.simple = False  # the question's choices are shown again without its text

    def effects(self) -> tuple[Effect, ...]:
        """A call alone, or all that is to be said."""
        return (self.call,) if self.call is not None else tuple(self.messages)

    def freeze(self) -> State:
        """The next state. What passes is kept only while a call is out."""
        passing = None
        if self.call is not None:
            passing = Passing.model_construct(
                at=self.at, ahead=self.ahead, calls=self.calls, steps=self.steps, facts=self.facts, parts=self.parts, messages=self.messages
            )
        return State.model_construct(
            flow=self.flow,
            step=self.step,
            version=self.version,
            vars={k: v for k, v in self.vars.items() if v is not None},
            asked=self.asked,
            stack=self.stack,
            back=self.back,
            misses=self.misses,
            locale=self.locale,
            offer=self.offer,
            offered=self.offered,
            hushed=self.hushed,
            turn=self.turn,
            passing=passing,
        )

    # --- values ----------------------------------------------------------------------------------------------------------------------------

    @property
    def values(self) -> dict[str, Any]:
        """What conditions and sentences may name: the conversation's variables, then the turn's facts."""
        return {**self.vars, **self.facts, "locale": self.locale}

    def value_of(self, expression: str | None) -> Any:
        """`$name` is a value of the conversation; anything else is itself."""
        if expression is None or not expression.startswith("$"):
            return expression
        return self.values.get(expression[1:])

    def keep(self, values: Mapping[str, str | None]) -> None:
        """Set variables as a flow says: `$name` copies, null forgets."""
        for name, expression in values.items():
            self.vars[name] = self.value_of(expression)
            self.facts.pop(name, None)

    def here(self) -> Step | None:
        """The step the conversation is at, or None when an edit took it away."""
        return self.flows.step(self.flow, self.step)

    # --- moves -----------------------------------------------------------------------------------------------------------------------------

    def go(self, target: str) -> None:
        """To "step" of this flow, or "flow." / "flow.step" of another, which then is the flow that whoever waits for waits for.

        Nobody comes into a flow that is not his. Whom we don't know yet shares his number first, and then comes back.
        """
        flow, dot, step = target.partition(".")
        if not dot:
            self.step = flow
            return
        step = step or self.flows.by_name[flow].start
        if flow != self.flow and not self.may(target):
            meant = self.meant(target)
            if meant == target:
                self.stack = (*self.stack, (flow, step))[-STACK_MAX:]
                meant = f"{CONTACT}."
            self.go(meant)
            return
        self.flow, self.step = flow, step
        self.version = self.flows.versions.get(flow)

    def may(self, target: str) -> bool:
        """Whether "flow." or "flow.step" is for this person, as far as we know him."""
        return self.flows.serves(target, self.vars)

    def anothers(self, target: str) -> bool:
        """Whether "flow." or "flow.step" is surely not for this person."""
        return self.meant(target) != target

    def meant(self, target: str) -> str:
        """A target, or what its flow says otherwise where it is another's. Who has not proven his phone yet may be anybody."""
        if self.may(target) or self.vars.get("phone_proven") is False:
            return target
        return self.flows.by_name[target.partition(".")[0]].otherwise or f"{MENU}."

    def leave(self, target: str, given: Mapping[str, Any] | None = None, text: str = "") -> None:
        """To another matter, with what was said for it (entities, text): nothing waits any more for the present one, nothing is left of an earlier time."""
        self.stack, self.misses = (), 0
        self.flow, self.step = None, None
        target = self.meant(target)
        flow, _, step = target.partition(".")
        if not step:
            self._begin(self.flows.by_name[flow], given or {}, text)
        self.go(target)

    def _begin(self, flow: Flow, given: Mapping[str, Any], text: str) -> None:
        for name in (*flow.takes.values(), *flow.hints):
            self.vars.pop(name, None)
            self.facts.pop(name, None)
        for entity, name in flow.takes.items():
            if entity in given:
                (self.vars if entity in KEPT_ENTITIES else self.facts)[name] = given[entity]
        said = folded(text)
        for name, values in flow.hints.items():
            hinted = next((value for value, phrases in values.items() for phrase in phrases if folded(phrase) in said), None)
            if said and hinted is not None:
                self.vars.setdefault(name, hinted)

    def enter(self, flow: str, back_to: str) -> None:
        """Into a flow that will return to a step of this one."""
        self.stack = (*self.stack, (self.flow or MENU, back_to))[-STACK_MAX:]
        self.go(f"{flow}.")

    def leave_for_a_while(self, target: str) -> None:
        """To another matter, and then back to the question that stands; from nowhere, to the menu after it."""
        place = self.question()
        if place is None or place.flow in (MENU, FIRST, LANGUAGE):
            return self.leave(target)
        self.stack = (*place.stack, (place.flow, place.step))[-STACK_MAX:]
        self.misses = 0
        return self.go(target)

    def question(self) -> Place | None:
        """The question that stands, by the step that can ask it again."""
        step = self.here()
        if step is None or step.ask is None or self.flow is None or self.step is None:
            return None
        return Place(flow=self.flow, step=step.redo or self.step, stack=self.stack)

    def ended(self) -> bool:
        """Back to the flow that waits for this one; False when none does."""
        while self.stack:
            (flow, step), self.stack = self.stack[-1], self.stack[:-1]
            if self.flows.step(flow, step) is not None:
                self.go(f"{flow}.{step}")
                return True
        return False

    # --- speaking --------------------------------------------------------------------------------------------------------------------------

    def add(self, sentence: Part) -> None:
        """Say a sentence, of the engine's own."""
        self.parts.append(sentence)

    def add_texts(self, texts: tuple[TextPart, ...]) -> None:
        """Say the sentences of a step, by their conditions and lists. Neighbours over the same list take turns item by item."""
        context, values = f"{self.flow}.{self.step}", self.values
        for each, group in groupby(texts, key=lambda text: text.each):
            together = list(group)
            for item in [values] if each is None else [{**values, **item} for item in values.get(each) or ()]:
                for text in together:
                    if text.if_ is None or conditions.holds(text.if_, item):
                        count = item.get(text.count) if text.count else 1
                        self.parts.append(sentence(context, text.text, item, text.plural, count if isinstance(count, int) else 1, text.in_))

    def send(self, choices: tuple[Shown, ...] = (), *, document: dict[str, str] | None = None, asks_contact: Part | None = None) -> None:
        """One message with all that was said since the last. A document takes the message it stands in: what follows is the second, and the last."""
        if self.parts or choices or document or asks_contact:
            self.messages.append(Say(tuple(self.parts), choices, document, asks_contact))
            self.parts = []

    def ask(self, context: str, options: list[Option], shown: list[tuple[Part, Part | None]]) -> None:
        """Send a question with its choices; the language a person wrote in is offered as one more choice, once each."""
        if self.offer == self.locale:
            self.offer = None
        if self.offer is not None and options and len(options) < CHOICES_MAX:
            options.append(Option(number=len(options) + 1, id=f"speak_{self.offer}", go=f"{LANGUAGE}.accept", set={"language": self.offer}, words=self.words(GLOBAL, SPEAK[self.offer].text)))
            shown.append((Part(GLOBAL, SPEAK[self.offer].text, locale=self.offer), None))
            self.offered, self.offer = (*self.offered, self.offer), None
        nonce = self._nonce(context, options)
        self.asked = Asked.model_construct(nonce=nonce, context=context, options=tuple(options), at=self.at)
        self.send(tuple(Shown(o.number, button_id(nonce, o.id), label, description) for o, (label, description) in zip(options, shown, strict=True)))

    def _nonce(self, context: str, options: list[Option]) -> str:
        """The same list asked again keeps its name, so that its older buttons still work; a new list gets a new one."""
        before = self.before.asked
        if before is not None and before.context == context and before.options == tuple(options):
            return before.nonce
        return hashlib.blake2s(f"{self.turn}:{context}:{len(self.messages)}".encode(), digest_size=4).hexdigest()
