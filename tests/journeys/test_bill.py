"""The main question, "what is my bill?", over the real webhooks: three channels, three languages, every way it is asked."""

from __future__ import annotations

import re

import pytest

from tests.journeys.conftest import World

ONE, TWO, THREE, NOBODY, FIVE = (f"+9190000000{n:02d}" for n in (1, 2, 3, 4, 5))
LINK = re.compile(r"http://127\.0\.0\.1:\d+/s/[\w-]+")


@pytest.mark.parametrize("channel", ["whatsapp", "sms"])
@pytest.mark.parametrize("text", ["mera bill kitna hai", "bill", "बिल कितना है", "paani da bill", "1", "१", "੧", "ਬਿੱਲ ਦੱਸੋ", "mera bil"])
async def test_every_way_of_asking_brings_the_bill_with_its_link(world: World, channel: str, text: str) -> None:
    await world.say(channel, ONE, "0")
    (reply,) = await world.say(channel, ONE, text)
    said = reply.view["text"]
    assert "WS/15767/2026-27/0001" in said
    assert "80" in said
    assert LINK.search(said)


@pytest.mark.parametrize(("phone", "word"), [(ONE, "का बिल"), (THREE, "ill for ")])
async def test_the_bill_is_said_in_the_registers_language(world: World, phone: str, word: str) -> None:
    (reply,) = await world.say("whatsapp", phone, "bill")
    assert word in reply.view["text"]


async def test_several_connections_are_a_choice_that_is_remembered(world: World) -> None:
    (reply,) = await world.say("whatsapp", TWO, "ਬਿੱਲ")
    options = reply.view.get("buttons") or reply.view.get("rows") or []
    assert len(options) >= 2
    (reply,) = await world.say("whatsapp", TWO, "", button=options[0]["id"])
    assert "WS/15767/2026-27/0002" in reply.view["text"]
    (reply,) = await world.say("whatsapp", TWO, "bill")
    assert "WS/15767/2026-27/0002" in reply.view["text"]


async def test_telegram_shows_nothing_before_the_own_contact_is_shared(world: World) -> None:
    (reply,) = await world.say("telegram", FIVE, "ਬਿੱਲ")
    assert reply.view["contact_request"]
    (reply,) = await world.say("telegram", FIVE, contact=ONE, own=False)
    assert "Ramesh" not in reply.view["text"]
    assert "WS/" not in reply.view["text"]
    (reply,) = await world.say("telegram", FIVE, contact=FIVE, own=True)
    assert "Manjit Kaur" in str(reply.view)


async def test_somebody_unknown_learns_no_name_and_no_amount(world: World) -> None:
    await world.say("whatsapp", NOBODY, "hello")
    replies = await world.say("whatsapp", NOBODY, "English")
    replies += await world.say("whatsapp", NOBODY, "bill")
    replies += await world.say("whatsapp", NOBODY, "WS/15767/2026-27/0001")
    said = " ".join(r.view["text"] for r in replies)
    assert "Ramesh" not in said
    assert "80" not in said


async def test_a_message_delivered_twice_is_answered_once(world: World) -> None:
    before = len(world.ledger.sent("sms", THREE))
    await world.say("sms", THREE, "bill", twice=True)
    await world.settled()
    assert len(world.ledger.sent("sms", THREE)) == before + 1


async def test_a_forged_webhook_is_refused(world: World) -> None:
    fields = {"MessageSid": "SM1", "AccountSid": world.twilio.sid, "From": ONE, "To": "+14155550101", "Body": "bill"}
    answer = await world.web.post("/webhooks/twilio", data=fields, headers={"X-Twilio-Signature": "forged"})
    assert answer.status_code == 403
    answer = await world.web.post("/webhooks/telegram", json={"update_id": 1}, headers={"X-Telegram-Bot-Api-Secret-Token": "forged"})
    assert answer.status_code == 403


async def test_messages_of_one_person_are_answered_in_their_order(world: World) -> None:
    import asyncio

    before = len(world.ledger.sent("whatsapp", THREE))
    for text in ("menu", "bill", "raseed"):
        await world.twilio.say("whatsapp", THREE, text)
    await world.heard("whatsapp", THREE, before, 3)
    await asyncio.sleep(0.1)
    texts = [e.view["text"] for e in world.ledger.sent("whatsapp", THREE)[before:]]
    assert len(texts) == 3
    assert "ill for " in texts[1]


@pytest.mark.parametrize("media", ["sticker", "audio", "location", "image"])
async def test_what_is_no_text_leads_somewhere_sensible(world: World, media: str) -> None:
    (reply,) = await world.say("whatsapp", ONE, "", media=media)
    assert reply.view.get("rows") or reply.view.get("buttons")


async def test_why_so_much_is_answered_line_by_line(world: World) -> None:
    await world.say("whatsapp", THREE, "bill")
    (reply,) = await world.say("whatsapp", THREE, "1")
    assert "meter" in reply.view["text"]
    assert "units" in reply.view["text"]


async def test_stop_and_start_at_any_step(world: World) -> None:
    (stopped,) = await world.say("whatsapp", ONE, "बंद")
    assert "मैसेज नहीं" in stopped.view["text"]
    (started,) = await world.say("whatsapp", ONE, "start")
    assert "मैसेज भेजेंगे" in started.view["text"]
    await world.assert_true()
