"""How often one caller may knock: a token bucket per key and process, bounded in memory. Limits that guard money or OTPs live in database rows."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field

from backend.kit.errors import Fault

KEYS_MAX = 50_000


class TooMany(Fault):
    status, code, title = 429, "rate.too_many", "Too many requests; try again in a moment"


@dataclass
class RateLimit:
    """At most `burst` at once and `per_minute` in the long run, for each key."""

    per_minute: int
    burst: int
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, key: str, now: float | None = None) -> None:
        """Count one knock; TooMany when the bucket is empty."""
        moment = time.monotonic() if now is None else now
        tokens, since = self._buckets.pop(key, (float(self.burst), moment))
        tokens = min(self.burst, tokens + (moment - since) * self.per_minute / 60)
        allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if allowed else tokens, moment)
        if len(self._buckets) > KEYS_MAX:
            self._buckets.popitem(last=False)
        if not allowed:
            raise TooMany
