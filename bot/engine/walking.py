"""Walking a flow: from step to step until something must be asked, called, or is said."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.engine import conditions
from bot.engine.definition import ChoicesFrom, Flows, Step, TextPart
from bot.engine.effects import Call, Effect, Part, Say, Shown
from bot.engine.events import Answered
from bot.engine.matching import button_id
from bot.engine.state import Asked, Option, State

STEPS_MAX, CALLS_MAX, BACK_MAX = 64, 8, 8
MENU_FLOW, GLOBAL = "menu", "global"
LANGUAGE_NAMES = {"en": "Speak English", "hi": "Speak Hindi", "pa": "Speak Punjabi"}
Translate = Callable[[str, str], tuple[str, ...]]  # (context, English) → the label folded in all languages


@dataclass
class Turn:
    flows: Flows
    state: State
    words: Translate
    facts: dict[str, Any] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    steps: int = 0

    @property
    def values(self) -> dict[str, Any]:
        return {**self.state.vars, **self.facts, "locale": self.state.locale}

    def text(self, text: str, **params: Any) -> None:
        """A sentence of no flow: the engine's own."""
        self.parts.append(Part(GLOBAL, text, params))


def current(turn: Turn) -> Step | None:
    state = turn.state
    return turn.flows.step(state.flow, state.step) if state.flow and state.step else None


def keep(turn: Turn, values: dict[str, Any]) -> None:
    turn.state = turn.state.having(vars={**turn.state.vars, **values}, misses=0)


def choose(turn: Turn, option: Option) -> None:
    keep(turn, dict(option.set))
    move(turn, option.go)


def move(turn: Turn, target: str) -> None:
    """Go to "step" of this flow, or "flow." / "flow.step" of another."""
    flow, dot, step = target.partition(".")
    if not dot:
        turn.state = turn.state.having(step=flow)
        return run(turn)
    return start(turn, flow, step or None)


def start(turn: Turn, flow: str, step: str | None = None) -> None:
    definition = turn.flows.by_name[flow]
    turn.state = turn.state.having(flow=flow, step=step or definition.start, asked=None)
    run(turn)


def run(turn: Turn) -> None:
    while True:
        turn.steps += 1
        step = current(turn)
        if step is None or turn.steps > STEPS_MAX:
            turn.text("We changed this. Here is the menu again.")
            turn.steps = 0 if step is None else turn.steps
            if turn.state.flow == MENU_FLOW or turn.steps > STEPS_MAX:
                turn.state = turn.state.having(flow=None, step=None)
                return None
            turn.state = turn.state.having(flow=MENU_FLOW, step=turn.flows.by_name[MENU_FLOW].start)
            continue
        if step.set_locale is not None:
            turn.state = turn.state.having(locale=value_of(turn, step.set_locale))
        if step.branch is not None:
            case = next(c for c in step.branch if c.if_ is None or conditions.holds(c.if_, turn.values))
            if case.set:
                _keep_raw(turn, case.set)
            _jump(turn, case.go)
            continue
        if step.say is not None:
            _speak(turn, step)
            if step.next is None:
                turn.state = turn.state.having(step=None, flow=None)
                return None
            _jump(turn, step.next)
            continue
        if step.call is not None:
            return _call(turn, step)
        if step.ask is not None:
            return _question(turn, step)
        turn.state = turn.state.having(flow=None, step=None)
        return None


def _keep_raw(turn: Turn, values: dict[str, str]) -> None:
    turn.state = turn.state.having(vars={**turn.state.vars, **{k: value_of(turn, v) for k, v in values.items()}})


def _jump(turn: Turn, target: str) -> None:
    flow, dot, step = target.partition(".")
    if dot:
        turn.state = turn.state.having(flow=flow, step=step or turn.flows.by_name[flow].start)
    else:
        turn.state = turn.state.having(step=flow)


def value_of(turn: Turn, expression: str) -> Any:
    """`$name` is a value of the conversation; anything else is itself."""
    if not expression.startswith("$"):
        return expression
    found: Any = turn.values
    for name in expression[1:].split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _call(turn: Turn, step: Step) -> None:
    state = turn.state
    if state.calls >= CALLS_MAX:
        turn.text("Something is taking too long. Please try again in a minute.")
        turn.state = state.having(flow=None, step=None)
        return
    turn.state = state.having(calls=state.calls + 1)
    args = {name: value_of(turn, expression) for name, expression in step.args.items()}
    _flush_before_call(turn)
    turn.effects.append(Call(step.call or "", args, f"{state.flow}.{state.step}.{state.calls}"))


