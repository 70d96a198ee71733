"""Sends outbound messages through their channel and records the fate. The only sender on WhatsApp, SMS and Telegram.

At least once: a crash between the provider's acceptance and our record may send one message twice, never lose one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import structlog

from backend.kit.errors import Fault
from backend.kit.faults import faultpoint
from backend.kit.outage import outlast
from bot.batching import Batcher
from bot.channels.base import SendFailed
from bot.channels.registry import Channels
from bot.messages import Channel, Outbound
from bot.notices import NoticeTexts
from bot.store import Fate, Outgoing, Store

log = structlog.get_logger(__name__)

ATTEMPTS_MAX = 8
FIRST_PAUSE_S = 5
LONGEST_PAUSE_S = 900
SEND_TIMEOUT_S = 20.0
FATE_PATIENCE_S = 120.0


def pause_after(attempts: int, asked_s: float | None) -> timedelta:
    """How long to wait before the next try: what the provider asks, else doubling from 5 s to 15 min."""
    return timedelta(seconds=max(asked_s or 0, min(FIRST_PAUSE_S * 2**attempts, LONGEST_PAUSE_S)))


@dataclass
class Delivery:
    """Renders by the channel's limits, sends, records."""

    store: Store
    channels: Channels
    notices: NoticeTexts

    def __post_init__(self) -> None:
        self._fates: Batcher[Fate, None] = Batcher(self.store.set_fates, 200)

    async def send(self, outgoing: Outgoing) -> None:
        """Send one message; never raises for what a provider does. A fate is remembered while the database is away, or the message would be sent again."""
        fate = await self._try(outgoing)
        await outlast(lambda: self._fates.submit(fate), FATE_PATIENCE_S)

    async def _try(self, outgoing: Outgoing) -> Fate:
        adapter = self.channels.get(Channel(outgoing.channel))
        if adapter is None:
            return Fate(outgoing.id, "failed", error="channel_off")
        if outgoing.demo and self.channels.reaches_real_people(Channel(outgoing.channel)):
            return Fate(outgoing.id, "suppressed", error="demo_person")
        try:
            message = outgoing.message or await self._make(outgoing)
            if message is None:
                return Fate(outgoing.id, "expired")
            faultpoint("delivery.before_send")
            sent = await asyncio.wait_for(adapter.send(adapter.render(message, outgoing.address), outbound_id=outgoing.id), SEND_TIMEOUT_S)
            faultpoint("delivery.after_send")
            return Fate(outgoing.id, "accepted", provider_id=sent.provider_id)
        except SendFailed as failure:
            return self._failed(outgoing, failure.code, retryable=failure.retryable, asked_s=failure.retry_after_s)
        except (TimeoutError, OSError, Fault) as error:
            return self._failed(outgoing, getattr(error, "code", type(error).__name__), retryable=True, asked_s=None)
        except Exception:
            log.exception("send broke", outbound_id=str(outgoing.id))
            return self._failed(outgoing, "broken", retryable=True, asked_s=None)

    async def _make(self, outgoing: Outgoing) -> Outbound | None:
        assert outgoing.notice is not None
        return await self.notices.make(outgoing.notice, outgoing.channel)

    def _failed(self, outgoing: Outgoing, code: str, *, retryable: bool, asked_s: float | None) -> Fate:
        if not retryable or outgoing.attempts + 1 >= ATTEMPTS_MAX:
            log.warning("send failed", outbound_id=str(outgoing.id), code=code)
            return Fate(outgoing.id, "failed", error=code)
        return Fate(outgoing.id, "retry", error=code, retry_in=pause_after(outgoing.attempts, asked_s))
