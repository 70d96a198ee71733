"""`mgramseva verify`, `mgramseva check-config`: is what is stored sound, are the settings good."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import typer
from sqlalchemy import text

from backend import cli
from backend.cli import KEYS, REFUSED, Json, open_house, print_json, refuse, run
from backend.kit.cipher import Cipher, SealBroken
from backend.kit.house import House
from backend.kit.settings import BadSettings, HouseSettings, load_settings
from backend.kit.unit_of_work import SYSTEM
from backend.verification import verify_all


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
    try:
        load_settings(HouseSettings, *cli.other_parts)
    except BadSettings as bad:
        raise refuse(bad.faults) from None
    print("The settings are good.")
