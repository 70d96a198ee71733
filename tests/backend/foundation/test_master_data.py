"""The masters as published, and what is changed over them by dated rows."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, text

from backend.foundation import master_data
from backend.kit.money import Money
from backend.kit.unit_of_work import UnitOfWork

VILLAGE = "pb.chakbakhtuhjgfei"
SLABS: list[dict[str, Any]] = [
    {"buildingType": "RESIDENTIAL", "connectionType": "Metered", "calculationAttribute": "Water consumption", "minimumCharge": "100",
     "slabs": [{"from": 0, "to": 10, "charge": 2}, {"from": 10, "to": 1000000, "charge": 4.5}]},
]  # fmt: skip
PENALTY = {"type": "Fixed", "subType": "outstandingWithoutPenalty", "rate": 10, "amount": None, "applicableAfterDays": 10, "startingDay": "1/12/2026"}


def test_the_register_has_the_states_villages() -> None:
    found = master_data.villages()
    assert len(found) == 4349
    village = found[VILLAGE]
    assert (village.name, village.district, village.district_code, village.block, village.block_code) == ("Chak Bakhtu", "Bathinda", "D16", "Nathana", "D16B07")
    assert (village.code, village.division, village.section) == ("796548", "Bathinda No. 1", "Lehra Sondha")
    assert len({v.code for v in found.values()}) == 4349  # else two villages would give the same numbers
    assert master_data.village("pb.nowhere") is None


def test_every_published_tariff_can_be_read_and_is_money() -> None:
    with_plan = [t for t in master_data.villages() if master_data.tariff_plan(t)]
    assert len(with_plan) > 4000
    for tenant_id in with_plan:
        assert {(s.building, s.metered) for s in master_data.tariff_plan(tenant_id)}
        assert all(isinstance(s.minimum, Money) for s in master_data.tariff_plan(tenant_id))


def test_the_masters_of_water() -> None:
    assert [master_data.tax_head(c).category for c in ("10101", "10201", "WS_ADVANCE_CARRYFORWARD")] == ["CHARGES", "PENALTY", "ADVANCE_COLLECTION"]
    orders = [h.order for h in master_data.tax_heads()]
    assert orders == sorted(orders) and len(orders) == 12
    assert master_data.billing_period(metered=True).cycle == "quarterly"
    assert master_data.billing_period(metered=False).due_after == timedelta(days=15)
    assert {"GP_ADMIN", "COLLECTION_OPERATOR", "SARPANCH", "SUPERUSER"} <= master_data.roles()
    assert "ELECTRICITY_BILL" in master_data.expense_types()
    assert master_data.id_format("waterservice.connection.id").startswith("WS/")
    with pytest.raises(KeyError):
        master_data.tax_head("nothing")


def test_published_penalties() -> None:
    state = master_data.penalty_rule(VILLAGE, date(2026, 11, 24))
    assert state is not None and (state.kind, state.amount, state.after_days) == ("FLAT", Money(0), 10)
    own = master_data.penalty_rule("pb.aulakh", date(2026, 11, 24))
    assert own is not None and (own.kind, own.rate) == ("FIXED", Decimal(0))
    assert master_data.penalty_rule(VILLAGE, date(2021, 12, 31)) is None
    assert master_data.penalty_rule(VILLAGE, date(2026, 11, 24), own=True) is None


async def test_a_village_is_taken_into_use_once(uow: UnitOfWork) -> None:
    first = await master_data.create_tenant(uow, VILLAGE)
    assert first == await master_data.create_tenant(uow, VILLAGE)
    assert (first.upi_vpa, first.office_name, first.part_payment) == ("", "Gram Panchayat Chak Bakhtu", master_data.part_payment_allowed())
    assert await master_data.find_tenants(uow) == [VILLAGE]
    assert [t.tenant_id for t in await master_data.list_tenants(uow, " bathinda")] == [VILLAGE]
    assert await master_data.list_tenants(uow, "Moga") == []
    await uow.flush()
    facts = await uow.session.execute(text("SELECT topic FROM announcement WHERE tenant_id = :t"), {"t": VILLAGE})
    assert list(facts.scalars()) == ["master_data.tenant_created"]


@pytest.mark.parametrize("tenant_id", ["pb", "pb.nowhere", ""])
async def test_what_the_register_does_not_have_is_refused(uow: UnitOfWork, tenant_id: str) -> None:
    with pytest.raises(master_data.TenantUnknown):
        await master_data.create_tenant(uow, tenant_id)
    with pytest.raises(master_data.TenantNotFound):
        await master_data.fetch_tenant(uow, tenant_id)


async def test_settings_of_a_village(uow: UnitOfWork) -> None:
    await master_data.create_tenant(uow, VILLAGE)
    changed = await master_data.change_tenant(uow, VILLAGE, master_data.TenantChange(upi_vpa="gp.chakbakhtu@sbi", part_payment=False))
    assert (changed.upi_vpa, changed.part_payment) == ("gp.chakbakhtu@sbi", False)
    kept = await master_data.change_tenant(uow, VILLAGE, master_data.TenantChange(upi_vpa=""))
    assert (kept.upi_vpa, kept.part_payment) == ("", False)
    with pytest.raises(master_data.UpiAddressInvalid):
        await master_data.change_tenant(uow, VILLAGE, master_data.TenantChange(upi_vpa="gp@sbi&am=1"))
    with pytest.raises(master_data.TenantNotFound):
        await master_data.change_tenant(uow, "pb.nowhere", master_data.TenantChange(part_payment=True))


async def test_the_contact_is_sealed_at_rest(uow: UnitOfWork) -> None:
    await master_data.create_tenant(uow, VILLAGE)
    await master_data.set_contact(uow, VILLAGE, "98765 43210")
    assert await master_data.fetch_contact(uow, VILLAGE) == master_data.Contact("Gram Panchayat Chak Bakhtu", "+919876543210")
    sealed = (await uow.session.execute(text("SELECT contact_sealed FROM tenant WHERE tenant_id = :t"), {"t": VILLAGE})).scalar_one()
    assert b"9876543210" not in bytes(sealed)
    await master_data.set_contact(uow, VILLAGE, "")
    assert (await master_data.fetch_contact(uow, VILLAGE)).phone == ""
    with pytest.raises(master_data.ContactInvalid):
        await master_data.set_contact(uow, VILLAGE, "+1 212 555 0100")
    with pytest.raises(master_data.TenantNotFound):
        await master_data.set_contact(uow, "pb.nowhere", "9876543210")
    assert await master_data.fetch_contact(uow, "pb.nowhere") == master_data.Contact("", "")


async def test_a_changed_tariff_holds_from_its_day(uow: UnitOfWork) -> None:
    published = master_data.tariff_plan(VILLAGE)
    await master_data.override_master(uow, VILLAGE, "tariff", date(2026, 12, 1), SLABS)
    assert await master_data.tariff_in_force(uow, VILLAGE, date(2026, 11, 30)) == published
    (slab,) = await master_data.tariff_in_force(uow, VILLAGE, date(2026, 12, 1))
    assert (slab.minimum, slab.steps[1].rate) == (Money(10000), Decimal("4.5"))
    dearer = [{**SLABS[0], "minimumCharge": "150"}]
    await master_data.override_master(uow, VILLAGE, "tariff", date(2027, 1, 1), dearer)
    assert (await master_data.tariff_in_force(uow, VILLAGE, date(2026, 12, 31)))[0].minimum == Money(10000)
    assert (await master_data.tariff_in_force(uow, VILLAGE, date(2027, 4, 1)))[0].minimum == Money(15000)
    assert await master_data.tariff_in_force(uow, "pb.aulakh", date(2027, 4, 1)) == master_data.tariff_plan("pb.aulakh")


async def test_a_villages_own_penalty_wins_over_the_states(uow: UnitOfWork) -> None:
    on = date(2026, 12, 15)
    assert await master_data.penalty_in_force(uow, VILLAGE, on) == master_data.penalty_rule(VILLAGE, on)
    await master_data.override_master(uow, "pb", "penalty", date(2026, 12, 1), {**PENALTY, "rate": 5})
    state = await master_data.penalty_in_force(uow, VILLAGE, on)
    assert state is not None and state.rate == Decimal(5)
    published_own = await master_data.penalty_in_force(uow, "pb.aulakh", on)
    assert published_own is not None and published_own.rate == Decimal(0)
    await master_data.override_master(uow, VILLAGE, "penalty", date(2026, 12, 1), PENALTY)
    own = await master_data.penalty_in_force(uow, VILLAGE, on)
    assert own is not None and own.rate == Decimal(10)
    assert (await master_data.penalty_in_force(uow, VILLAGE, date(2026, 11, 30))) == master_data.penalty_rule(VILLAGE, on)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("tariff", []),
        ("tariff", SLABS * 2),
        ("tariff", [{**SLABS[0], "slabs": [{"from": 0, "to": 10, "charge": 2}, {"from": 11, "to": 20, "charge": 3}]}]),
        ("tariff", [{**SLABS[0], "minimumCharge": "-1"}]),
        ("tariff", [{**SLABS[0], "minimumCharge": "1.234"}]),
        ("tariff", {"anything": 1}),
        ("tariff", None),
        ("penalty", {**PENALTY, "type": "DAILY"}),
        ("penalty", {**PENALTY, "rate": -1}),
        ("penalty", {**PENALTY, "startingDay": "soon"}),
        ("colour", "blue"),
    ],
)
async def test_a_master_of_another_shape_is_refused(uow: UnitOfWork, kind: str, value: Any) -> None:
    with pytest.raises(master_data.MasterInvalid):
        await master_data.override_master(uow, VILLAGE, kind, date(2026, 12, 1), value)


async def test_a_unit_asks_for_overrides_once_per_village(uow: UnitOfWork) -> None:
    asked: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    engine = (await uow.session.connection()).engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        for day in range(1, 29):
            await master_data.tariff_in_force(uow, VILLAGE, date(2026, 12, day))
            await master_data.penalty_in_force(uow, VILLAGE, date(2026, 12, day))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len([s for s in asked if "master_override" in s]) == 1
