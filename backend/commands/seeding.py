"""`mgramseva seed`."""

from __future__ import annotations

from typing import Annotated

import typer

from backend import demo
from backend.cli import Json, open_house, print_json, run


def seed(
    villages: Annotated[int, typer.Option(min=1, max=4000)] = 3,
    households: Annotated[int, typer.Option(min=1, max=5000, help="Per village.")] = 120,
    months: Annotated[int, typer.Option(min=0, max=24)] = 3,
    seed: Annotated[int, typer.Option(help="The same number makes the same households.")] = demo.SEED,
    as_json: Json = False,
) -> None:
    """Real villages and tariffs, invented households; deterministic."""

    async def work() -> demo.Progress:
        async with open_house() as house:
            return await demo.seed(house, villages, households, months, seed, say=print)

    done = run(work())
    if as_json:
        print_json({"villages": done.villages, "households": done.households, "demands": done.demands, "payments": done.payments})
