"""The charge of a month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from backend.foundation.master_data import Penalty, Slab
from backend.kit.errors import Conflict
from backend.kit.money import ZERO, Money

CHARGE, ROUND_OFF = "10101", "WS_Round_Off"


class NoSlab(Conflict):
    code, title = "calculator.no_slab", "The village has no tariff for this kind of building"


class SlabAmbiguous(Conflict):
    code, title = "calculator.slab_ambiguous", "The village has two tariffs for this kind of building"


@dataclass(frozen=True)
class CalculatedLine:
    """One tax head and how it came to be; `explanation` is stored with the line: kind, rate and minimum in paise, units, readings, building."""

    tax_head: str
    amount: Money
    explanation: dict[str, Any]


def find_slab(slabs: Sequence[Slab], building: str, metered: bool) -> Slab:
    """The one slab of a building and kind of connection. NoSlab, SlabAmbiguous."""
    found = [s for s in slabs if s.building.casefold() == building.casefold() and s.metered == metered]
    if not found:
        raise NoSlab(building=building)
    if len(found) > 1:
        raise SlabAmbiguous(building=building)
    return found[0]


def _metered(slab: Slab, units: int) -> Decimal:
    left, charge = Decimal(units), Decimal(0)
    for step in slab.steps:
        taken = min(left, step.end - step.start)
        charge += taken * step.rate
        left -= taken
        if left <= 0:
            break
    return charge


def calculate(slab: Slab, reading: tuple[int, int] | None = None) -> tuple[CalculatedLine, ...]:
    """The lines of a month. `reading`: previous and current, for a metered slab."""
    if not slab.metered or slab.attribute.casefold() == "flat":
        return _rounded(slab.minimum, {"kind": "flat", "rate": slab.minimum.paise, "building": slab.building})
    if reading is None:
        raise ValueError("a metered connection is calculated from a reading")
    previous, current = reading
    units = current - previous
    consumed = Money(int((_metered(slab, units) * 100).quantize(Decimal(1), ROUND_CEILING)))
    explanation = {
        "kind": "metered",
        "rate": int(slab.steps[0].rate * 100) if slab.steps else 0,
        "minimum": slab.minimum.paise,
        "units": str(units),
        "reading_from": str(previous),
        "reading_to": str(current),
        "building": slab.building,
    }
    return _rounded(slab.minimum + consumed, explanation)


def _rounded(charge: Money, explanation: dict[str, Any]) -> tuple[CalculatedLine, ...]:
    off = charge.rounded_to_rupee() - charge
    if off < ZERO:
        return (CalculatedLine(CHARGE, charge + off, {**explanation, "rounded": off.paise}),) if (charge + off) > ZERO else ()
    lines = [CalculatedLine(CHARGE, charge, explanation)] if charge > ZERO else []
    if off > ZERO:
        lines.append(CalculatedLine(ROUND_OFF, off, {"kind": "round_off"}))
    return tuple(lines)


def penalty(rule: Penalty, unpaid_current: Money, unpaid_earlier: Money) -> Money:
    """The penalty of a late month, a whole rupee: FIXED takes a rate of what is unpaid of the month, or of everything; FLAT its amount once."""
    if unpaid_current + unpaid_earlier <= ZERO:
        return ZERO
    if rule.kind == "FLAT":
        return rule.amount
    base = unpaid_current if rule.base == "currentMonth" else unpaid_current + unpaid_earlier
    return base.percent(rule.rate).rounded_to_rupee()
