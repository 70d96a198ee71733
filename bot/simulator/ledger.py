"""What was said and sent, in order, in memory: the simulator's page reads it, tests count by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

KEPT_MAX = 20_000


@dataclass
class Entry:
    """One message. `view` as the person sees it, `facts` and `raw` in the channel's own terms; `key` names the person's side (phone, chat id)."""

    id: str
    direction: Literal["in", "out"]
    channel: str
    key: str
    view: dict[str, Any]
    facts: list[str] = field(default_factory=list)
    raw: str = ""
    status: str = ""
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())


class Ledger:
    """Entries, and whoever listens for new ones."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._listeners: set[asyncio.Queue[Entry]] = set()

    def add(self, entry: Entry) -> None:
        """Keep an entry and tell the listeners."""
        self.entries.append(entry)
        if len(self.entries) > KEPT_MAX:
            del self.entries[: KEPT_MAX // 10]
        self.tell(entry)

    def tell(self, entry: Entry) -> None:
        """Tell the listeners of a change."""
        for queue in self._listeners:
            queue.put_nowait(entry)

    def sent(self, channel: str | None = None, key: str | None = None) -> list[Entry]:
        """What the bot sent, oldest first."""
        return [e for e in self.entries if e.direction == "out" and channel in (None, e.channel) and key in (None, e.key)]

    async def follow(self, channel: str, key: str) -> AsyncIterator[Entry]:
        """A conversation's entries so far, then each new one."""
        queue: asyncio.Queue[Entry] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            for entry in [e for e in self.entries if (e.channel, e.key) == (channel, key)]:
                yield entry
            while True:
                entry = await queue.get()
                if (entry.channel, entry.key) == (channel, key):
                    yield entry
        finally:
            self._listeners.discard(queue)
