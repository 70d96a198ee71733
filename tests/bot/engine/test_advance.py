"""The engine's promises, tried at every question of every flow: the states are those of all transcripts."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.engine import Answered, Call, Said, Say, State, advance, needs_understanding
from bot.engine.turn import CALLS_MAX
from bot.messages import Channel, MediaKind, Outbound
from bot.texts import label_words
from tests.support import transcripts
from tests.support.talk import Talk, flows

TRANSCRIPTS = Path(__file__).resolve().parents[2] / "flows"
COMMANDS = {
    "menu": ["menu", "0", "०", "੦", "मेनू", "ਮੀਨੂ"],
    "consent": ["stop", "STOP", "बंद", "ਬੰਦ", "start", "शुरू"],
    "help": ["help", "मदद", "ਮਦਦ"],
    "cancelled": ["cancel", "रद्द", "ਰੱਦ"],
    "language": ["language", "भाषा", "ਭਾਸ਼ਾ"],
}
PERSONAL = ("Ramesh", "Gurpreet", "Suresh", "Balwinder", "John", "Harjit", "+9190000", "482913", "612345", "http", "भाई", "monday")


@cache
def questions() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Every question of every flow as some transcript left it: name → (channel, address, stored state)."""
    found: dict[str, tuple[str, str, dict[str, Any]]] = {}

    async def collect() -> None:
        for path in transcripts.cases(TRANSCRIPTS):
            case = transcripts.read(path)
            turns = list(case["talk"])
            for length in range(1, len(turns) + 1):
                talk, _ = await transcripts.replay({**case, "talk": turns[:length]})
                if talk.stored and talk.stored["step"]:
                    found.setdefault(f"{talk.stored['flow']}.{talk.stored['step']}", (talk.channel.value, talk.address, talk.stored))

    with ThreadPoolExecutor(1) as thread:  # whichever test asks first, it may itself run in a loop
        thread.submit(asyncio.run, collect()).result()
    return found


def at(name: str) -> Talk:
    """A conversation that stands at a question."""
    channel, address, stored = questions()[name]
    talk = Talk(Channel(channel), address, stored=json.loads(json.dumps(stored)))
    talk.facade.telegram[address] = "+919000000103" if stored["vars"].get("is_collector") else "+919000000001"
    return talk


def every_question() -> list[str]:
    return sorted(f"{flow.flow}.{name}" for flow in flows().by_name.values() for name, step in flow.steps.items() if step.ask is not None)


def said_something(messages: list[Outbound]) -> bool:
    return bool(messages) and all(m.text.strip() and "{" not in m.text for m in messages)


def test_transcripts_reach_every_question() -> None:
    assert set(every_question()) - questions().keys() == set()


@pytest.mark.parametrize("name", every_question())
async def test_global_commands_work_at_every_question(name: str) -> None:
    for flow, words in COMMANDS.items():
        for word in words:
            talk = at(name)
            if talk.state.locale is None and flow != "consent":
                continue  # until the language is known only its choice is heard, and the wish to be left alone
            before = list(talk.calls)
            messages = await talk.say(word)
            assert said_something(messages), (name, word)
            if flow == "menu":
                assert talk.state.flow == "menu" and talk.state.asked is not None and talk.state.asked.options
            if flow == "consent" and word.casefold() in ("stop", "बंद", "ਬੰਦ"):
                assert talk.calls[len(before) :] == ["set_messaging"]
                assert talk.facade.opted_out
            if flow == "language":
                assert talk.state.flow == "language"
            assert "record_cash" not in talk.calls


@pytest.mark.parametrize("name", every_question())
async def test_back_never_fails_and_ends_at_the_menu(name: str) -> None:
    talk = at(name)
    if talk.state.locale is None:
        return
    for _ in range(10):
        assert said_something(await talk.say("back"))
    assert talk.state.flow == "menu"
    assert "record_cash" not in talk.calls


