"""The backend's commands. `bot.cli` mounts them under `mgramseva`; each opens the house, does one thing, and says what it did."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.engine import make_url

from backend.kit.embedded import EmbeddedServer
from backend.kit.errors import Fault
from backend.kit.house import House
from backend.kit.settings import BadSettings, SettingsPart
from backend.opening import opened
from backend.verification import verify_all

REFUSED, WRONG_CALL = 1, 2
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document as the last line.")]

db = typer.Typer(help="The database: upgrade, backup, restore.", no_args_is_help=True)
user_commands = typer.Typer(help="Staff accounts.", no_args_is_help=True)
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
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def print_json(document: object) -> None:
    """One JSON document on one line, the last one."""
    print(json.dumps(document, ensure_ascii=False, default=str), flush=True)


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema up to date."""

    async def work() -> None:
        async with open_house(migrate=True):
            print("The schema is up to date.")

    run(work())


def _program(server: EmbeddedServer | None, name: str) -> str:
    return str(server.program(name)) if server else name


async def _with_tool(tool: str, arguments: Callable[[str], list[str]]) -> None:
    """Run a PostgreSQL program against this deployment's database, the password by environment."""
    async with opened(*other_parts) as ready:
        url = make_url(ready.owner_url or str(ready.house.engine.url.render_as_string(hide_password=False)))
        if ready.server:
            url = url.set(username=ready.server.superuser, password=ready.server.superuser_password)
        host = str(url.query.get("host") or url.host or "")
        port = str(url.query.get("port") or url.port or 5432)
        env = {**os.environ, "PGPASSWORD": url.password or "", "PGHOST": host, "PGPORT": port, "PGUSER": url.username or "", "PGDATABASE": url.database or ""}
        done = await asyncio.to_thread(subprocess.run, [_program(ready.server, tool), *arguments(str(url.database))], env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise refuse([f"{tool} failed:", done.stderr.strip()[-2000:]])


@db.command("backup")
def db_backup(file: Annotated[Path, typer.Argument(help="Where to write the backup.")]) -> None:
    """Write a consistent backup while everything goes on."""
    run(_with_tool("pg_dump", lambda database: ["--format=custom", "--no-owner", f"--file={file.resolve()}", database]))
    print(f"Backup written: {file}")


@db.command("restore")
def db_restore(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], yes: Annotated[bool, typer.Option("--yes", help="Really replace what is there.")] = False) -> None:
    """Replace the database's content by a backup's. Stop the service first."""
    if not yes:
        raise refuse(["Restoring replaces all data. Say --yes."], code=WRONG_CALL)
    with file.open("rb") as backup:
        if backup.read(5) != b"PGDMP":
            raise refuse([f"{file}: not a backup of ours"])
    run(_with_tool("pg_restore", lambda database: ["--clean", "--if-exists", "--no-owner", "--role=mgramseva_owner", "--single-transaction", f"--dbname={database}", str(file.resolve())]))
    print("Restored.")


def verify(as_json: Json = False) -> None:
    """Prove the invariants on the live data: each with its count. Exits 1 on a violation."""

    async def work() -> list[dict[str, Any]]:
        async with open_house(migrate=False) as house:
            return await verify_all(house)

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


@user_commands.command("create-admin")
def create_admin(username: str, password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)]) -> None:
    """Make a superuser of the REST backend."""
    from backend.kit.unit_of_work import SYSTEM
    from backend.office import user

    async def work() -> None:
        async with open_house() as house, house.open(SYSTEM) as uow:
            await user.create_login(uow, username, password, superuser=True)

    run(work())
    print(f"Admin made: {username}")


@tenant_commands.command("create")
def tenant_create(tenant: str, as_json: Json = False) -> None:
    """Take a village of the masters into use."""
    from backend.foundation import master_data
    from backend.kit.unit_of_work import SYSTEM

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
    from sqlalchemy import text

    from backend.kit.unit_of_work import SYSTEM

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
    from sqlalchemy import text

    from backend.kit.unit_of_work import SYSTEM

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

    app.add_typer(db, name="db")
    app.add_typer(user_commands, name="user")
    app.add_typer(tenant_commands, name="tenant")
    app.add_typer(jobs_commands, name="jobs")
    app.command("verify")(verify)
    app.command("check-config")(check_config)
    commands.add(app)


