"""`mgramseva jobs list|retry`."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from sqlalchemy import text

from backend.cli import Json, open_house, print_json, run
from backend.kit.unit_of_work import SYSTEM

jobs = typer.Typer(help="The queue.", no_args_is_help=True)


@jobs.command("list")
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


@jobs.command("retry")
def jobs_retry(name: Annotated[str, typer.Argument(help="The job's name.")]) -> None:
    """Put given-up jobs of a name back into the queue."""
    async def work() -> int:
        async with open_house(migrate=False) as house, house.open(SYSTEM) as uow:
            rows = await uow.session.execute(
                text("UPDATE pgqueuer SET status = 'queued', attempts = 0, execute_after = now() WHERE entrypoint = :name AND status = 'failed' RETURNING id"), {"name": name}
            )
            return len(rows.all())

    print(f"{run(work())} put back.")
