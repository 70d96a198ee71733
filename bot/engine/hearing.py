"""What a person's words do to a conversation: buttons, commands, choices and expected answers first, then what a model understood, then asking back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.engine.definition import Expect, Flows
from bot.engine.effects import Part
from bot.engine.events import Said
from bot.engine.matching import Command, command_in, folded, language_asked, option_in, option_of_button, script_language, typed_number
from bot.engine.reading import cash_line, digits_miss, plain_answer, understood_answer
from bot.engine.sentences import (
    CHANGED,
    DID_YOU_MEAN,
    FOR_MEDIA,
    FROM_THE_LIST,
    GLOBAL,
    NOT_UNDERSTOOD,
    OLD_BUTTON,
    OTHERS_NUMBER,
    PRIVATE,
    SIMPLER,
    SOMETHING_ELSE,
    TO_A_PERSON,
    TOO_OLD,
)
from bot.engine.state import Option
from bot.engine.turn import CONTACT, FIRST, LANGUAGE, MENU, PERSON, Turn, sentence
from bot.engine.walking import choose, run

ACT, OFFER = 0.60, 0.35  # act on an intent from ACT on; from OFFER on ask "did you mean"; below, ask back
INTERRUPT = 0.80  # what is needed to leave a question that was answered
ENOUGH = 0.75  # a text of which this much is a name is that name
ANSWERS = frozenset({"out_of_scope", "collect_payment", "search_household", "list_dues", "affirm", "greet"})  # what bare names and amounts are taken for
MISSES_TO_SIMPLER, MISSES_TO_PERSON = 2, 3
CONFIRM_LIFE_S = 30 * 60  # a "1" written later than this confirms no money
LOCALES = ("en", "hi", "pa")
TITLE, COLLECT, OUT_OF_SCOPE = "title", "collect_payment", "out_of_scope"

_COMMAND_INTENTS: dict[str, Command] = {"menu": "menu", "back": "back", "help": "help", "cancel": "cancel", "opt_out": "stop", "opt_in": "start", "change_language": "language"}
_TARGETS: dict[Command, str] = {"menu": "menu.", "greet": "menu.", "cancel": "cancelled.", "stop": "consent.stop", "start": "consent.start"}


def hear(turn: Turn, said: Said) -> None:
    """Take what was said."""
    if not said.private:
        return _hush(turn)
    if turn.locale is None:
        return _without_language(turn, said)
    _notice_language(turn, said)
    _drop_missing_options(turn)
    if turn.step is not None and turn.here() is None:
        turn.flow, turn.step, turn.asked, turn.stack = None, None, None, ()
        if said.button is not None or typed_number(said.text) is not None:
            turn.add(CHANGED)
            return _leave(turn, f"{MENU}.")
    if said.button is not None:
        return _button(turn, said.button)
    if said.contact_phone is not None:
        return _contact(turn, said)
    if not said.text.strip() or (said.picture is not None and _expects_picture(turn)):
        return _wordless(turn, said)
    return _text(turn, said)


def _hush(turn: Turn) -> None:
    """A group is told once, then left alone."""
    if not turn.hushed:
        turn.hushed = True
        for locale in (turn.locale,) if turn.locale else LOCALES:
            turn.add(Part(GLOBAL, PRIVATE.text, locale=locale))


# --- languages -----------------------------------------------------------------------------------------------------------------------------


def _keep_wish(turn: Turn, said: Said) -> None:
    wish = typed_number(said.text) or turn.flows.by_word.get(folded(said.text))
    if wish is None and said.intent is not None and said.confidence >= ACT:
        wish = turn.flows.by_intent.get(said.intent)
    if wish is not None and not (wish == MENU and "wish" in turn.vars):
        turn.vars["wish"] = wish


def _without_language(turn: Turn, said: Said) -> None:
    """Until the language is known only its choice is heard, and the wish to be left alone."""
    option = option_of_button(said.button, turn.asked) if said.button else option_in(said.text, turn.asked)
    if option is not None:
        choose(turn, option)
        return run(turn)
    named = language_asked(said.text) or (script_language(said.text) if turn.misses else None)
    if command_in(said.text) == "stop":
        turn.locale = script_language(said.text) or "en"
        return _leave(turn, _TARGETS["stop"])
    if typed_number(said.text) is None:
        _keep_wish(turn, said)
    if named is not None:
        turn.vars["language"] = named
        turn.go(f"{FIRST}.accept")
        return run(turn)
    turn.misses += 1
    if turn.misses >= MISSES_TO_PERSON:
        turn.misses, turn.locale = 0, "en"
        turn.add(TO_A_PERSON)
        return _leave(turn, f"{PERSON}.")
    turn.go(f"{FIRST}.choose")
    return run(turn)


def _notice_language(turn: Turn, said: Said) -> None:
    """Somebody who writes in another of our languages is offered it, once each. Roman Hindi and Punjabi are too alike to tell apart."""
    spoken, words = script_language(said.text), len(said.text.split())
    if spoken is None and said.spoken is not None and said.confidence >= ACT:
        base, dash, _ = said.spoken.partition("-")
        if (base == "en" and words >= 3) or (dash and turn.locale == "en" and words >= 2):
            spoken = base
    if spoken in LOCALES and spoken != turn.locale and spoken not in turn.offered:
        turn.offer = spoken


def _speak(turn: Turn, locale: str) -> None:
    turn.vars["language"] = locale
    turn.leave_for_a_while(f"{LANGUAGE}.accept")
    return run(turn)


# --- buttons, contacts, files --------------------------------------------------------------------------------------------------------------


def _button(turn: Turn, button: str) -> None:
    option = option_of_button(button, turn.asked)
    if option is not None:
        return _choose(turn, option)
    turn.add(OLD_BUTTON)
    return _ask_again(turn)


def _choose(turn: Turn, option: Option) -> None:
    """Take a choice; one that moves money only while the question is fresh."""
    step, asked = turn.here(), turn.asked
    if step is not None and step.confirms and asked is not None and turn.at is not None and asked.at is not None and turn.at - asked.at > CONFIRM_LIFE_S:
        turn.add(TOO_OLD)
        return _ask_again(turn)
    choose(turn, option)
    return run(turn)


def _drop_missing_options(turn: Turn) -> None:
    """After a flow was edited, choices that lead nowhere any more are no choices."""
    if turn.flow is not None and turn.flows.versions.get(turn.flow) != turn.version and turn.asked is not None:
        kept = tuple(o for o in turn.asked.options if turn.flows.has(o.go, turn.flow))
        turn.asked = turn.asked.model_copy(update={"options": kept})
        turn.version = turn.flows.versions.get(turn.flow)


def _contact(turn: Turn, said: Said) -> None:
    step = turn.here()
    if step is None or step.expect is None or step.expect.what != "contact":
        if said.contact_own and turn.vars.get("phone_proven") is False:
            turn.facts["phone"] = said.contact_phone
            return _leave(turn, f"{CONTACT}.prove")
        return _leave(turn, f"{MENU}.")
    if not said.contact_own:
        turn.add(OTHERS_NUMBER)
        return _ask_again(turn)
    return _take(turn, step.expect, {step.expect.save: said.contact_phone})


def _expects_picture(turn: Turn) -> bool:
    step = turn.here()
    return step is not None and step.expect is not None and step.expect.picture is not None


def _wordless(turn: Turn, said: Said) -> None:
    """A picture where one is asked for; else stickers, voice and places lead back to the question, or to the menu."""
    step = turn.here()
    if said.picture is not None and step is not None and step.expect is not None and step.expect.picture is not None:
        words = {step.expect.save: said.text.strip()} if said.text.strip() and step.expect.what == "text" else {}
        return _take(turn, step.expect, {step.expect.picture: said.picture} | words)
    reply = FOR_MEDIA.get(said.media or "")
    if turn.question() is None:
        if reply is not None:
            turn.add(reply)
        return _leave(turn, f"{MENU}.")
    return _miss(turn, reply or NOT_UNDERSTOOD)


# --- words ---------------------------------------------------------------------------------------------------------------------------------


def _text(turn: Turn, said: Said) -> None:
    text = said.text
    option = option_in(text, turn.asked)
    if option is not None:
        return _choose(turn, option)
    command = command_in(text)
    if command is not None:
        return _command(turn, command)
    named = language_asked(text)
    if named is not None:
        return _speak(turn, named)
    step = turn.here()
    expect = step.expect if step is not None else None
    if expect is not None:
        given = plain_answer(expect, said)
        if given is not None:
            return _take(turn, expect, given)
        if digits_miss(expect, text):
            return _miss(turn, NOT_UNDERSTOOD)
    word = turn.flows.by_word.get(folded(text))
    if word is not None:
        return _begin(turn, word, said)
    if expect is not None:
        given = understood_answer(expect, said)
        if given is not None and not _interrupts(turn, expect, said):
            return _take(turn, expect, given)
    line = collected(turn.flows, turn.vars, text)
    if line is not None:
        turn.leave(f"{turn.flows.by_intent[COLLECT]}.", line)
        return run(turn)
    return _number_ahead(turn, said) if typed_number(text) is not None else _intent(turn, said)


def collected(flows: Flows, known: Mapping[str, Any], text: str) -> dict[str, Any] | None:
    """A line of a number and an amount, from somebody who may log it: no model is needed."""
    flow = flows.by_intent.get(COLLECT)
    return cash_line(text) if flow is not None and flows.serves(flow, known) else None


def _number_ahead(turn: Turn, said: Said) -> None:
    """A number where no list stands is one of the menu's."""
    if turn.asked is not None and turn.asked.options:
        return _miss(turn, NOT_UNDERSTOOD)
    turn.ahead = typed_number(said.text)
    return _leave(turn, f"{MENU}.")


