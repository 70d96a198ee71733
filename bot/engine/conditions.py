"""Conditions in flows: CEL, compiled once, over the conversation's variables and the turn's facts. Total: a name that is missing is null, an error is False."""

from __future__ import annotations

from functools import cache
from typing import Any

from cel_expr_python import cel

_ENVIRONMENT = cel.NewEnv(variables={"v": cel.Type.DYN})


class BadCondition(ValueError):
    """The expression is not valid CEL."""


@cache
def _compiled(expression: str) -> Any:
    try:
        return _ENVIRONMENT.compile(expression)
    except Exception as error:
        raise BadCondition(str(error)) from error


def check(expression: str) -> None:
    """BadCondition when the expression is not valid."""
    _compiled(expression)


def holds(expression: str, values: dict[str, Any]) -> bool:
    """Whether the expression is true of `v`, the values; a missing name makes it false."""
    try:
        return _compiled(expression).eval(data={"v": values}).value() is True
    except BadCondition:
        raise
    except Exception:  # noqa: BLE001 whatever CEL could not evaluate is not true
        return False
