"""Apportioning against its promises: exact sums, oldest first, and a payment in two parts ends like one."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kit.money import ZERO, Money, total
from backend.money.apportioning import OpenLine, allocate


@st.composite
def open_lines(draw: st.DrawFn) -> list[OpenLine]:
    lines = []
    for number in range(draw(st.integers(0, 7))):
        amount = draw(st.integers(1, 50_000))
        due = draw(st.integers(1, amount))
        lines.append(OpenLine(UUID(int=number), date(2026, draw(st.integers(1, 12)), 1), "10101", draw(st.integers(0, 3)), Money(amount), Money(due)))
    return lines


def left_over(lines: list[OpenLine], *payments: Money) -> tuple[dict[UUID, int], int]:
    """What is due on each line, and ahead, after payments in order."""
    due, ahead = {x.line_id: x.due.paise for x in lines}, 0
    for payment in payments:
        still = [OpenLine(x.line_id, x.period_from, x.tax_head, x.order, x.amount, Money(due[x.line_id])) for x in lines if due[x.line_id]]
        allocation = allocate(payment, still)
        ahead += allocation.advance.paise
        for part in allocation.parts:
            due[part.line_id] -= part.amount.paise
    return due, ahead


@given(open_lines(), st.integers(1, 300_000))
def test_parts_and_advance_add_up_and_no_line_gets_more_than_its_due(lines: list[OpenLine], paise: int) -> None:
    allocation = allocate(Money(paise), lines)
    assert total([p.amount for p in allocation.parts]) + allocation.advance == Money(paise)
    due = {x.line_id: x.due for x in lines}
    assert all(ZERO < p.amount <= due[p.line_id] for p in allocation.parts)
    assert allocation.advance == ZERO or sum(p.amount.paise for p in allocation.parts) == sum(x.due.paise for x in lines)


@given(open_lines(), st.integers(1, 150_000), st.integers(1, 150_000))
def test_two_payments_end_like_one(lines: list[OpenLine], first: int, second: int) -> None:
    assert left_over(lines, Money(first), Money(second)) == left_over(lines, Money(first + second))


@given(open_lines(), st.integers(1, 300_000))
def test_no_period_is_paid_before_an_older_one_is_clear(lines: list[OpenLine], paise: int) -> None:
    due, _ = left_over(lines, Money(paise))
    touched = [x.period_from for x in lines if due[x.line_id] != x.due.paise]
    open_still = [x.period_from for x in lines if due[x.line_id]]
    assert not touched or not open_still or max(touched) <= min(p for p in [*open_still, date(2027, 1, 1)] if p >= max(touched))
    assert all(p >= max(touched, default=p) for p in open_still if touched)


@pytest.mark.parametrize("paise", [0, -1])
def test_nothing_and_less_are_refused(paise: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        allocate(Money(paise), [])
