"""Opening the house for a process: settings read, the embedded server started where no other is given, the schema brought up to date."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.kit import embedded
from backend.kit.house import House, Wiring, build_house
from backend.kit.logging import configure_logging, say
from backend.kit.settings import HouseSettings, SettingsPart, load_settings
from backend.migrations import upgrade
from backend.wiring import backend_wiring


@dataclass(frozen=True)
class Opened:
    """A ready house and the other parts' settings, in the order they were asked for."""

    house: House
    owner_url: str
    parts: tuple[Any, ...]
    server: embedded.EmbeddedServer | None


@asynccontextmanager
async def opened(
    *parts: type[SettingsPart],
    wiring: Wiring | None = None,
    migrate: bool = False,
    migrations: Sequence[Path] = (),
    overrides: dict[str, Any] | None = None,
) -> AsyncIterator[Opened]:
    """A house for the time of the block. `migrate` upgrades the schema first, with `migrations` of others beside the backend's own.

    Raises BadSettings with every fault of the settings at once.
    """
    settings, *others = load_settings(HouseSettings, *parts, overrides=overrides)
    configure_logging(settings.log_level)
    server, app_url, owner_url = None, settings.database_url, settings.database_owner_url
    if not app_url:
        server = await asyncio.to_thread(embedded.start, settings.data_dir, say)
    try:
        if server is not None:
            app_url, owner_url = await asyncio.to_thread(embedded.provision, server)
        if migrate and owner_url:
            await upgrade(owner_url, migrations)
        house = build_house(settings, wiring or backend_wiring(), url=app_url)
        try:
            yield Opened(house, owner_url, tuple(others), server)
        finally:
            await house.close()
    finally:
        if server is not None:
            await asyncio.to_thread(embedded.stop, settings.data_dir)
