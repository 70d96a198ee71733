"""What a flow must keep to, step by step. Ways through flows are looked at in `paths`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import regex

from bot.engine import conditions
from bot.engine.definition import Flow, Step
from bot.engine.matching import RESERVED, folded
from bot.engine.problems import ActionShape, Catalogue, Checked
from bot.engine.turn import CHOICES_MAX, named

# What a channel can show: WhatsApp's reply buttons hold 20 letters and are at most 3; a list's row holds 24, of which its number takes some.
BUTTONS_MAX, BUTTON_LETTERS, ROW_LETTERS = 3, 20, 24
LOCALES = ("en", "hi", "pa")
INTENTS = frozenset(
    "greet thanks goodbye menu help affirm deny cancel back check_bill pay_bill explain_bill payment_history get_receipt my_connections link_connection tariff "
    "promise_to_pay meter_reading report_problem change_language feedback opt_out opt_in talk_to_person collect_payment list_dues day_summary cash_deposit "
    "add_expense pay_expense search_household reverse_entry send_reminder out_of_scope".split()
)
ENTITIES = frozenset("amount connection_no period date phone name expense_type receipt_no reading category".split())
FORMATS = frozenset({"", "money", "words", "day", "month", "head"})
_FORMATTED = regex.compile(r"\{(\w*)(?::([^{}]*))?\}")

def check_all(checked: list[Checked], flows: Mapping[str, Flow], actions: Mapping[str, ActionShape], catalogue: Catalogue | None, *, whole: bool) -> None:
    """Check every flow. `whole` is false when some file could not be read: then nothing is said of what other flows lack."""
    starts: Counter[str] = Counter()
    for one in checked:
        starts.update(f"intent {i!r}" for i in one.flow.intents)
        starts.update(f"word {w!r}" for w in {folded(word) for word in one.flow.words})
    for one in checked:
        _check_head(one, starts, catalogue)
        _check_audience(one, flows, whole)
        for name, step in one.flow.steps.items():
            _check_kind(one, name, step)
            _check_targets(one, name, step, flows, whole)
            _check_conditions(one, name, step)
            _check_choices(one, name, step, catalogue)
            _check_ways_out(one, name, step, flows)
            _check_texts(one, name, step, catalogue)
            if step.call is not None:
                _check_call(one, name, step, actions)


def _check_head(one: Checked, starts: Counter[str], catalogue: Catalogue | None) -> None:
    flow = one.flow
    if flow.start not in flow.steps:
        one.fault(f"there is no step {flow.start!r}", "start")
    for index, intent in enumerate(flow.intents):
        if intent not in INTENTS:
            one.fault(f"there is no intent {intent!r}", "intents", index)
        if starts[f"intent {intent!r}"] > 1:
            one.fault(f"another flow starts by the intent {intent!r}, too", "intents", index)
    for index, word in enumerate(flow.words):
        if folded(word) in RESERVED or folded(word).isdecimal():
            one.fault(f"{word!r} is a command everywhere", "words", index)
        if starts[f"word {folded(word)!r}"] > 1:
            one.fault(f"another flow starts by {word!r}, too", "words", index)
    for name, values in flow.hints.items():
        for value, phrases in values.items():
            for index, phrase in enumerate(phrases):
                if len(folded(phrase)) < 3:
                    one.fault(f"{phrase!r} is too short to be a hint", "hints", name, value, index)
    for entity in flow.takes:
        if entity not in ENTITIES:
            one.fault(f"there is no entity {entity!r}", "takes", entity)
    if flow.title is not None:
        _check_text(one, "title", flow.title, catalogue, ("title",), limit=ROW_LETTERS - 4)


def _check_audience(one: Checked, flows: Mapping[str, Flow], whole: bool) -> None:
    """Others than those whose a flow is have somewhere to go."""
    who, otherwise = one.flow.who, one.flow.otherwise
    if who == "everyone" and otherwise is not None:
        one.fault("the flow is everyone's: nobody goes otherwise", "otherwise")
    elif who != "everyone" and otherwise is None:
        one.fault(f"the flow is the {who}'s: say in otherwise where others go", "who")
    elif otherwise is not None:
        name, dot, step = otherwise.partition(".")
        other = flows.get(name)
        if not dot or (other is None and whole) or (other is not None and step and step not in other.steps):
            one.fault(f"there is no flow {otherwise!r}", "otherwise")
        elif other is not None and other.who != "everyone":
            one.fault(f"{name!r} is the {other.who}'s: others can't go there", "otherwise")


def _check_ways_out(one: Checked, name: str, step: Step, flows: Mapping[str, Flow]) -> None:
    """Nobody stands before a question whose choices are all another's."""
    leads = [flows.get(choice.go.partition(".")[0]) if "." in choice.go else one.flow for choice in step.choices]
    closed = bool(leads) and all(flow is not None and flow.who not in ("everyone", one.flow.who) for flow in leads)
    if closed and step.expect is None and step.choices_from is None:
        one.fault("not everyone can leave this question: its choices lead to others' flows", "steps", name, "choices")