def _flush_before_call(turn: Turn) -> None:
    """Sentences said before a call wait in the state of the turn: the caller hands them back by `Answered`, so that one message says all."""
    if turn.parts:
        turn.effects.append(Say(tuple(turn.parts)))
        turn.parts = []


def resume(turn: Turn, answer: Answered) -> None:
    step = current(turn)
    if step is None or step.call is None:
        return start(turn, MENU_FLOW)
    turn.facts = dict(answer.facts)
    if answer.error is not None:
        target = step.on_error.get(answer.error) or step.on_error.get("*") or "trouble."
        return move(turn, target)
    keep(turn, {name: value_of(turn, f"${path}") for name, path in step.save.items()})
    return move(turn, step.ok or "")


# --- speaking ------------------------------------------------------------------------------------------------------------------------------


def _sentences(turn: Turn, parts: tuple[TextPart, ...]) -> list[Part]:
    context, said = f"{turn.state.flow}.{turn.state.step}", []
    for part in parts:
        if part.if_ is not None and not conditions.holds(part.if_, turn.values):
            continue
        if part.each is None:
            said.append(Part(context, part.text, turn.values))
            continue
        for item in turn.values.get(part.each) or ():
            said.append(Part(context, part.text, {**turn.values, **item}))
    return said


def _speak(turn: Turn, step: Step) -> None:
    turn.parts += _sentences(turn, step.say or ())
    if step.document is not None:
        found = value_of(turn, step.document)
        if isinstance(found, dict):
            turn.effects.append(Say(tuple(turn.parts), document=found))
            turn.parts = []


def _question(turn: Turn, step: Step) -> None:
    state = turn.state
    here = (state.flow or "", state.step or "")
    turn.state = state.having(back=(*(b for b in state.back if b != here), here)[-BACK_MAX:])
    turn.parts += _sentences(turn, step.ask or ())
    if step.asks_contact is not None:
        turn.state = turn.state.having(asked=None)
        turn.effects.append(Say(tuple(turn.parts), asks_contact=Part(f"{here[0]}.{here[1]}", step.asks_contact)))
        turn.parts = []
        return
    show_choices(turn, step)


def show_choices(turn: Turn, step: Step) -> None:
    context = f"{turn.state.flow}.{turn.state.step}"
    options: list[Option] = []
    shown: list[tuple[Part, Part | None]] = []
    if step.choices_from is not None:
        for item in (turn.values.get(step.choices_from.list) or ())[:9]:
            option, label, description = _from_item(turn, context, step.choices_from, item, len(options) + 1)
            options.append(option)
            shown.append((label, description))
    for number, choice in enumerate((c for c in step.choices if c.if_ is None or conditions.holds(c.if_, turn.values)), len(options) + 1):
        options.append(Option(number=number, id=choice.id, go=choice.go, set=choice.set, words=turn.words(context, choice.label)))
        shown.append((Part(context, choice.label), Part(context, choice.description) if choice.description else None))
    ask(turn, options, shown)


def _from_item(turn: Turn, context: str, source: ChoicesFrom, item: dict[str, Any], number: int) -> tuple[Option, Part, Part | None]:
    option = Option(number=number, id=str(item["id"]), go=source.go, set={source.save: str(item["id"])})
    description = Part(context, source.description, {**turn.values, **item}) if source.description else None
    return option, Part(context, source.label, {**turn.values, **item}), description


def ask(turn: Turn, options: list[Option], shown: list[tuple[Part, Part | None]]) -> None:
    """Show choices with what was said; a language that the person wrote in is offered as one more choice, once."""
    offered = turn.state.offer
    if offered is not None and options and len(options) < 10:
        options.append(Option(number=len(options) + 1, id=f"speak_{offered}", go="language.set", set={"language": offered}))
        shown.append((Part("offer", LANGUAGE_NAMES[offered], {"_locale": offered}), None))
        turn.state = turn.state.having(offer=None, vars={**turn.state.vars, "offered": offered})
    nonce = hashlib.blake2s(f"{turn.state.turn}:{turn.state.flow}:{turn.state.step}".encode(), digest_size=3).hexdigest()
    turn.state = turn.state.having(asked=Asked(nonce=nonce, options=tuple(options)))
    choices = tuple(Shown(o.number, button_id(nonce, o.id), label, description) for o, (label, description) in zip(options, shown, strict=True))
    turn.effects.append(Say(tuple(turn.parts), choices))
    turn.parts = []


def flush(turn: Turn) -> None:
    if turn.parts:
        turn.effects.append(Say(tuple(turn.parts)))
        turn.parts = []