@pytest.mark.parametrize("name", every_question())
async def test_a_language_named_at_any_question_is_spoken_from_then_on(name: str) -> None:
    for word, locale in (("ਪੰਜਾਬੀ", "pa"), ("hindi", "hi"), ("English", "en")):
        talk = at(name)
        was = (talk.state.flow, talk.state.step)
        messages = await talk.say(word)
        assert talk.state.locale == locale and said_something(messages)
        if was[0] not in ("menu", "first", "language", "contact", "account") and flows().step(*was).redo is None:  # type: ignore[union-attr]
            assert (talk.state.flow, talk.state.step) == was, "the question that stood is asked again"


@pytest.mark.parametrize("name", every_question())
async def test_nobody_goes_round_for_ever(name: str) -> None:
    talk = at(name)
    step = flows().step(*name.split("."))
    if step is not None and step.expect is not None and step.expect.what in ("text", "household"):
        return  # any words are an answer there
    visited = []
    for _ in range(3):
        assert said_something(await talk.hear(text="", media=()))
        visited.append(talk.state.flow)
    assert "person" in visited


@pytest.mark.parametrize("name", every_question())
async def test_files_lead_somewhere_at_every_question(name: str) -> None:
    for kind in (MediaKind.STICKER, MediaKind.AUDIO, MediaKind.LOCATION, MediaKind.VIDEO, MediaKind.IMAGE, MediaKind.DOCUMENT):
        assert said_something(await at(name).attach(kind))


@pytest.mark.parametrize("name", every_question())
async def test_a_foreign_button_changes_nothing_but_says_so(name: str) -> None:
    talk = at(name)
    if talk.state.locale is None:
        return
    kept = {k: v for k, v in talk.state.vars.items() if k in ("amount", "category", "request", "language", "again")}
    assert said_something(await talk.hear(button="00000000:yes"))
    assert {k: v for k, v in talk.state.vars.items() if k in kept} == kept
    assert not {"record_cash", "report_problem", "set_messaging", "confirm_link"} & set(talk.calls)


@pytest.mark.parametrize("name", every_question())
async def test_every_choice_leads_on(name: str) -> None:
    options = at(name).state.asked
    for option in options.options if options is not None else ():
        talk = at(name)
        assert said_something(await talk.say(str(option.number))), (name, option.number)
        talk = at(name)
        assert talk.state.asked is not None
        assert said_something(await talk.hear(button=f"{talk.state.asked.nonce}:{option.id}"))


@pytest.mark.parametrize("name", every_question())
def test_what_is_kept_names_nobody(name: str) -> None:
    stored = json.dumps(questions()[name][2], ensure_ascii=False)
    assert not [word for word in PERSONAL if word in stored]
    assert State.model_validate(questions()[name][2]).model_dump(mode="json") == questions()[name][2]


texts = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["{name}", "%s {0}", "'; drop table", "\u202e1", "₹500", "0045 500", "ਰਮੇਸ਼ ਪੰਜ ਸੌ", "bill", "हाँ", "WS/15767/2026-27/0045", "482913", "[yes]", "../../etc", "a" * 3000, "1" * 400]),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_is_written_anywhere_is_answered(data: st.DataObject) -> None:
    talk = at(data.draw(st.sampled_from(every_question())))
    for text in data.draw(st.lists(texts, min_size=1, max_size=4)):
        messages = asyncio.run(talk.say(text))
        assert messages and all(m.text.strip() for m in messages)
        assert len(messages) <= 2 and all(len(m.choices) <= 10 for m in messages)
        assert all(len(c.id.encode()) <= 40 for m in messages for c in m.choices)


# --- the turn itself ---------------------------------------------------------------------------------------------------------------------------


def test_advance_is_deterministic() -> None:
    state = State(locale="hi", vars={"phone_proven": True})
    said = Said(text="bill", at=1.0)
    assert advance(flows(), state, said, label_words) == advance(flows(), state, said, label_words)


def test_a_turn_under_way_survives_being_written_and_read() -> None:
    state, effects = advance(flows(), State(locale="hi"), Said(text="bill", at=1.0), label_words)
    assert isinstance(effects[0], Call)
    again = State.model_validate_json(state.model_dump_json())
    accounts = [{"id": "a", "name": "N", "number": "X/1", "short": "1", "village": "V", "due": 1}, {"id": "b", "name": "M", "number": "X/2", "short": "2", "village": "V", "due": 1}]
    answer = Answered(facts={"accounts": accounts, "count": 2, "only": None, "many": True})
    assert advance(flows(), again, answer, label_words) == advance(flows(), state, answer, label_words)