def kinds_of(step: Step) -> list[str]:
    """Which kinds a step is."""
    return [k for k in ("say", "ask", "call", "branch", "enter", "end") if getattr(step, k) is not None] + (["wish"] if step.wish else [])


# Which further keys a kind may have.
_KEYS = {
    "say": {"document", "next"},
    "ask": {"again", "redo", "choices", "choices_from", "expect", "asks_contact", "confirms"},
    "call": {"args", "save", "ok", "on_error"},
    "branch": set(),
    "enter": {"next"},
    "end": set(),
    "wish": {"next"},
}


def _check_kind(one: Checked, name: str, step: Step) -> None:
    kinds = kinds_of(step)
    if len(kinds) != 1:
        one.fault("a step is exactly one of say, ask, call, branch, enter, wish, end", "steps", name)
        return
    (kind,) = kinds
    for key in sorted(step.model_fields_set - {kind, f"{kind}_", "set_locale"} - _KEYS[kind]):
        one.fault(f"a {kind} step has no {key!r}", "steps", name, key)
    if kind in ("say", "enter", "wish") and step.next is None:
        one.fault(f"nobody can leave this step: {kind} says what comes next", "steps", name)
    if kind == "ask":
        if not (step.choices or step.choices_from or step.expect):
            one.fault("nobody can leave this question: it has no choices and expects nothing", "steps", name)
        if step.expect is not None and step.again is None:
            one.fault("a question that expects something has a simpler form: again", "steps", name)
        if (step.asks_contact is not None) != (step.expect is not None and step.expect.what == "contact"):
            one.fault("asks_contact and expecting a contact go together", "steps", name)
        if step.confirms and (step.expect is not None or not {"yes", "no"} <= {c.id for c in step.choices}):
            one.fault("a confirm step has the choices yes and no, and expects nothing else", "steps", name)
        if step.confirms and not any(":words}" in part.text for part in step.ask or ()):
            one.fault("a confirm step reads the amount back in words", "steps", name)
    if step.branch is not None and (not step.branch or step.branch[-1].if_ is not None or any(c.if_ is None for c in step.branch[:-1])):
        one.fault("a branch ends with the one case that always holds", "steps", name, "branch")


def _check_targets(one: Checked, name: str, step: Step, flows: Mapping[str, Flow], whole: bool) -> None:
    for target, path in step.targets():
        flow, dot, inner = target.partition(".")
        if not dot:
            known = target in one.flow.steps
        elif flow in flows:
            known = not inner or inner in flows[flow].steps
        else:
            known = not whole
        if not known:
            one.fault(f"there is no step {target!r}", "steps", name, *path)


def conditions_of(step: Step) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """A step's conditions with their places."""
    places: list[tuple[str, int, str | None]] = [("branch", i, c.if_) for i, c in enumerate(step.branch or ())]
    places += [("choices", i, c.if_) for i, c in enumerate(step.choices)]
    places += [(key, i, p.if_) for key, parts in (("say", step.say), ("ask", step.ask)) for i, p in enumerate(parts or ())]
    for key, index, expression in places:
        if expression:
            yield expression, (key, index, "if")


def _check_conditions(one: Checked, name: str, step: Step) -> None:
    for expression, path in conditions_of(step):
        try:
            conditions.check(expression)
        except conditions.BadCondition as error:
            one.fault(f"not a condition: {error}", "steps", name, *path)


