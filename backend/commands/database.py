"""`mgramseva db upgrade|backup|restore`."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.engine import URL, make_url

from backend import cli
from backend.cli import KEYS, WRONG_CALL, open_house, refuse, run
from backend.commands.checks import keys_that_stay_shut
from backend.opening import Opened, opened

db = typer.Typer(help="The database: upgrade, backup, restore.", no_args_is_help=True)

MAGIC = b"PGDMP"  # how pg_dump's own format begins
_KEYS_BEGIN = re.compile(r"^COPY public\.data_key \((.+)\) FROM stdin;$")
_BYTES = "\\\\x"  # how COPY's text writes the beginning of bytes


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema up to date."""

    async def work() -> None:
        async with open_house(migrate=True):
            print("The schema is up to date.")

    run(work())


def _url(ready: Opened) -> URL:
    """The database as its owner, or on the embedded server as the superuser."""
    url = make_url(ready.owner_url or str(ready.house.engine.url.render_as_string(hide_password=False)))
    return url.set(username=ready.server.superuser, password=ready.server.superuser_password) if ready.server else url


async def _call(ready: Opened, tool: str, *arguments: str) -> str:
    """Run a PostgreSQL program against this deployment's database, the password by environment; its output. Refuses with what it said."""
    url = _url(ready)
    host, port = str(url.query.get("host") or url.host or ""), str(url.query.get("port") or url.port or 5432)
    env = {**os.environ, "PGPASSWORD": url.password or "", "PGHOST": host, "PGPORT": port, "PGUSER": url.username or "", "PGDATABASE": url.database or ""}
    program = str(ready.server.program(tool)) if ready.server else tool
    try:
        done = await asyncio.to_thread(subprocess.run, [program, *arguments], env=env, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise refuse([f"{tool} is not on this machine's PATH: install PostgreSQL's client programs."]) from None
    if done.returncode != 0:
        raise refuse([f"{tool} failed:", done.stderr.strip()[-2000:]])
    return done.stdout


@db.command("backup")
def db_backup(file: Annotated[Path, typer.Argument(help="Where to write the backup.")]) -> None:
    """Write a consistent backup, mode 0600, while everything goes on. The encryption keys are not in it: keep them, too, and elsewhere."""
    target = file.resolve()
    if target.exists() and not target.is_file():
        raise refuse([f"{file}: not an ordinary file"])

    async def work() -> None:
        async with opened(*cli.other_parts) as ready:
            await _call(ready, "pg_dump", "--format=custom", "--no-owner", f"--file={draft}")

    try:
        handle, draft = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # mode 0600 from the first byte on
    except OSError as error:
        raise refuse([f"{file}: {error.strerror}"]) from None
    os.close(handle)
    try:
        run(work())
        Path(draft).replace(target)
    finally:
        Path(draft).unlink(missing_ok=True)
    print(f"Backup written: {file}")


def wrapped_keys(sql: str) -> list[tuple[str, bytes]] | None:
    """(scope, wrapped data key) of the rows in pg_restore's text of the table `data_key`; None when there is no such table in it."""
    lines = iter(sql.splitlines())
    begin = next((found for line in lines if (found := _KEYS_BEGIN.match(line))), None)
    if begin is None:
        return None
    columns = begin.group(1).split(", ")
    keys = []
    for line in lines:
        if line == "\\.":
            break
        row = dict(zip(columns, line.split("\t"), strict=True))
        keys.append((row["scope"], bytes.fromhex(row["wrapped"].removeprefix(_BYTES))))
    return keys


async def _require_keys(ready: Opened, file: Path) -> None:
    """Refuse a backup that would replace what can be read here by what can't."""
    keys = wrapped_keys(await _call(ready, "pg_restore", "--data-only", "--schema=public", "--table=data_key", "--file=-", str(file)))
    if keys is None:
        raise refuse([f"{file}: not a backup of ours"])
    shut = keys_that_stay_shut(ready.house, keys)
    if shut:
        raise refuse(
            [f"{len(shut)} of the backup's {len(keys)} data keys do not open with the keys of this deployment: put back those that belong to it ({KEYS}) first. Nothing was replaced."]
        )


@db.command("restore")
def db_restore(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], yes: Annotated[bool, typer.Option("--yes", help="Really replace what is there.")] = False) -> None:
    """Replace the database's content by a backup's, if this deployment's keys open it. Stop the service first."""
    if not yes:
        raise refuse(["Restoring replaces all data. Say --yes."], code=WRONG_CALL)
    with file.open("rb") as backup:
        if backup.read(len(MAGIC)) != MAGIC:
            raise refuse([f"{file}: not a backup of ours"])
    backup_file = file.resolve()

    async def work() -> None:
        async with opened(*cli.other_parts) as ready:
            await _require_keys(ready, backup_file)
            how = ("--clean", "--if-exists", "--no-owner", "--role=mgramseva_owner", "--single-transaction")
            await _call(ready, "pg_restore", *how, f"--dbname={_url(ready).database}", str(backup_file))

    run(work())
    print("Restored.")
