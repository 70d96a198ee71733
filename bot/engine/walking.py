"""Walking a flow: from step to step until something must be asked, called, or nothing is left to do."""

from __future__ import annotations

from typing import Any

from bot.engine import conditions
from bot.engine.definition import ChoicesFrom, Step
from bot.engine.effects import Call, Part
from bot.engine.events import Answered
from bot.engine.sentences import CHANGED, TOO_LONG
from bot.engine.state import Option
from bot.engine.turn import BACK_MAX, CALLS_MAX, CHOICES_MAX, FIRST, LANGUAGE, MENU, NOT_YOURS, STEPS_MAX, Turn, sentence

TROUBLE = "trouble."


def run(turn: Turn) -> None:
    """Walk until the turn waits for an answer, a call is out, or nothing is left to do."""
    while True:
        turn.steps += 1
        step = turn.here()
        if turn.steps > STEPS_MAX:
            return _give_up(turn)
        if step is None:
            turn.add(CHANGED)
            turn.leave(f"{MENU}.")
            continue
        if step.set_locale is not None:
            turn.locale = turn.value_of(step.set_locale) or turn.locale
        if not _step(turn, step):
            return None


def _step(turn: Turn, step: Step) -> bool:
    """Do one step; False when the turn waits or is over."""
    if step.branch is not None:
        case = next(c for c in step.branch if c.if_ is None or conditions.holds(c.if_, turn.values))
        turn.keep(case.set)
        turn.go(case.go)
        return True
    if step.say is not None:
        turn.add_texts(step.say)
        document = turn.value_of(step.document)
        if isinstance(document, dict):
            turn.send(document=document)
        turn.go(step.next or "")
        return True
    if step.wish:
        _take_wish(turn, step)
        return True
    if step.enter is not None:
        turn.enter(step.enter, step.next or "")
        return True
    if step.call is not None:
        return _call(turn, step)
    if step.ask is not None:
        return _question(turn, step)
    if turn.ended():
        return True
    if step.end == "return":
        turn.leave(f"{MENU}.")
        return True
    turn.flow, turn.step, turn.asked = None, None, None
    return False


def _take_wish(turn: Turn, step: Step) -> None:
    wish = turn.vars.pop("wish", None)
    turn.ahead = wish if isinstance(wish, int) else None
    turn.leave(f"{wish}." if wish in turn.flows.by_name else step.next or f"{MENU}.")


def _give_up(turn: Turn) -> None:
    turn.add(TOO_LONG)
    turn.flow, turn.step, turn.stack, turn.asked = None, None, (), None


def _call(turn: Turn, step: Step) -> bool:
    if turn.calls >= CALLS_MAX:
        _give_up(turn)
        return False
    turn.calls += 1
    args = {name: turn.value_of(expression) for name, expression in step.args.items()}
    if any(args.get(name) is None for name in turn.flows.required.get(step.call or "", ())):
        turn.add(CHANGED)  # what this asks about is forgotten: the person came back to a question that is done with
        turn.leave(f"{MENU}.")
        return True
    turn.call = Call(step.call or "", args, f"{turn.flow}.{turn.step}.{turn.calls}")
    return False


def resume(turn: Turn, answer: Answered) -> None:
    """Take a call's answer to where the step leads."""
    step = turn.here()
    if step is None or step.call is None:
        turn.add(CHANGED)
        turn.leave(f"{MENU}.")
        return run(turn)
    turn.facts.update(answer.facts)
    if answer.error is not None:
        turn.go(step.on_error.get(answer.error) or step.on_error.get("*") or TROUBLE)
        return run(turn)
    turn.keep({name: f"${fact}" for name, fact in step.save.items()})
    turn.go(step.ok or f"{MENU}.")
    return run(turn)


# --- questions ---------------------------------------------------------------------------------------------------------------------------


def _question(turn: Turn, step: Step) -> bool:
    """Ask; when the answer was given ahead of the question ("1" to somebody who never saw the menu), take it at once."""
    context = f"{turn.flow}.{turn.step}"
    options, shown = choices_of(turn, step, context)
    ahead, turn.ahead = turn.ahead, None
    if ahead is not None:
        option = next((o for o in options if o.number == ahead), None)
        if option is not None:
            choose(turn, option)
            return True
    place = turn.question()
    if place is not None and place.flow != FIRST:
        turn.back = (*(p for p in turn.back if p != place), place)[-BACK_MAX:]
    if not turn.simple:
        turn.add_texts(step.ask or ())
    if step.asks_contact is not None:
        turn.asked = None
        turn.send(asks_contact=Part(context, step.asks_contact))
        return False
    turn.ask(context, options, shown)
    return False


def choices_of(turn: Turn, step: Step, context: str) -> tuple[list[Option], list[tuple[Part, Part | None]]]:
    """The choices of a question, numbered: those of a list first, then the fixed ones. What leads to a flow that is not this person's is none."""
    options: list[Option] = []
    shown: list[tuple[Part, Part | None]] = []
    values = turn.values
    fixed = [c for c in step.choices if (c.if_ is None or conditions.holds(c.if_, values)) and ("." not in c.go or turn.may(c.go))]
    if step.choices_from is not None:
        for item in (values.get(step.choices_from.list) or ())[: CHOICES_MAX - len(fixed)]:
            option, label, description = _of_item(values, context, step.choices_from, item, len(options) + 1)
            options.append(option)
            shown.append((label, description))
    for number, choice in enumerate(fixed, len(options) + 1):
        kept = {name: turn.value_of(expression) for name, expression in choice.set.items()}
        options.append(Option.model_construct(number=number, id=choice.id, go=_whole(turn, choice.go), set=kept, words=turn.words(context, choice.label)))
        shown.append((sentence(context, choice.label, values, locale=choice.in_), None))
    return options, shown


def _of_item(values: dict[str, Any], context: str, source: ChoicesFrom, item: dict[str, Any], number: int) -> tuple[Option, Part, Part | None]:
    merged = {**values, **item}
    flow = context.partition(".")[0]
    go = source.go if "." in source.go else f"{flow}.{source.go}"
    option = Option.model_construct(number=number, id=f"i{number}", go=go, set={source.save: str(item["id"])}, words=())
    return option, sentence(context, source.label, merged), sentence(context, source.description, merged) if source.description else None


def _whole(turn: Turn, target: str) -> str:
    """A target that can be gone to from anywhere."""
    return target if "." in target else f"{turn.flow}.{target}"


def choose(turn: Turn, option: Option) -> None:
    """Go where a choice leads. A choice leads within its flow, or to another matter for good."""
    turn.misses = 0
    step = turn.here()
    if step is not None and step.confirms and option.id == "yes":
        turn.back = ()  # nobody goes back to a question about money that was answered
    turn.vars.update(option.set)
    for name in option.set:
        turn.facts.pop(name, None)
    flow = option.go.partition(".")[0]
    if flow == turn.flow:
        turn.go(option.go)
    elif flow == LANGUAGE:
        turn.leave_for_a_while(option.go)
    else:
        turn.leave(f"{NOT_YOURS}." if turn.anothers(option.go) else option.go)  # it was his when it was offered
