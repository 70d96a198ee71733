"""Whose a flow is: nobody is shown, offered or led into what is another's, and who asks for it all the same is helped with what is his."""

from __future__ import annotations

from datetime import date

import pytest

from bot.engine.definition import Flows
from bot.messages import Channel, Outbound
from bot.understanding.base import Entity, Understood
from tests.support.talk import Talk, flows

VILLAGER, COLLECTOR, BOTH = "+919000000001", "+919000000101", "+919000000103"  # the collector has no household, both has one
FIVE_HUNDRED: dict[str, object] = {"amount": 500_00}
COLLECTORS_INTENTS = sorted("collect_payment list_dues search_household day_summary cash_deposit add_expense pay_expense".split())
RAMESH = (("collect_payment", 0.26), ("reverse_entry", 0.11), ("affirm", 0.05))  # what the built-in model hears in a bare name besides search_household
NOT_UNDERSTOOD = {"en": "did not understand", "hi": "समझ नहीं आया", "pa": "ਸਮਝ ਨਹੀਂ"}
ONLY_THE_COLLECTOR = {"en": "Only the village's collector can do this", "hi": "यह काम सिर्फ़", "pa": "ਇਹ ਕੰਮ ਸਿਰਫ਼"}


class Hears:
    """An understanding that hears the same in every text."""

    def __init__(self, intent: str, confidence: float, alternatives: tuple[tuple[str, float], ...] = (), entities: dict[str, object] | None = None) -> None:
        found = tuple(Entity(entity=kind, value=value, start=0, end=1) for kind, value in (entities or {}).items())
        self.found = Understood(intent=intent, confidence=confidence, entities=found, locale="hi-Latn", engine="test", alternatives=alternatives)

    async def parse(self, text: str, *, locale: str | None = None, step: str | None = None, today: date | None = None) -> Understood:
        """See `Understanding`."""
        return self.found


def talk_of(who: str, locale: str = "en", channel: Channel = Channel.WHATSAPP) -> Talk:
    """A conversation in a language."""
    return Talk(channel, who, stored={"locale": locale})


async def hears(talk: Talk, intent: str, confidence: float, alternatives: tuple[tuple[str, float], ...] = (), entities: dict[str, object] | None = None) -> Outbound:
    """The answer to a text that is understood like this."""
    talk.understanding = Hears(intent, confidence, alternatives, entities)  # type: ignore[assignment]
    return (await talk.say("kuch bhi"))[-1]


def leads(talk: Talk) -> list[str]:
    """The flows that the choices of the last message lead to, without those of a language."""
    asked = talk.state.asked
    return [o.go.partition(".")[0] for o in asked.options if not o.id.startswith("speak_")] if asked is not None else []


def test_the_collectors_flows_are_the_collectors() -> None:
    loaded: Flows = flows()
    assert {name for name, flow in loaded.by_name.items() if flow.who == "collector"} == {"cash", "household", "day", "books"}
    assert [i for i in COLLECTORS_INTENTS if loaded.by_name[loaded.by_intent[i]].who != "collector"] == []


# --- did you mean ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["en", "hi", "pa"])
async def test_a_villager_is_not_offered_the_collectors_flows(locale: str) -> None:
    talk = talk_of(VILLAGER, locale)
    answer = await hears(talk, "search_household", 0.39, RAMESH)
    assert NOT_UNDERSTOOD[locale] in answer.text
    assert (talk.state.flow, talk.state.step) == ("menu", "villager")


async def test_a_villager_is_offered_what_is_left() -> None:
    talk = talk_of(VILLAGER)
    await hears(talk, "search_household", 0.39, (("collect_payment", 0.26), ("check_bill", 0.2)))
    assert leads(talk) == ["bill", "menu"]


async def test_two_meanings_are_offered_though_others_are_likelier() -> None:
    talk = talk_of(VILLAGER)
    await hears(talk, "check_bill", 0.39, (("collect_payment", 0.26), ("day_summary", 0.2), ("get_receipt", 0.1)))
    assert leads(talk) == ["bill", "receipts", "menu"]


@pytest.mark.parametrize("who", [COLLECTOR, BOTH])
async def test_a_collector_is_offered_them(who: str) -> None:
    talk = talk_of(who)
    await hears(talk, "search_household", 0.39, RAMESH)
    assert leads(talk) == ["household", "cash", "menu"]


async def test_a_collector_who_is_a_villager_is_offered_both() -> None:
    talk = talk_of(BOTH)
    await hears(talk, "collect_payment", 0.5, (("pay_bill", 0.49),), FIVE_HUNDRED)
    assert leads(talk) == ["cash", "bill", "menu"]


async def test_whom_we_do_not_know_yet_is_offered_no_collectors_flow() -> None:
    talk = talk_of("77101", channel=Channel.TELEGRAM)
    answer = await hears(talk, "search_household", 0.39, RAMESH)
    assert NOT_UNDERSTOOD["en"] in answer.text