def _interrupts(turn: Turn, expect: Expect, said: Said) -> bool:
    """A clear other wish leaves the question; what the question waits for does not."""
    target = turn.flows.by_intent.get(said.intent or "")
    if target is None or target == turn.flow or said.intent in ANSWERS or said.confidence < INTERRUPT or turn.anothers(f"{target}."):
        return False
    spoken = sum(len(str(said.entities.get(kind, ""))) for kind in ("name", "connection_no"))
    return expect.what != "household" or spoken < ENOUGH * len(said.text.strip())


def _take(turn: Turn, expect: Expect, given: Mapping[str, object]) -> None:
    """Take an expected answer: amounts stay with the conversation, all else with the turn."""
    turn.misses = 0
    for name, value in given.items():
        kept = name == expect.amount or (name == expect.save and expect.what == "amount")
        (turn.vars if kept else turn.facts)[name] = value
        (turn.facts if kept else turn.vars).pop(name, None)
    turn.go(expect.go)
    return run(turn)


def _command(turn: Turn, command: Command) -> None:
    if command == "back":
        return _back(turn)
    if command == "language":
        turn.leave_for_a_while(f"{LANGUAGE}.")
        return run(turn)
    if command == "help":
        turn.leave_for_a_while("help.")
        return run(turn)
    return _leave(turn, _TARGETS[command])


