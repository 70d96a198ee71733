"""One turn's logic: from a state and an event to the next state and what is to be done. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.engine.definition import Expect, Flows, Step
from bot.engine.effects import Effect, Part
from bot.engine.events import Answered, Event, Said
from bot.engine.matching import command_in, folded, language_in, option_in, option_of_button, typed_number
from bot.engine.state import Option, State
from bot.engine.walking import MENU_FLOW, Translate, Turn, ask, choose, current, flush, keep, move, resume, run, show_choices, start

ACT, OFFER = 0.60, 0.35  # act on an intent above ACT; between the two ask "did you mean"
MISSES_TO_PERSON = 3


def needs_understanding(flows: Flows, state: State, said: Said) -> bool:
    """Whether the text must be understood by a model before `advance`: not when a button, number, command or the step's own words decide."""
    if said.button is not None or said.contact_phone is not None or not said.text.strip() or not said.private:
        return False
    text = said.text
    if command_in(text) or language_in(text) or option_in(text, state.asked) or folded(text) in flows.by_word:
        return False
    step = flows.step(state.flow, state.step) if state.flow and state.step else None
    return not (step is not None and step.expect is not None and step.expect.what == "text" and state.misses == 0)


def advance(flows: Flows, state: State, event: Event, words: Translate) -> tuple[State, tuple[Effect, ...]]:
    """The next state and what is to be done. After a `Call`, the caller comes back with `Answered`; else the turn is over."""
    turn = Turn(flows, state, words)
    if isinstance(event, Answered):
        resume(turn, event)
    else:
        turn.state = state.having(calls=0, turn=state.turn + 1)
        _hear(turn, event)
    flush(turn)
    return turn.state, tuple(turn.effects)


# --- hearing -------------------------------------------------------------------------------------------------------------------------------


def _hear(turn: Turn, said: Said) -> None:
    if not said.private:
        turn.text("Please write to me in a private chat. I can't talk about bills in a group.")
        return None
    _notice_language(turn, said)
    if turn.state.locale is None and not _chooses_language(turn, said):
        return _ask_language(turn, said)
    if said.button is not None:
        option = option_of_button(said.button, turn.state.asked)
        if option is not None:
            return choose(turn, option)
        turn.text("That list is over. Here is the menu again.")
        return start(turn, MENU_FLOW)
    if said.contact_phone is not None:
        return _contact(turn, said)
    if _command(turn, said) or _answer(turn, said) or _intent(turn, said):
        return None
    return _miss(turn, said)


def _notice_language(turn: Turn, said: Said) -> None:
    """Somebody who writes in another of our languages is offered it, once a language."""
    spoken = (said.spoken or "").split("-")[0]
    if turn.state.locale and spoken in ("en", "hi", "pa") and spoken != turn.state.locale and turn.state.vars.get("offered") != spoken and len(said.text.split()) > 1:
        turn.state = turn.state.having(offer=spoken)


def _chooses_language(turn: Turn, said: Said) -> bool:
    return turn.state.flow == "language" and bool(said.button or option_in(said.text, turn.state.asked)) or language_in(said.text) is not None


def _ask_language(turn: Turn, said: Said) -> None:
    """Nobody's language is guessed from Latin letters: three scripts are offered at once, and the wish is kept for afterwards."""
    wish = turn.flows.by_word.get(folded(said.text)) or (turn.flows.by_intent.get(said.intent or "") if said.confidence >= ACT else None)
    if wish is None and typed_number(said.text) == 1:
        wish = "bill"
    if wish is not None and turn.state.vars.get("wish") is None:
        keep(turn, {"wish": wish})
    start(turn, "language", "first")


def _command(turn: Turn, said: Said) -> bool:
    state, text = turn.state, said.text
    command = command_in(text)
    named = language_in(text)
    if named is not None and option_in(text, state.asked) is None:
        return _go(turn, "language", "set", language=named)
    if command is None or (command in ("start", "cancel") and option_in(text, state.asked) is not None):
        return False
    if command == "back":
        return _back(turn)
    target = {"menu": (MENU_FLOW, None), "cancel": ("cancelled", None), "help": ("help", None), "stop": ("consent", "stop"), "start": ("consent", "start"), "language": ("language", None)}[command]
    return _go(turn, *target)


def _go(turn: Turn, flow: str, step: str | None, **values: Any) -> bool:
    turn.state = turn.state.having(vars={**turn.state.vars, **values}, misses=0)
    start(turn, flow, step)
    return True


def _back(turn: Turn) -> bool:
    while turn.state.back:
        (flow, step), rest = turn.state.back[-1], turn.state.back[:-1]
        turn.state = turn.state.having(back=rest)
        if (flow, step) != (turn.state.flow, turn.state.step) and turn.flows.step(flow, step) is not None:
            turn.state = turn.state.having(flow=flow, step=step, misses=0)
            run(turn)
            return True
    start(turn, MENU_FLOW)
    return True


def _contact(turn: Turn, said: Said) -> None:
    step = current(turn)
    if step is not None and step.expect is not None and step.expect.what == "contact":
        if said.contact_own:
            return _take(turn, step.expect, said.contact_phone)
        turn.text("That is somebody else's number. Please share your own number with the button below.")
        return run(turn)
    return start(turn, MENU_FLOW)


