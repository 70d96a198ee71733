"""Every action gives what it promises the loader, and refuses with the codes it promises."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest

from backend.facade.contract import Caller, Facade
from backend.kit.errors import Fault
from bot.actions import ACTIONS
from tests.support.facade_in_memory import OTP, FacadeInMemory, named_id, village

NOW = datetime.fromisoformat("2026-11-24T12:00:00+05:30")
VILLAGER, TWO, COLLECTOR = (Caller(channel="whatsapp", address=f"+919000000{n}", locale="en") for n in ("001", "002", "101"))
HOME, OTHER = str(named_id("WS/15767/2026-27/0001")), str(named_id("WS/15767/2026-27/0045"))

CALLS: dict[str, tuple[Caller, dict[str, Any]]] = {
    "identify": (VILLAGER, {}),
    "list_accounts": (TWO, {}),
    "fetch_bill": (VILLAGER, {"account": HOME}),
    "explain_bill": (VILLAGER, {"account": HOME}),
    "list_receipts": (VILLAGER, {"account": HOME}),
    "request_link": (VILLAGER, {"number": "WS/15767/2026-27/0045"}),
    "confirm_link": (VILLAGER, {"request": str(named_id("otp:k")), "otp": OTP}),
    "prove_phone": (Caller(channel="telegram", address="77"), {"phone": "+919000000001"}),
    "set_language": (VILLAGER, {"language": "pa"}),
    "set_messaging": (VILLAGER, {"wanted": "no"}),
    "set_learning": (VILLAGER, {"allowed": "yes"}),
    "village_contact": (VILLAGER, {}),
    "report_unseen": (VILLAGER, {"account": HOME, "reference": "612345678901", "picture": None}),
    "report_problem": (VILLAGER, {"category": "other", "text": None, "picture": None, "account": None}),
    "find_households": (COLLECTOR, {"query": "ramesh"}),
    "household": (COLLECTOR, {"household": OTHER}),
    "record_cash": (COLLECTOR, {"household": OTHER, "amount": 500_00, "again": None}),
    "day_summary": (COLLECTOR, {}),
}


async def call(facade: FacadeInMemory, name: str, caller: Caller, args: dict[str, Any], key: str = "k") -> dict[str, Any]:
    checked: Facade = facade
    return await ACTIONS[name].run(checked, caller, args, key)


def test_every_action_is_tried_here() -> None:
    assert set(CALLS) == set(ACTIONS)


@pytest.mark.parametrize("name", sorted(CALLS))
async def test_an_action_gives_what_it_promises(name: str) -> None:
    facade = village(lambda: NOW)
    if name == "confirm_link":
        await call(facade, "request_link", *CALLS["request_link"])
    caller, args = CALLS[name]
    shape = ACTIONS[name].shape
    assert set(args) == shape.args
    answer = await call(facade, name, caller, args)
    assert set(answer) == shape.facts
    assert json.loads(json.dumps(answer)) == answer, "facts are plain values, so that a turn can be sealed and resumed"
    for items, holds in shape.items.items():
        assert answer[items] or items in ("receipts", "entries")
        assert all(set(item) == holds for item in answer[items])


@pytest.mark.parametrize("name", sorted(n for n, a in ACTIONS.items() if a.changes))
async def test_the_same_key_hears_the_same_answer(name: str) -> None:
    facade = village(lambda: NOW)
    await call(facade, "request_link", *CALLS["request_link"])
    caller, args = CALLS[name]
    key = "k" if name in ("request_link", "confirm_link") else name
    assert await call(facade, name, caller, args, key) == await call(facade, name, caller, args, key)
    assert len(facade.cash) <= 1 and len(facade.work_items) <= 1


@pytest.mark.parametrize(
    ("name", "caller", "args", "code"),
    [
        ("fetch_bill", VILLAGER, {"account": OTHER}, "connection.not_found"),
        ("list_accounts", Caller(channel="telegram", address="77"), {}, "user.phone_not_proven"),
        ("find_households", VILLAGER, {"query": "45"}, "collection.not_a_collector"),
        ("record_cash", VILLAGER, {"household": OTHER, "amount": 500_00, "again": None}, "collection.not_a_collector"),
        ("record_cash", COLLECTOR, {"household": OTHER, "amount": 500_50, "again": None}, "collection.not_whole_rupees"),
        ("record_cash", COLLECTOR, {"household": OTHER, "amount": 50_000_00, "again": None}, "collection.amount_out_of_range"),
        ("set_language", VILLAGER, {"language": "fr"}, "user.language_unknown"),
        ("prove_phone", Caller(channel="telegram", address="77"), {"phone": "+4915112345678"}, "user.phone_invalid"),
        ("confirm_link", VILLAGER, {"request": HOME, "otp": OTP}, "otp.expired"),
    ],
)
async def test_an_action_refuses_with_a_promised_code(name: str, caller: Caller, args: dict[str, Any], code: str) -> None:
    with pytest.raises(Fault) as refused:
        await call(village(lambda: NOW), name, caller, args)
    assert refused.value.code == code
    assert code in ACTIONS[name].shape.errors
    assert set(refused.value.facts) <= ACTIONS[name].shape.error_facts


async def test_households_of_two_villages_with_the_same_end_are_told_apart() -> None:
    facade = village(lambda: NOW)
    facade.households[7].number = "WS/15768/2026-27/0005"
    listed = await call(facade, "list_accounts", Caller(channel="whatsapp", address="+919000000005", locale="en"), {})
    assert [a["short"] for a in listed["accounts"]] == ["0005 Abadi Ghratian", "0005 Abiana Kalan"]


async def test_a_long_explanation_is_shortened_and_still_adds_up() -> None:
    from tests.support.facade_in_memory import flat

    facade = village(lambda: NOW)
    facade.households[0].lines = [flat(f"2026-{month:02d}", 80) for month in range(1, 12)]
    explained = await call(facade, "explain_bill", VILLAGER, {"account": HOME})
    assert explained["has_older"] is True
    assert explained["older"] + sum(line["amount"] for line in explained["steps"]) == explained["total"] == 11 * 80_00
