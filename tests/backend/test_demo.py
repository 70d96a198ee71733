"""The demo is what the contract says: real villages, its people with their situations, history made by the billing code."""

from __future__ import annotations

import time

from backend.demo import VILLAGES, people, seed, seed_demo
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM
from backend.verification import verify_all


async def test_the_demo_stands_as_the_contract_says(live_house: House) -> None:
    began = time.monotonic()
    done = await seed_demo(live_house)
    took = time.monotonic() - began
    assert done is not None
    assert (done.villages, done.households) == (3, 360)
    assert done.demands == 3 * 360
    assert took < 30
    assert await seed_demo(live_house) is None
    async with live_house.open(SYSTEM) as uow:
        by_phone = {p["phone"]: p for p in await people(uow)}
    one = by_phone["+919000000001"]["connections"]
    assert [(c["tenant_id"], c["due_paise"]) for c in one] == [(VILLAGES[0], 8000)]
    two = sorted((c["due_paise"], c["advance_paise"]) for c in by_phone["+919000000002"]["connections"])
    assert two == [(0, 40000), (24000, 0)]
    assert [c["metered"] for c in by_phone["+919000000003"]["connections"]] == [True]
    assert by_phone["+919000000004"]["connections"] == []
    assert {c["tenant_id"] for c in by_phone["+919000000005"]["connections"]} == set(VILLAGES[:2])
    assert by_phone["+919000000006"]["connections"][0]["due_paise"] == 15000
    found = await verify_all(live_house)
    assert [(r["invariant"], r["violations"]) for r in found if r["violations"]] == []
    assert sum(r["checked"] for r in found) > 5000


async def test_a_seed_is_deterministic(live_house: House) -> None:
    done = await seed(live_house, 1, 12, 2, 3)
    assert (done.households, done.demands) == (12, 24)