def _answer(turn: Turn, said: Said) -> bool:
    option = option_in(said.text, turn.state.asked)
    if option is not None:
        choose(turn, option)
        return True
    step = current(turn)
    if step is None or step.expect is None:
        return False
    expect = step.expect
    if said.media and said.picture and expect.picture:
        keep(turn, {expect.picture: said.picture})
        move(turn, expect.go)
        return True
    value = _expected(expect, said)
    if value is None or _interrupts(turn, expect, said):
        return False
    _take(turn, expect, value)
    return True


def _expected(expect: Expect, said: Said) -> Any:
    if expect.what == "text":
        return said.text.strip() or None
    if expect.what == "otp":
        digits = "".join(str(int(c)) for c in said.text if c.isdecimal())
        return digits if len(digits) == 6 else None
    if expect.what == "upi_reference":
        digits = "".join(str(int(c)) for c in said.text if c.isdecimal())
        return digits if 9 <= len(digits) <= 16 else None
    if expect.what == "name":
        return said.entities.get("connection_no") or said.entities.get("name") or said.text.strip() or None
    return said.entities.get(expect.what)


def _interrupts(turn: Turn, expect: Expect, said: Said) -> bool:
    """A clear other wish leaves the question; what the question waits for does not."""
    if said.intent is None or said.confidence < ACT or expect.what in ("text", "otp", "upi_reference"):
        return False
    target = turn.flows.by_intent.get(said.intent)
    return target is not None and target != turn.state.flow and expect.what == "name"


def _take(turn: Turn, expect: Expect, value: Any) -> None:
    keep(turn, {expect.save: value})
    move(turn, expect.go)


def _intent(turn: Turn, said: Said) -> bool:
    word = turn.flows.by_word.get(folded(said.text))
    if word is not None:
        return _begin(turn, word, said)
    if said.intent is None:
        return False
    if said.confidence >= ACT:
        if said.intent == "change_language":
            return _go(turn, "language", None)
        commands: dict[str, Callable[[Turn], bool]] = {"back": _back, "menu": lambda t: _go(t, MENU_FLOW, None)}
        if said.intent in commands:
            return commands[said.intent](turn)
        target = turn.flows.by_intent.get(said.intent)
        return _begin(turn, target, said) if target is not None else False
    return said.confidence >= OFFER and _did_you_mean(turn, said)


def _begin(turn: Turn, flow: str, said: Said) -> bool:
    """Start a flow by what was said; offer the language it was said in, if that is another."""
    definition = turn.flows.by_name[flow]
    taken = {name: said.entities[entity] for entity, name in definition.takes.items() if entity in said.entities}
    cleared = dict.fromkeys(definition.takes.values())
    turn.state = turn.state.having(vars={**turn.state.vars, **cleared, **taken}, misses=0)
    start(turn, flow)
    return True


def _did_you_mean(turn: Turn, said: Said) -> bool:
    likely = [turn.flows.by_intent[i] for i, _ in ((said.intent, said.confidence), *said.alternatives) if i in turn.flows.by_intent]
    offers = [f for f in dict.fromkeys(likely) if _title(turn, f)][:2]
    if not offers:
        return False
    turn.text("Did you mean this?")
    options = [Option(number=n, id=f"did{n}", go=f"{flow}.", words=turn.words("title", _title(turn, flow) or "")) for n, flow in enumerate(offers, 1)]
    ask(turn, options, [(Part("title", _title(turn, flow) or ""), None) for flow in offers])
    return True


def _title(turn: Turn, flow: str) -> str | None:
    return TITLES.get(flow)


# What a flow is called when it is offered; each at most 20 letters in every language.
TITLES = {
    "bill": "My bill", "explain": "Why this amount", "receipts": "Receipts", "unseen": "Payment not shown", "problem": "A problem", "link": "Other household",
    "person": "Talk to a person", "language": "Language", "cash": "Log cash", "day": "Today's total",
}  # fmt: skip


def _miss(turn: Turn, said: Said) -> None:
    misses = turn.state.misses + 1
    turn.state = turn.state.having(misses=misses)
    if misses >= MISSES_TO_PERSON:
        turn.state = turn.state.having(misses=0)
        turn.text("I still don't understand. A person can help you.")
        return start(turn, "person")
    step = current(turn)
    if step is None or step.ask is None or turn.state.flow == MENU_FLOW:
        turn.text("I can read text and the numbers below." if said.media or not said.text.strip() else "Sorry, I did not understand that.")
        return start(turn, MENU_FLOW)
    context = f"{turn.state.flow}.{turn.state.step}"
    if step.again:
        turn.parts.append(Part(context, step.again, turn.values))
    else:
        turn.text("Sorry, I did not understand that.")
    if misses > 1:
        turn.text("You can also write 0 for the menu.")
    _repeat_choices(turn, step)
    return None


def _repeat_choices(turn: Turn, step: Step) -> None:
    """Say the question's choices again when they are always the same; a list of households lives one turn, so its numbers are asked for."""
    if step.choices_from is not None and turn.state.asked is not None and turn.state.asked.options:
        turn.text("Please write the number from the list.")
        return
    if step.choices:
        show_choices(turn, step)
