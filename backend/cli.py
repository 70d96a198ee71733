"""What every command is made of: a house opened for it, refusals, JSON. Heavy modules are imported when a command runs, so that a short one stays short."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

if TYPE_CHECKING:
    from backend.kit.house import House
    from backend.kit.settings import SettingsPart

REFUSED, WRONG_CALL = 1, 2
KEYS = "MGRAMSEVA_ENCRYPTION_KEYS, or secrets.json in the data folder"
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document as the last line.")]

# What composition roots above the backend add: their settings (so that they are not "unknown") and their migrations.
other_parts: list[type[SettingsPart]] = []
other_migrations: list[Path] = []


class Command(NamedTuple):
    """A command before its module is imported: its name, where the function or Typer is (`module:name`), and its line in the list of commands."""

    name: str
    place: str
    help: str

    def load(self) -> Any:
        """The command itself."""
        module, _, attribute = self.place.partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            return get_group(found)
        alone = typer.Typer(add_completion=False)
        alone.command(self.name)(found)
        return get_command(alone)


class Commands(TyperGroup):
    """A list of commands whose modules are imported when one of them is called, not to list them."""

    def __init__(self, name: str, help: str, listed: Sequence[Command]) -> None:
        self.listed = {command.name: command for command in listed}
        super().__init__(name=name, help=help, no_args_is_help=True, commands={c.name: TyperCommand(c.name, help=c.help) for c in listed})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """As its parent, with the command loaded."""
        name, found, rest = super().resolve_command(ctx, args)
        return name, self.listed[name].load() if found and name else found, rest


@asynccontextmanager
async def open_house(*, migrate: bool = True) -> AsyncIterator[House]:
    """A ready house for a command."""
    from backend.opening import opened

    async with opened(*other_parts, migrate=migrate, migrations=other_migrations) as ready:
        yield ready.house


def refuse(reasons: Sequence[str], *, code: int = REFUSED) -> typer.Exit:
    """Print reasons to stderr; raise what it returns."""
    for reason in reasons:
        print(reason, file=sys.stderr)
    return typer.Exit(code)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a command's work; expected errors become one sentence and exit code 1, bad settings are all listed with exit code 2."""
    from backend.kit.cipher import SealBroken
    from backend.kit.errors import Fault
    from backend.kit.settings import BadSettings

    try:
        return asyncio.run(work)
    except BadSettings as bad:
        raise refuse(bad.faults, code=WRONG_CALL) from None
    except Fault as fault:
        raise refuse([f"{fault.title}: {fault.detail}" if fault.detail != fault.title else fault.title, *(f"  {p}: {m}" for p, m in fault.fields.items())]) from None
    except SealBroken:
        raise refuse([f"What is stored does not open with the keys of this deployment ({KEYS})."]) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def print_json(document: object) -> None:
    """One JSON document on one line, the last one."""
    print(json.dumps(document, ensure_ascii=False, default=str), flush=True)
