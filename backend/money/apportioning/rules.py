"""The apportioning rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.kit.money import ZERO, Money


@dataclass(frozen=True)
class OpenLine:
    """An unpaid line: its original `amount`, and what is still `due` of it (> 0)."""

    line_id: UUID
    period_from: date
    tax_head: str
    order: int
    amount: Money
    due: Money


@dataclass(frozen=True)
class Part:
    """What a line gets of a payment."""

    line_id: UUID
    amount: Money


@dataclass(frozen=True)
class Allocation:
    """A payment divided: the parts and the advance add up to it exactly."""

    parts: tuple[Part, ...]
    advance: Money


def allocate(amount: Money, lines: Iterable[OpenLine]) -> Allocation:
    """Divide a positive amount; ValueError for another."""
    if amount.paise <= 0:
        raise ValueError("only a positive amount can be divided")
    left, parts = amount, []
    for line in sorted(lines, key=lambda x: (x.period_from, x.amount.paise, x.order, x.line_id)):
        if left == ZERO:
            break
        part = min(left, line.due)
        if part.paise > 0:
            parts.append(Part(line.line_id, part))
            left = left - part
    return Allocation(tuple(parts), left)
