"""The embedded server is started again when it dies under a living process: killed for want of memory, or by a hand that meant something else.

Every process that lives long looks after it; whoever notices first starts it, the others join. What was committed is there (PostgreSQL recovers by
itself), and what was under way is begun again by whoever may do it twice.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from subprocess import SubprocessError

from backend.kit import embedded
from backend.kit.logging import say

LOOK_S = 0.5
# Before each start again within CALM_S; after the last one it is given up, since a server that dies so often needs a person.
PAUSES_S = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
CALM_S = 600.0


async def keep_running(data_dir: Path, lost: Callable[[], Awaitable[None]], back: Callable[[], None]) -> None:
    """Look after the data folder's server until cancelled. `lost`: it died, its connections are worth nothing; `back`: it answers again.

    Says one line when it was started again, or each time that failed. EmbeddedFailed when it does not stay up.
    """
    begun: deque[float] = deque()
    died_at: float | None = None
    while True:
        if died_at is None:
            await asyncio.sleep(LOOK_S)
            if embedded.is_running(data_dir):
                continue
            died_at = time.monotonic()
            await lost()
        while begun and begun[0] < time.monotonic() - CALM_S:
            begun.popleft()
        if len(begun) == len(PAUSES_S):
            raise embedded.EmbeddedFailed(f"The database ended {len(begun)} times within {CALM_S / 60:.0f} minutes, or did not start. Its log: {embedded.log_of(data_dir)}")
        await asyncio.sleep(PAUSES_S[len(begun)])
        begun.append(time.monotonic())
        try:
            await asyncio.to_thread(embedded.start, data_dir, say)
        except (embedded.EmbeddedFailed, OSError, SubprocessError) as failed:
            reason = (str(failed).strip() or type(failed).__name__).splitlines()[-1]
            say(f"The database ended unexpectedly and does not start (try {len(begun)} of {len(PAUSES_S)}): {reason}")
            continue
        say(f"The database ended unexpectedly. It was started again and answers after {time.monotonic() - died_at:.1f} s. Its log: {embedded.log_of(data_dir)}")
        died_at = None
        back()
