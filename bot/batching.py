"""Group commit: what arrives while a commit is under way forms the next batch, written by one statement and one commit.

A batch that fails is retried item by item, so that one bad item fails alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Batcher(Generic[Item, Answer]):
    """Collects items and writes them in batches of at most `limit`, one batch at a time. `write` answers one answer per item, in order."""

    def __init__(self, write: Callable[[list[Item]], Awaitable[list[Answer]]], limit: int = 64) -> None:
        self._write = write
        self._limit = limit
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._running: asyncio.Task[None] | None = None

    async def submit(self, item: Item) -> Answer:
        """Write the item; returns its answer after the commit that holds it, or raises what its own write raised."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
            try:
                answers = await self._write([item for item, _ in batch])
            except Exception as error:  # noqa: BLE001 a batch's failure is each item's own to hear
                await self._one_by_one(batch, error)
                continue
            for (_, future), answer in zip(batch, answers, strict=True):
                if not future.done():
                    future.set_result(answer)

    async def _one_by_one(self, batch: list[tuple[Item, asyncio.Future[Answer]]], error: Exception) -> None:
        for item, future in batch:
            if future.done():
                continue
            if len(batch) == 1:
                future.set_exception(error)
                continue
            try:
                future.set_result((await self._write([item]))[0])
            except Exception as own:  # noqa: BLE001
                future.set_exception(own)
