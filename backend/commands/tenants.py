"""`mgramseva tenant create`."""

from __future__ import annotations

from typing import Any

import typer

from backend.cli import Json, open_house, print_json, run
from backend.foundation import master_data
from backend.kit.unit_of_work import SYSTEM

tenants = typer.Typer(help="Villages in use.", no_args_is_help=True)


@tenants.command("create")
def tenant_create(tenant: str, as_json: Json = False) -> None:
    """Take a village of the masters into use."""
    async def work() -> Any:
        async with open_house() as house, house.open(SYSTEM) as uow:
            return await master_data.create_tenant(uow, tenant)

    run(work())
    print(f"In use: {tenant}")
    if as_json:
        print_json({"tenant_id": tenant})
