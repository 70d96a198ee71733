"""What checks of flows work with: a fault and its place, what actions promise, a flow under check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.engine.definition import Audience, Flow

Catalogue = Callable[[str, str], Mapping[str, str | None]]  # (context, English) → text by locale, None where it is missing


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of a flow file."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


@dataclass(frozen=True)
class ActionShape:
    """What the loader must know of an action: its arguments, which of them may be absent, what its answer holds, its error codes, what errors hold, what
    the items of its lists hold, whether it moves money, and who alone may have it done."""

    args: frozenset[str]
    facts: frozenset[str]
    errors: frozenset[str]
    moves_money: bool = False
    optional: frozenset[str] = frozenset()
    error_facts: frozenset[str] = frozenset()
    items: Mapping[str, frozenset[str]] = field(default_factory=dict)
    who: Audience = "everyone"


@dataclass
class Checked:
    """A flow under check."""

    flow: Flow
    locate: Callable[[str, tuple[Any, ...]], Problem]
    problems: list[Problem] = field(default_factory=list)

    def fault(self, message: str, *path: Any) -> None:
        """Note a fault at a path of the file."""
        self.problems.append(self.locate(message, path))