def _leave(turn: Turn, target: str) -> None:
    turn.leave(target)
    return run(turn)


def _back(turn: Turn) -> None:
    """To the question before this one."""
    here = turn.question()
    while turn.back:
        place, turn.back = turn.back[-1], turn.back[:-1]
        if place != here and turn.flows.step(place.flow, place.step) is not None:
            turn.go(f"{place.flow}.{place.step}")
            turn.stack, turn.misses = place.stack, 0
            return run(turn)
    return _leave(turn, f"{MENU}.")


def _intent(turn: Turn, said: Said) -> None:
    """What a model understood: done when it is sure, offered when it is not, asked back below that."""
    intent, sure = said.intent, said.confidence >= ACT
    if intent in ("affirm", "deny") and sure:
        return _decide(turn, intent == "affirm")
    if intent in _COMMAND_INTENTS and sure:
        return _command(turn, _COMMAND_INTENTS[intent])
    target = turn.flows.by_intent.get(intent or "")
    if target is not None and turn.anothers(f"{target}."):
        return _not_his(turn, target, said)
    if intent == OUT_OF_SCOPE and target is not None and sure:
        return _not_our_matter(turn, target, said)
    if target is not None and sure:
        return _begin(turn, target, said)
    if said.confidence >= OFFER and intent is not None:
        return _did_you_mean(turn, said)
    return _miss(turn, NOT_UNDERSTOOD)


