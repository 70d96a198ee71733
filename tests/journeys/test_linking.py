"""Another household's bill: by its number and an OTP to the registered phone; never a name or an amount before that."""

from __future__ import annotations

import re

from tests.journeys.conftest import World

NOBODY, OWNER = "+919000000004", "+919000000001"


async def test_an_otp_to_the_registered_phone_opens_the_household(world: World) -> None:
    await world.say("whatsapp", NOBODY, "hello")
    await world.say("whatsapp", NOBODY, "English")
    before = len(world.ledger.sent("sms", OWNER))
    await world.say("whatsapp", NOBODY, "bill")
    await world.say("whatsapp", NOBODY, "1")
    (asked,) = await world.say("whatsapp", NOBODY, "WS/15767/2026-27/0001")
    assert "Ramesh" not in asked.view["text"]
    (told,) = await world.heard("sms", OWNER, before)
    code = re.search(r"\d{6}", told.view["text"])
    assert code is not None
    (wrong,) = await world.say("whatsapp", NOBODY, "000000" if code.group() != "000000" else "000001")
    assert "Ramesh" not in wrong.view["text"]
    (shown,) = await world.say("whatsapp", NOBODY, code.group())
    assert "Ramesh Kumar" in shown.view["text"]


async def test_a_number_that_does_not_exist_is_answered_the_same(world: World) -> None:
    stranger = "+919876500001"
    await world.say("sms", stranger, "hello")
    await world.say("sms", stranger, "English")
    await world.say("sms", stranger, "bill")
    await world.say("sms", stranger, "1")
    (unknown,) = await world.say("sms", stranger, "WS/15767/2026-27/9999")
    assert "6 digits" in unknown.view["text"]
