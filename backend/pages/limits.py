"""Guessing is slowed down: an address that asks for links that do not exist is sent away for a while, and a rise of such misses everywhere is seen."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from prometheus_client import Counter

log = structlog.get_logger(__name__)

MISSES_PER_MINUTE = 20  # of one address: nobody mistypes a link so often
ALARM_PER_MINUTE = 300  # of all addresses together
ADDRESSES_MAX = 50_000
WINDOW_S = 60.0

_misses = Counter("mgramseva_page_misses_total", "Links asked for that do not exist")


def network_of(address: str) -> str:
    """Whom a limit counts: an IPv4 address, or the /64 that one IPv6 household has to itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


@dataclass
class MissLimit:
    """Misses of the last minute by address, in this process. With 128-bit codes it guards the database, not the codes."""

    per_minute: int = MISSES_PER_MINUTE
    clock: Callable[[], float] = time.monotonic
    _of: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)
    _all: deque[float] = field(default_factory=deque)
    _alarmed_at: float = float("-inf")

    def is_over(self, address: str) -> bool:
        """Whether this address has to wait."""
        moments = self._of.get(network_of(address))
        if moments is None:
            return False
        _forget(moments, self.clock() - WINDOW_S)
        return len(moments) >= self.per_minute

    def note(self, address: str) -> None:
        """Count a miss."""
        now = self.clock()
        key = network_of(address)
        moments = self._of.pop(key, deque(maxlen=self.per_minute))
        moments.append(now)
        self._of[key] = moments
        if len(self._of) > ADDRESSES_MAX:
            self._of.popitem(last=False)
        _misses.inc()
        self._watch(now)

    def _watch(self, now: float) -> None:
        self._all.append(now)
        _forget(self._all, now - WINDOW_S)
        if len(self._all) >= ALARM_PER_MINUTE and now - self._alarmed_at > WINDOW_S:
            self._alarmed_at = now
            log.error("many links guessed", misses_last_minute=len(self._all))


def _forget(moments: deque[float], before: float) -> None:
    while moments and moments[0] < before:
        moments.popleft()
