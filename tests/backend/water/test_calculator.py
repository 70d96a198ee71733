"""The charge of a month, worked by hand from the villages' own tariffs (municipal rules: flat is the minimum charge; metered adds units to it)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.foundation.master_data import Slab, tariff_plan
from backend.foundation.master_data.masters import SlabStep
from backend.kit.money import Money
from backend.water.calculator import NoSlab, SlabAmbiguous, calculate, find_slab


@pytest.mark.parametrize(("village", "rupees"), [("pb.abadighratian", 80), ("pb.abianakalan", 50), ("pb.abianakhurd", 80)])
def test_a_flat_household_pays_its_villages_rate(village: str, rupees: int) -> None:
    (line,) = calculate(find_slab(tariff_plan(village), "RESIDENTIAL", False))
    assert (line.tax_head, line.amount) == ("10101", Money.rupees(rupees))


def test_a_metered_household_pays_the_base_and_its_units() -> None:
    (line,) = calculate(find_slab(tariff_plan("pb.abadighratian"), "RESIDENTIAL", True), (100, 116))
    assert line.amount == Money.rupees(100 + 16 * 2)
    assert (line.explanation["units"], line.explanation["reading_from"], line.explanation["reading_to"]) == ("16", "100", "116")


def test_a_shop_rounds_to_the_rupee() -> None:
    lines = calculate(find_slab(tariff_plan("pb.abadighratian"), "COMMERCIAL", True), (0, 5))  # 200 + 5 x 13.31 = 266.55
    assert [(x.tax_head, x.amount.paise) for x in lines] == [("10101", 26_655), ("WS_Round_Off", 45)]
    (line,) = calculate(find_slab(tariff_plan("pb.abadighratian"), "COMMERCIAL", True), (0, 1))  # 213.31 goes down
    assert line.amount == Money.rupees(213)


def slab(*steps: tuple[int, int, str]) -> Slab:
    return Slab("RESIDENTIAL", True, "Water consumption", Money.rupees(10), tuple(SlabStep(Decimal(a), Decimal(b), Decimal(rate)) for a, b, rate in steps))


def test_steps_are_telescopic() -> None:
    (line,) = calculate(slab((0, 10, "1"), (10, 20, "2"), (20, 1000, "5")), (0, 25))
    assert line.amount == Money.rupees(10 + 10 + 20 + 25)


@given(st.integers(0, 5_000), st.integers(0, 5_000))
def test_more_water_never_costs_less_and_a_total_is_whole_rupees(a: int, b: int) -> None:
    steps = slab((0, 10, "1.13"), (10, 200, "2.27"), (200, 100_000, "5.01"))
    sums = [sum(x.amount.paise for x in calculate(steps, (0, units))) for units in sorted((a, b))]
    assert sums[0] <= sums[1]
    assert all(s % 100 == 0 for s in sums)


def test_no_slab_and_two_are_refused() -> None:
    with pytest.raises(NoSlab):
        find_slab([], "RESIDENTIAL", True)
    with pytest.raises(SlabAmbiguous):
        find_slab([slab(), slab()], "residential", True)