def test_calls_have_names_of_their_own_within_a_turn() -> None:
    state, effects = advance(flows(), State(locale="hi"), Said(text="bill"), label_words)
    names = []
    answers = iter([{"accounts": [], "count": 1, "only": "a", "many": False}, {"is_due": False}])
    while effects and isinstance(call := effects[0], Call):
        names.append(call.name)
        state, effects = advance(flows(), state, Answered(facts=next(answers)), label_words)
    assert names == ["account.list.1", "bill.fetch.2"]


def test_more_calls_than_a_turn_may_make_end_it_politely() -> None:
    state, effects = advance(flows(), State(locale="en"), Said(text="bill"), label_words)
    assert state.passing is not None
    state = state.having(passing=state.passing.model_copy(update={"calls": CALLS_MAX}))
    state, effects = advance(flows(), state, Answered(facts={"accounts": [], "count": 1, "only": "a", "many": False}), label_words)
    assert isinstance(effects[0], Say) and "too long" in effects[0].parts[-1].text
    assert state.flow is None and state.passing is None


def test_an_answer_nobody_waits_for_leads_to_the_menu() -> None:
    state, effects = advance(flows(), State(locale="en", flow="bill", step="show"), Answered(facts={}), label_words)
    assert state.flow == "menu" and isinstance(effects[0], Say)


def test_a_timeout_is_an_error_like_another() -> None:
    state, _ = advance(flows(), State(locale="en"), Said(text="bill"), label_words)
    state, effects = advance(flows(), state, Answered(error="timeout"), label_words)
    assert state.flow == "trouble" and isinstance(effects[0], Say)


async def test_a_flow_that_was_edited_goes_on_or_restarts_politely() -> None:
    talk = at("cash.check")
    talk.stored |= {"version": "older"}
    assert said_something(await talk.say("1"))
    assert "record_cash" in talk.calls, "the step is still there: the person does not notice"
    talk = at("cash.check")
    talk.stored |= {"version": "older", "step": "no_more"}
    for option in talk.stored["asked"]["options"]:
        option["go"] = "cash.gone"
    messages = await talk.say("1")
    assert talk.state.flow == "menu" and said_something(messages)
    assert "record_cash" not in talk.calls


async def test_a_call_never_goes_out_without_what_it_is_about() -> None:
    talk = at("cash.check")
    del talk.stored["vars"]["amount"]
    messages = await talk.say("1")
    assert "record_cash" not in talk.calls
    assert talk.state.flow == "menu" and said_something(messages)


def test_no_model_is_asked_for_what_the_step_knows() -> None:
    known = ["1", "menu", "ਹਾਂ", "hindi", "bill", "/start", "", "7"]
    state = State.model_validate(questions()["cash.check"][2])
    assert [t for t in known if needs_understanding(flows(), state, Said(text=t))] == []
    assert not needs_understanding(flows(), state, Said(button="x:1"))
    assert not needs_understanding(flows(), state, Said(text="0046 80"))
    assert needs_understanding(flows(), state, Said(text="ramesh nu panj sau"))
    otp = State.model_validate(questions()["link.code"][2])
    assert not needs_understanding(flows(), otp, Said(text="482913"))
    assert not needs_understanding(flows(), otp, Said(text="12"))


def test_every_intent_leads_somewhere() -> None:
    from bot.engine.checks import INTENTS
    from bot.engine.hearing import _COMMAND_INTENTS

    assert INTENTS - set(flows().by_intent) - set(_COMMAND_INTENTS) == {"affirm", "deny"}


def test_a_turn_is_quick() -> None:
    import time

    state = State.model_validate(questions()["bill.show"][2])
    said = Said(text="ਬਿੱਲ ਦੱਸੋ", at=1.0)
    advance(flows(), state, said, label_words)
    times = []
    for _ in range(50):
        start = time.perf_counter()
        advance(flows(), state, said, label_words)
        times.append(time.perf_counter() - start)
    assert sorted(times)[25] < 0.0003