# --- understood, but another's -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", ["en", "hi", "pa"])
@pytest.mark.parametrize("intent", COLLECTORS_INTENTS)
async def test_a_villager_who_speaks_like_a_collector_gets_no_refusal_but_what_is_his(intent: str, locale: str) -> None:
    talk = talk_of(VILLAGER, locale)
    answer = await hears(talk, intent, 0.9)
    assert ONLY_THE_COLLECTOR[locale] not in answer.text and NOT_UNDERSTOOD[locale] not in answer.text
    assert "bill" in leads(talk)
    assert all(flows().by_name[flow].who == "everyone" for flow in leads(talk))


@pytest.mark.parametrize("confidence", [0.95, 0.41])
async def test_an_amount_from_a_villager_is_a_wish_to_pay_or_a_payment_not_shown(confidence: float) -> None:
    talk = talk_of(VILLAGER)
    answer = await hears(talk, "collect_payment", confidence, (("get_receipt", 0.2),), FIVE_HUNDRED)
    assert "₹500" in answer.text
    assert leads(talk) == ["bill", "unseen", "menu"]


async def test_an_expense_is_the_offices() -> None:
    talk = talk_of(VILLAGER)
    await hears(talk, "add_expense", 0.9, (), {**FIVE_HUNDRED, "expense_type": "OTHER"})
    assert talk.state.flow == "not_here"


async def test_an_amount_of_an_earlier_text_is_not_named() -> None:
    talk = talk_of(VILLAGER)
    await hears(talk, "collect_payment", 0.95, (), FIVE_HUNDRED)
    answer = await hears(talk, "collect_payment", 0.95)
    assert "₹" not in answer.text


async def test_whoever_goes_on_that_way_gets_a_person() -> None:
    talk = talk_of(VILLAGER)
    for _ in range(3):
        await hears(talk, "collect_payment", 0.95, (), FIVE_HUNDRED)
    assert talk.state.flow == "person"


@pytest.mark.parametrize("confidence", [0.95, 0.41])
async def test_a_villager_who_tells_of_his_payment_is_not_asked_whether_he_paid(confidence: float) -> None:
    talk = talk_of(VILLAGER)
    await talk.say("paise kat gaye")
    assert (talk.state.flow, talk.state.step) == ("unseen", "ask")
    await hears(talk, "collect_payment", confidence, (), FIVE_HUNDRED)
    assert (talk.state.flow, talk.state.step) == ("unseen", "ask")


async def test_a_number_a_question_waits_for_is_its_answer_whoevers_wish_it_sounds_like() -> None:
    talk = talk_of(VILLAGER)
    await talk.say("doosra ghar")
    assert talk.state.flow == "link"
    await hears(talk, "day_summary", 0.95, (), {"connection_no": "0045"})
    assert "request_link" in talk.calls


# --- every other way in ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["cash", "नकद", "household", "ਘਰ", "today", "आज", "0045 500"])
async def test_no_word_leads_a_villager_into_a_collectors_flow(word: str) -> None:
    talk = talk_of(VILLAGER)
    await talk.say(word)
    assert flows().by_name[talk.state.flow or ""].who == "everyone"
    assert not {"find_households", "household", "day_summary", "record_cash"} & set(talk.calls)


async def test_choices_of_a_collectors_flow_are_shown_to_collectors() -> None:
    villager, both, collector = talk_of(VILLAGER), talk_of(BOTH), talk_of(COLLECTOR)
    for talk in (villager, both, collector):
        await talk.say("menu")
    common = ["bill", "explain", "receipts", "unseen", "link", "problem", "language", "person"]
    assert leads(villager) == common
    assert leads(both) == [*common, "cash", "day"]
    assert leads(collector) == ["cash", "household", "day", "link", "problem", "language", "person"]


async def test_a_number_ahead_of_the_menu_counts_what_is_shown() -> None:
    talk = talk_of(VILLAGER)
    await talk.say("9")
    assert talk.state.flow == "menu"


async def test_a_choice_that_was_his_when_it_was_offered_is_refused_plainly() -> None:
    talk = talk_of(COLLECTOR)
    await talk.say("menu")
    talk.facade.people[COLLECTOR].collects_for = ()
    (refused,) = await talk.tap(1)
    assert ONLY_THE_COLLECTOR["en"] in refused.text


@pytest.mark.parametrize(("phone", "flow"), [(COLLECTOR, "day"), (VILLAGER, "not_yours")])
async def test_whom_we_do_not_know_yet_shares_his_number_and_then_comes_where_he_belongs(phone: str, flow: str) -> None:
    talk = talk_of("77101", channel=Channel.TELEGRAM)
    await talk.say("today")
    assert talk.state.flow == "contact"
    await talk.share(phone)
    assert talk.state.flow == flow


async def test_a_villager_whom_we_did_not_know_yet_is_asked_about_the_amount_he_wrote() -> None:
    talk = talk_of("77101", channel=Channel.TELEGRAM)
    await hears(talk, "collect_payment", 0.95, (), FIVE_HUNDRED)
    assert talk.state.flow == "contact"
    (asked,) = await talk.share(VILLAGER)
    assert "₹500" in asked.text and leads(talk) == ["bill", "unseen", "menu"]
