"""Cash by chat: read back with name and words, confirmed, posted once; a villager can't, nor a collector of another village."""

from __future__ import annotations

from tests.journeys.conftest import World

COLLECTOR, OTHER, VILLAGER = "+919000000101", "+919000000102", "+919000000006"


async def test_cash_in_one_line_is_read_back_confirmed_and_posted(world: World) -> None:
    (asked,) = await world.say("whatsapp", COLLECTOR, "0050 100")
    assert "WS/15767/2026-27/0050" in asked.view["text"]
    assert "₹100" in asked.view["text"]
    assert "ਸੌ ਰੁਪਏ" in asked.view["text"]
    (posted,) = await world.say("whatsapp", COLLECTOR, "1")
    assert "PB/15767/2026-27/" in posted.view["text"]
    await world.assert_true()


async def test_the_same_money_again_is_asked_about_and_not_posted_twice(world: World) -> None:
    for text in ("0051 90", "1"):
        await world.say("whatsapp", COLLECTOR, text)
    await world.say("whatsapp", COLLECTOR, "0051 90")
    (asked,) = await world.say("whatsapp", COLLECTOR, "1")
    assert "PB/15767/2026-27/" in asked.view["text"]
    (dropped,) = await world.say("whatsapp", COLLECTOR, "2")
    assert "PB/" not in dropped.view["text"]


async def test_a_confirmation_that_arrives_twice_posts_once(world: World) -> None:
    await world.say("whatsapp", COLLECTOR, "0052 70")
    replies = await world.say("whatsapp", COLLECTOR, "1", twice=True)
    await world.settled()
    assert len(replies) == 1
    (day,) = await world.say("whatsapp", COLLECTOR, "today")
    assert day.view["text"].count("₹70") == 1


async def test_a_villager_and_another_villages_collector_cannot(world: World) -> None:
    (refused,) = await world.say("whatsapp", VILLAGER, "0045 500")
    assert "PB/" not in refused.view["text"]
    replies = await world.say("whatsapp", OTHER, "WS/15767/2026-27/0045 500")
    assert "15767" not in replies[-1].view["text"]


async def test_cash_by_sms_is_limited_a_day_and_the_payer_is_told(world: World) -> None:
    await world.say("sms", COLLECTOR, "0053 1900")
    (posted,) = await world.say("sms", COLLECTOR, "1")
    assert "PB/15767/2026-27/" in posted.view["text"]
    await world.say("sms", COLLECTOR, "0054 500")
    (limited,) = await world.say("sms", COLLECTOR, "1")
    assert "PB/" not in limited.view["text"]
    assert "2,000" in limited.view["text"]


async def test_a_name_however_spelt_finds_the_household(world: World) -> None:
    (found,) = await world.say("whatsapp", COLLECTOR, "rameesh 100")
    assert "Ramesh" in found.view["text"] or any("Ramesh" in r["label"] for r in found.view.get("rows", []) + found.view.get("buttons", []))
