"""One turn's logic: from a state and an event to the next state and what is to be done. Pure."""

from __future__ import annotations

from bot.engine.definition import Flows
from bot.engine.effects import Effect
from bot.engine.events import Answered, Event, Said
from bot.engine.hearing import ACT, OFFER, collected, hear
from bot.engine.matching import command_in, folded, language_asked, option_in, typed_number
from bot.engine.reading import digits_miss, plain_answer
from bot.engine.state import State
from bot.engine.turn import Turn, Words
from bot.engine.walking import resume

__all__ = ["ACT", "OFFER", "advance", "needs_understanding"]


def needs_understanding(flows: Flows, state: State, said: Said) -> bool:
    """Whether the text must be understood by a model before `advance`: not when a button, number, command or the step's own words decide."""
    text = said.text
    if said.button is not None or said.contact_phone is not None or not said.private or not text.strip():
        return False
    if command_in(text) or language_asked(text) or typed_number(text) is not None or folded(text) in flows.by_word or option_in(text, state.asked):
        return False
    step = flows.step(state.flow, state.step)
    if step is not None and step.expect is not None and (plain_answer(step.expect, said) is not None or digits_miss(step.expect, text)):
        return False
    return collected(flows, state.vars, text) is None


def advance(flows: Flows, state: State, event: Event, words: Words) -> tuple[State, tuple[Effect, ...]]:
    """The next state and what is to be done: one `Call` alone, after which the caller comes back with `Answered`, or the messages that end the turn.

    `words` gives a fixed label in all languages, folded: what a person may type for it.
    """
    turn = Turn(flows, state, words)
    if isinstance(event, Answered):
        resume(turn, event)
    else:
        turn.turn, turn.at = turn.turn + 1, event.at
        hear(turn, event)
    if turn.call is None:
        turn.send()
    return turn.freeze(), turn.effects()
