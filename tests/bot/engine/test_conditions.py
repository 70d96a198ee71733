"""Conditions are total: what is missing is null, what can't be computed is not true."""

from __future__ import annotations

import pytest

from bot.engine import conditions


@pytest.mark.parametrize(
    ("expression", "values", "holds"),
    [
        ("v.count == 1", {"count": 1}, True),
        ("v.count > 0", {"count": 0}, False),
        ("v.account != null", {}, False),
        ("v.account != null", {"account": "a"}, True),
        ("v.kind in ['flat', 'metered']", {"kind": "flat"}, True),
        ("v.is_due", {"is_due": "yes"}, False),
        ("v.count > 0", {"count": "many"}, False),
        ("v.lines != null", {"lines": [1]}, True),
        ("v.a && v.b", {"a": True, "b": True}, True),
        ("v.a / 0 == 1", {"a": 1}, False),
    ],
)
def test_holds(expression: str, values: dict[str, object], holds: bool) -> None:
    assert conditions.holds(expression, values) is holds


@pytest.mark.parametrize("expression", ["v.count ==", "((", "count == 1"])
def test_what_is_no_condition_is_refused(expression: str) -> None:
    with pytest.raises(conditions.BadCondition):
        conditions.check(expression)


def test_names() -> None:
    assert conditions.names("v.a == v.b && v.a != null") == ("a", "b")
