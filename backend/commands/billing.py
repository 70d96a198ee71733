"""`mgramseva billing run|status`."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.progress import track

from backend.cli import Json, open_house, print_json, refuse, run
from backend.foundation import master_data
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM
from backend.water import billing_run

billing = typer.Typer(help="Bulk demands.", no_args_is_help=True)


async def _villages(house: House, tenant: str | None, district: str | None) -> list[str]:
    async with house.open(SYSTEM) as uow:
        if tenant:
            return [(await master_data.fetch_tenant(uow, tenant)).tenant_id]
        return [t.tenant_id for t in await master_data.list_tenants(uow, district)]


@billing.command("run")
def billing_run_command(
    period: Annotated[str, typer.Option(help="The month, as 2026-10.")],
    tenant: Annotated[str | None, typer.Option(help="One village.")] = None,
    district: Annotated[str | None, typer.Option(help="A district's villages.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every village in use.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Say what would happen; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Demands of a month; may be repeated and resumed, bills nobody twice."""
    if sum((bool(tenant), bool(district), everything)) != 1:
        raise refuse(["Say one of --tenant, --district, --all."], code=2)

    async def work() -> list[dict[str, Any]]:
        rows = []
        async with open_house() as house:
            for tenant_id in track(await _villages(house, tenant, district), description="Billing"):
                async with house.open(SYSTEM) as uow:
                    done = await (billing_run.preview_run if preview else billing_run.run_now)(uow, tenant_id, period)
                rows.append({"tenant_id": tenant_id, "billed": done.billed, "already": done.already, "failed": done.failed})
        return rows

    rows = run(work())
    for row in rows:
        print(f"{row['tenant_id']:30} billed {row['billed']:6} already {row['already']:6} failed {row['failed']:4}")
    if as_json:
        print_json({"period": period, "preview": preview, "villages": rows})


@billing.command("status")
def billing_status(tenant: Annotated[str, typer.Option(help="The village.")], as_json: Json = False) -> None:
    """A village's runs, newest first."""

    async def work() -> list[billing_run.Run]:
        async with open_house(migrate=False) as house, house.open(SYSTEM) as uow:
            return await billing_run.list_runs(uow, tenant)

    rows = [
        {"period": r.period, "billed": r.billed, "already": r.already, "failed": r.failed, "chunks": r.chunks, "chunks_done": r.chunks_done, "finished_at": r.finished_at}
        for r in run(work())
    ]
    for row in rows:
        print(f"{row['period']} billed {row['billed']} already {row['already']} failed {row['failed']} ({row['chunks_done']}/{row['chunks']} chunks)")
    if as_json:
        print_json(rows)