def _decide(turn: Turn, yes: bool) -> None:
    """A yes or no in other words than we know; money moves by a plain yes only."""
    step = turn.here()
    if turn.question() is None:
        return _leave(turn, f"{MENU}.")
    option = next((o for o in (turn.asked.options if turn.asked else ()) if o.id == ("yes" if yes else "no")), None)
    if option is None or (yes and step is not None and step.confirms):
        return _miss(turn, NOT_UNDERSTOOD)
    return _choose(turn, option)


def _begin(turn: Turn, flow: str, said: Said) -> None:
    """Start a flow with what was said for it."""
    turn.leave(f"{flow}.", said.entities, said.text)
    return run(turn)


def _not_his(turn: Turn, target: str, said: Said) -> None:
    """What only others do, from somebody else. Where an answer is awaited it did not fit. Surely meant, or with an amount that tells money is spoken of, it
    gets what its flow says otherwise; else he is offered what he may do."""
    step = turn.here()
    if step is not None and step.expect is not None:
        return _miss(turn, NOT_UNDERSTOOD)
    otherwise = turn.flows.by_name.get(turn.meant(f"{target}.").removesuffix("."))
    heard = otherwise is not None and bool(otherwise.takes.keys() & said.entities.keys())
    if said.confidence >= ACT or (said.confidence >= OFFER and heard):
        return _not_our_matter(turn, target, said)
    return _did_you_mean(turn, said) if said.confidence >= OFFER else _miss(turn, NOT_UNDERSTOOD)


def _not_our_matter(turn: Turn, target: str, said: Said) -> None:
    """What we can't help with is said once; who goes on that way, or types what nobody could read, gets a person as after any misses."""
    misses = turn.misses + 1
    if misses >= MISSES_TO_PERSON:
        turn.add(TO_A_PERSON)
        _leave(turn, f"{PERSON}.")
    else:
        _begin(turn, target, said)
        turn.misses = misses


def _did_you_mean(turn: Turn, said: Said) -> None:
    """Offer the two likeliest that this person may do; counts as an answer that did not fit, so that nobody goes round for ever."""
    likely = [turn.flows.by_intent[i] for i, _ in ((said.intent, said.confidence), *said.alternatives) if i in turn.flows.by_intent]
    titles = {f: title for f in dict.fromkeys(likely) if (title := turn.flows.by_name[f].title) is not None and turn.may(f)}
    if not titles or turn.misses + 1 >= MISSES_TO_PERSON:
        return _miss(turn, NOT_UNDERSTOOD)
    turn.misses += 1
    place = turn.question()
    options: list[Option] = []
    shown: list[tuple[Part, Part | None]] = []
    for number, (flow, title) in enumerate(list(titles.items())[:2], 1):
        options.append(Option(number=number, id=f"mean{number}", go=f"{flow}.", words=turn.words(TITLE, title)))
        shown.append((Part(TITLE, title), None))
    options.append(Option(number=len(options) + 1, id="else", go=f"{place.flow}.{place.step}" if place else f"{MENU}.", words=turn.words(GLOBAL, SOMETHING_ELSE.text)))
    shown.append((SOMETHING_ELSE, None))
    turn.add(DID_YOU_MEAN)
    return turn.ask(TITLE, options, shown)


def _miss(turn: Turn, said: Part) -> None:
    """An answer that did not fit: the question again, then a simpler one, then a person."""
    turn.misses += 1
    if turn.misses >= MISSES_TO_PERSON:
        turn.add(TO_A_PERSON)
        return _leave(turn, f"{PERSON}.")
    step = turn.here()
    if step is not None and step.choices_from is not None and turn.asked is not None and turn.asked.context == f"{turn.flow}.{turn.step}":
        return turn.add(FROM_THE_LIST)  # the list stands above, and what was said on the way to it is kept
    if turn.misses == MISSES_TO_SIMPLER:
        again = step.again if step is not None and step.ask is not None else None
        turn.add(sentence(f"{turn.flow}.{turn.step}", again, turn.values) if again else SIMPLER)
        turn.simple = step is not None and step.redo is None and step.ask is not None
    else:
        turn.add(said)
    return _ask_again(turn)


def _ask_again(turn: Turn) -> None:
    """Ask the question that stands once more; from nowhere, show the menu. Misses go on counting."""
    place, misses = turn.question(), turn.misses
    turn.go(f"{place.flow}.{place.step}" if place else f"{MENU}.")
    if place is None:
        turn.stack = ()
    turn.misses = misses
    return run(turn)
