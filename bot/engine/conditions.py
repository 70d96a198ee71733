"""Conditions in flows: CEL over the conversation's variables and the turn's facts, compiled once. Total: a missing name is null, an error is False."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import regex
from cel_expr_python import cel

_ENVIRONMENT = cel.NewEnv(variables={"v": cel.Type.DYN})
_NAME = regex.compile(r"\bv\.([A-Za-z_][A-Za-z0-9_]*)")
_PLAIN = (bool, int, str, type(None))


class BadCondition(ValueError):
    """The expression is not valid CEL, or takes a value apart that is no plain one."""


@cache
def _compiled(expression: str) -> tuple[Any, tuple[str, ...]]:
    try:
        return _ENVIRONMENT.compile(expression), names(expression)
    except Exception as error:
        raise BadCondition(str(error).splitlines()[0]) from error


def names(expression: str) -> tuple[str, ...]:
    """The variables an expression reads, as `v.name`."""
    return tuple(dict.fromkeys(_NAME.findall(expression)))


def check(expression: str) -> None:
    """BadCondition when the expression is not valid."""
    _compiled(expression)


def holds(expression: str, values: Mapping[str, Any]) -> bool:
    """Whether the expression is true of `v`, the values. Only plain values take part: of anything else it is told that it is there, as `true`."""
    program, wanted = _compiled(expression)
    seen: dict[str, Any] = {}
    for name in wanted:
        value = values.get(name)
        seen[name] = value if isinstance(value, _PLAIN) else True
    try:
        return program.eval(data={"v": seen}).value() is True
    except Exception:  # noqa: BLE001 whatever CEL could not evaluate is not true
        return False