def _check_choices(one: Checked, name: str, step: Step, catalogue: Catalogue | None) -> None:
    if len(step.choices) > CHOICES_MAX - (1 if step.choices_from else 0):
        one.fault(f"more than the {CHOICES_MAX} choices a list holds", "steps", name, "choices")
    for ident, times in Counter(c.id for c in step.choices).items():
        if times > 1:
            one.fault(f"two choices are called {ident!r}", "steps", name, "choices")
    few = len(step.choices) <= BUTTONS_MAX and step.choices_from is None
    context, seen = f"{one.flow.flow}.{name}", dict[str, str]()
    for index, choice in enumerate(step.choices):
        place = ("steps", name, "choices", index, "label")
        limit = BUTTON_LETTERS if few else ROW_LETTERS - len(f"{CHOICES_MAX if step.choices_from else index + 1}. ")
        _check_text(one, context, choice.label, catalogue, place, limit=limit, only=choice.in_)
        for word in {folded(t) for t in (catalogue(context, choice.label).values() if catalogue else [choice.label]) if t and "{" not in t}:
            if seen.setdefault(word, choice.id) != choice.id:
                one.fault(f"{word!r} is the label of two choices", *place)


def _check_texts(one: Checked, name: str, step: Step, catalogue: Catalogue | None) -> None:
    context = f"{one.flow.flow}.{name}"
    for key, parts in (("say", step.say), ("ask", step.ask)):
        for index, part in enumerate(parts or ()):
            _check_text(one, context, part.text, catalogue, ("steps", name, key, index, "text"), only=part.in_)
            if (part.plural is None) != (part.count is None):
                one.fault("plural and count go together", "steps", name, key, index)
    for key, text in (("again", step.again), ("asks_contact", step.asks_contact)):
        if text is not None:
            _check_text(one, context, text, catalogue, ("steps", name, key), limit=BUTTON_LETTERS * 2 if key == "asks_contact" else None)
    if step.choices_from is not None:
        _check_text(one, context, step.choices_from.label, catalogue, ("steps", name, "choices_from", "label"))
        if step.choices_from.description:
            _check_text(one, context, step.choices_from.description, catalogue, ("steps", name, "choices_from", "description"))


def _check_text(one: Checked, context: str, text: str, catalogue: Catalogue | None, path: tuple[Any, ...], limit: int | None = None, only: str | None = None) -> None:
    try:
        named(text)
    except ValueError as error:
        one.fault(f"not a text: {error}", *path)
        return
    for name, form in _FORMATTED.findall(text):
        if not name.isidentifier() or form not in FORMATS:
            one.fault(f"not a value: {{{name}{':' + form if form else ''}}}", *path)
    said = catalogue(context, text) if catalogue else {"en": text}
    for locale, translated in said.items():
        if only is not None and locale != only:
            continue
        if translated is None:
            one.fault(f"not translated to {locale}: {text!r}", *path)
        elif limit is not None and "{" not in translated and len(translated) > limit:
            one.fault(f"{len(translated)} letters in {locale}, at most {limit}: {translated!r}", *path)


def _check_call(one: Checked, name: str, step: Step, actions: Mapping[str, ActionShape]) -> None:
    shape = actions.get(step.call or "")
    if shape is None:
        one.fault(f"there is no action {step.call!r}", "steps", name, "call")
        return
    if shape.who not in ("everyone", one.flow.who):
        one.fault(f"{step.call} is the {shape.who}'s: the flow says who: {shape.who}", "steps", name, "call")
    if "*" not in step.on_error:
        one.fault("a call says what happens on any error: on_error with '*'", "steps", name, "call")
    if step.ok is None:
        one.fault("a call says where it goes on: ok", "steps", name, "call")
    for arg in sorted(step.args.keys() - shape.args):
        one.fault(f"{step.call} takes no {arg!r}", "steps", name, "args", arg)
    for arg in sorted(shape.args - step.args.keys()):
        one.fault(f"{step.call} needs {arg!r}", "steps", name, "call")
    for code in step.on_error:
        if code != "*" and code not in shape.errors:
            one.fault(f"{step.call} never ends in {code!r}", "steps", name, "on_error", code)
    for variable, fact in step.save.items():
        if fact not in shape.facts:
            one.fault(f"{step.call} does not answer {fact!r}", "steps", name, "save", variable)
