"""What every payment provider must do, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from backend.kit.money import Money


@dataclass(frozen=True)
class Captured:
    """Money the provider holds for us: its own payment id, the amount, how it was paid (UPI, CARD, NETBANKING), and when, if the provider says so."""

    payment_id: str
    amount: Money
    mode: str
    paid_at: datetime | None = None


@dataclass(frozen=True)
class ProviderStatus:
    """What the provider knows of a reference: `state` none, pending, failed or captured; every captured payment bearing it."""

    state: Literal["none", "pending", "failed", "captured"]
    captured: tuple[Captured, ...] = ()


@dataclass(frozen=True)
class Event:
    """A verified webhook: its id and the reference it speaks of. Nothing else in it is believed."""

    event_id: str
    reference: str


class Provider(Protocol):
    """One provider. Calls raise Unavailable when it does not answer."""

    name: str

    async def create_order(self, reference: str, amount: Money, mode: str, return_url: str, locale: str) -> str:
        """The address of its payment page for our reference; the same for a repeat."""
        ...

    async def fetch_status(self, reference: str) -> ProviderStatus:
        """The fact about a reference; "none" for one that no payment bears, be it that the provider never heard of it."""
        ...

    def read_event(self, headers: Mapping[str, str], body: bytes) -> Event | None:
        """The event if the signature over the raw body is right, else None."""
        ...
