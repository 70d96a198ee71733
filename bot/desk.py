"""The desk: takes messages in, gives each conversation its turns in order, and sees that replies leave. One a process.

The process that stored a message runs its turn at once; the sweep (a schedule of the queue) picks up what a dead process left behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from backend.kit.faults import faultpoint
from backend.kit.ids import new_id
from backend.kit.outage import DatabaseAway, outlast
from bot.batching import Batcher
from bot.channels.base import StatusUpdate
from bot.channels.registry import Channels
from bot.delivery import Delivery
from bot.messages import Inbound
from bot.runner import Runner
from bot.store import Store, Waiting

log = structlog.get_logger(__name__)

STALLED_AFTER = timedelta(seconds=6)  # longer than a slow turn's wait for understanding, shorter than a person's patience
SWEEP_BATCH = 100
INTAKE_PATIENCE_S = 10.0  # Twilio hangs up after 15 s and does not deliver again
TURN_PATIENCE_S = 60.0  # then the sweep takes it up


@dataclass
class Desk:
    """What the webhooks, the sweep and the simulator use."""

    store: Store
    channels: Channels
    runner: Runner
    delivery: Delivery
    intake_limit: int = 64
    _locks: dict[UUID, asyncio.Lock] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._intake: Batcher[tuple[UUID, UUID, Inbound], Waiting] = Batcher(self.store.keep_inbound, self.intake_limit)

    async def receive(self, arrivals: list[Inbound]) -> None:
        """Store messages; when this returns they can't be lost, and their turns have begun. A database that is away for a moment is waited for."""
        faultpoint("intake.before_store")
        kept = await asyncio.gather(*(self._keep(message) for message in arrivals))
        faultpoint("intake.after_store")
        for waiting in kept:
            if waiting.fresh:
                self.spawn(self._answer(waiting))

    async def _keep(self, message: Inbound) -> Waiting:
        item = (new_id(), new_id(), message)
        return await outlast(lambda: self._intake.submit(item), INTAKE_PATIENCE_S)

    async def _answer(self, waiting: Waiting) -> None:
        """The turn of a message that was just stored; what was loaded with it is loaded again when the database was away meanwhile."""
        try:
            await self.take_turns(waiting.conversation.id, waiting)
        except DatabaseAway:
            await outlast(lambda: self.take_turns(waiting.conversation.id), TURN_PATIENCE_S)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run in the background of this process; `drain` waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, DatabaseAway):
            log.warning("left to the sweep", error=str(error))
        elif error is not None:
            log.error("background work broke", error=type(error).__name__, exc_info=error)

    async def take_turns(self, conversation_id: UUID, hint: Waiting | None = None) -> None:
        """Give the conversation its turns, oldest message first, until none waits. Two calls for one conversation follow each other."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        if lock.locked() and hint is not None:
            hint = None  # somebody is at it: what he saves changes what we loaded
        async with lock:
            await self._turns(conversation_id, hint)
        if not lock.locked() and not getattr(lock, "_waiters", None):
            self._locks.pop(conversation_id, None)

    async def _turns(self, conversation_id: UUID, hint: Waiting | None) -> None:
        only_this = hint is not None  # others that arrived here have a task of their own
        for _ in range(SWEEP_BATCH):
            waiting = hint or await self.store.oldest_waiting(conversation_id)
            hint = None
            if waiting is None:
                return
            outgoing = await self.runner.run(waiting)
            if outgoing is None:
                continue  # the conversation moved on: look again
            for message in outgoing:
                await self.delivery.send(message)
            if only_this:
                return

    async def note_status(self, outbound_id: UUID, update: StatusUpdate) -> None:
        """Keep a provider's word on a send."""
        await outlast(lambda: self.store.note_status(outbound_id, update.status, update.error), INTAKE_PATIENCE_S)

    async def sweep(self) -> None:
        """Take up what was left behind: unanswered messages and unsent replies."""
        stalled = await self.store.stalled(STALLED_AFTER, SWEEP_BATCH)
        await asyncio.gather(*(self.take_turns(conversation_id) for conversation_id in stalled))
        await self.sweep_outgoing()

    async def sweep_outgoing(self) -> None:
        """Send what is due: notices, retries, and what a dead process had claimed."""
        for message in await self.store.claim_due(SWEEP_BATCH):
            await self.delivery.send(message)

    async def drain(self) -> None:
        """Wait for the turns and sends under way."""
        while self._tasks:
            await asyncio.gather(*list(self._tasks), return_exceptions=True)
