"""The backend's commands. `bot.cli` mounts them under `mgramseva`; each opens the house, does one thing, and says what it did."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import text

from backend.kit.cipher import Cipher, SealBroken
from backend.kit.errors import Fault
from backend.kit.house import House
from backend.kit.settings import BadSettings, SettingsPart
from backend.kit.unit_of_work import SYSTEM
from backend.opening import opened
from backend.verification import verify_all

REFUSED, WRONG_CALL = 1, 2
KEYS = "MGRAMSEVA_ENCRYPTION_KEYS, or secrets.json in the data folder"
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document as the last line.")]

tenant_commands = typer.Typer(help="Villages in use.", no_args_is_help=True)
jobs_commands = typer.Typer(help="The queue.", no_args_is_help=True)

# What composition roots above the backend add: their settings (so that they are not "unknown") and their migrations.
other_parts: list[type[SettingsPart]] = []
other_migrations: list[Path] = []


@asynccontextmanager
async def open_house(*, migrate: bool = True) -> AsyncIterator[House]:
    """A ready house for a command."""
    async with opened(*other_parts, migrate=migrate, migrations=other_migrations) as ready:
        yield ready.house


def refuse(reasons: Sequence[str], *, code: int = REFUSED) -> typer.Exit:
    """Print reasons to stderr; raise what it returns."""
    for reason in reasons:
        print(reason, file=sys.stderr)
    return typer.Exit(code)


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a command's work; expected errors become one sentence and exit code 1, bad settings are all listed with exit code 2."""
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


def keys_that_stay_shut(house: House, wrapped: Iterable[tuple[str, bytes]]) -> list[str]:
    """The scopes among (scope, wrapped data key) whose key this deployment's master keys do not open: what it sealed can't be read here."""
    masters, shut = Cipher(house.secrets.master_keys), []
    for scope, key in wrapped:
        try:
            masters.open_bytes(key, f"data_key:{scope}")
        except SealBroken:
            shut.append(scope)
    return shut


def verify(as_json: Json = False) -> None:
    """Prove the invariants on the live data: each with its count. Exits 1 on a violation."""

    async def work() -> list[dict[str, Any]]:
        async with open_house(migrate=False) as house:
            async with house.open(SYSTEM) as uow:
                keys = (await uow.session.execute(text("SELECT scope, wrapped FROM data_key ORDER BY scope"))).all()
            shut = keys_that_stay_shut(house, ((k.scope, k.wrapped) for k in keys))
            if not shut:
                return await verify_all(house)
            print(f"{len(shut)} of {len(keys)} data keys do not open with the keys of this deployment ({KEYS}): without them nothing else can be proven.", file=sys.stderr)
            return [{"invariant": "every data key opens", "checked": len(keys), "violations": shut}]

    found = run(work())
    for row in found:
        print(f"{'ok  ' if not row['violations'] else 'FAIL'} {row['invariant']}: {row['checked']} checked")
        for violation in row["violations"][:20]:
            print(f"       {violation}")
    broken = any(row["violations"] for row in found)
    if as_json:
        print_json({"ok": not broken, "invariants": found})
    if broken:
        raise typer.Exit(REFUSED)


def check_config() -> None:
    """Read the settings and say every fault; print nothing secret."""
    from backend.kit.settings import HouseSettings, load_settings

    try:
        load_settings(HouseSettings, *other_parts)
    except BadSettings as bad:
        raise refuse(bad.faults) from None
    print("The settings are good.")


@tenant_commands.command("create")
def tenant_create(tenant: str, as_json: Json = False) -> None:
    """Take a village of the masters into use."""
    from backend.foundation import master_data

    async def work() -> Any:
        async with open_house() as house, house.open(SYSTEM) as uow:
            return await master_data.create_tenant(uow, tenant)

    run(work())
    print(f"In use: {tenant}")
    if as_json:
        print_json({"tenant_id": tenant})


@jobs_commands.command("list")
def jobs_list(as_json: Json = False) -> None:
    """Jobs that wait, run or were given up, by name."""
    async def work() -> list[dict[str, Any]]:
        async with open_house(migrate=False) as house, house.open(SYSTEM) as uow:
            rows = await uow.session.execute(text("SELECT entrypoint AS job, status::text AS status, count(*) AS count FROM pgqueuer GROUP BY 1, 2 ORDER BY 1, 2"))
            return [dict(r._mapping) for r in rows]

    rows = run(work())
    for row in rows:
        print(f"{row['job']:40} {row['status']:10} {row['count']}")
    if as_json:
        print_json(rows)


@jobs_commands.command("retry")
def jobs_retry(name: Annotated[str, typer.Argument(help="The job's name.")]) -> None:
    """Put given-up jobs of a name back into the queue."""
    async def work() -> int:
        async with open_house(migrate=False) as house, house.open(SYSTEM) as uow:
            rows = await uow.session.execute(
                text("UPDATE pgqueuer SET status = 'queued', attempts = 0, execute_after = now() WHERE entrypoint = :name AND status = 'failed' RETURNING id"), {"name": name}
            )
            return len(rows.all())

    print(f"{run(work())} put back.")


def add_backend_commands(app: typer.Typer) -> None:
    """Mount everything the backend offers."""
    from backend import commands

    app.add_typer(tenant_commands, name="tenant")
    app.add_typer(jobs_commands, name="jobs")
    app.command("verify")(verify)
    app.command("check-config")(check_config)
    commands.add(app)


