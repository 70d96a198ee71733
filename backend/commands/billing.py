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

FAILURES_SHOWN = 20
REASONS = {
    "billing_run.no_reading": "no meter reading for the month",
    "calculator.no_slab": "the village has no tariff for this kind of building",
    "calculator.slab_ambiguous": "the village has two tariffs for this kind of building",
}

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
        async with open_house() as house:
            return [await _bill(house, tenant_id, period, preview) for tenant_id in track(await _villages(house, tenant, district), description="Billing")]

    rows = run(work())
    for row in rows:
        print(f"{row['tenant_id']:30} billed {row['billed']:6} already {row['already']:6} failed {row['failed']:4}")
    failed = sum(row["failed"] for row in rows)
    if as_json:
        print_json({"period": period, "preview": preview, "villages": rows})
    if failed:
        raise refuse(_failure_lines(rows, failed))


async def _bill(house: House, tenant_id: str, period: str, preview: bool) -> dict[str, Any]:
    """A village's row, with its first failures."""
    async with house.open(SYSTEM) as uow:
        done: billing_run.Preview | billing_run.Run
        if preview:
            done = await billing_run.preview_run(uow, tenant_id, period)
            failures = list(done.failures[:FAILURES_SHOWN])
        else:
            done = await billing_run.run_now(uow, tenant_id, period)
            failures = await billing_run.list_failures(uow, tenant_id, done.id, FAILURES_SHOWN) if done.failed else []
    row = {"tenant_id": tenant_id, "billed": done.billed, "already": done.already, "failed": done.failed}
    return {**row, "failures": [{"connection_no": f.connection_no, "reason": f.reason} for f in failures]}


def _failure_lines(rows: list[dict[str, Any]], failed: int) -> list[str]:
    """The connections that can't be billed, each with its reason; how many more there are."""
    lines = [f"{row['tenant_id']} {f['connection_no']}: {REASONS.get(f['reason'], f['reason'])}" for row in rows for f in row["failures"]][:FAILURES_SHOWN]
    return [f"Could not be billed: {failed}", *lines, *([f"and {failed - len(lines)} more"] if failed > len(lines) else [])]


@billing.command("status")
def billing_status(tenant: Annotated[str | None, typer.Option(help="One village; without it every village in use.")] = None, as_json: Json = False) -> None:
    """The runs of a village or of all, newest first."""

    async def work() -> list[billing_run.Run]:
        async with open_house(migrate=False) as house:
            villages = await _villages(house, tenant, None)
            async with house.open(SYSTEM) as uow:
                return [r for tenant_id in villages for r in await billing_run.list_runs(uow, tenant_id)]

    rows = [
        {
            "tenant_id": r.tenant_id, "period": r.period, "billed": r.billed, "already": r.already, "failed": r.failed,
            "chunks": r.chunks, "chunks_done": r.chunks_done, "finished_at": r.finished_at,
        }
        for r in run(work())
    ]  # fmt: skip
    for row in rows:
        print(f"{row['tenant_id']:30} {row['period']} billed {row['billed']} already {row['already']} failed {row['failed']} ({row['chunks_done']}/{row['chunks']} chunks)")
    if as_json:
        print_json(rows)
