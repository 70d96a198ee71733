"""The simulator's client: talks to it over HTTP as to any provider."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx2

from backend.kit.errors import Unavailable
from backend.kit.http import make_client
from backend.kit.money import Money
from backend.money.payment_gateway.providers.base import Captured, Event, ProviderStatus

SIGNATURE_HEADER = "x-simulator-signature"


class ProviderUnreachable(Unavailable):
    code, title = "payment_gateway.provider_unreachable", "The payment provider does not answer"


def sign(secret: str, body: bytes) -> str:
    """Hex HMAC-SHA256 over the raw body, as Razorpay does it."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def _captured(payment: Mapping[str, Any]) -> Captured:
    at = payment.get("paid_at")
    return Captured(payment["payment_id"], Money(int(payment["amount_paise"])), payment["mode"], datetime.fromisoformat(at) if at else None)


class SimulatedProvider:
    """`Provider` over the payment simulator's HTTP API. `secrets`: the newest first; old ones still verify webhooks."""

    name = "simulator"

    def __init__(self, base_url: str, secrets: Sequence[str]) -> None:
        self._base = base_url.rstrip("/")
        self._secrets = [s for s in secrets if s]
        self._client = make_client(self._base)

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = await self._client.request(method, f"{self._base}{path}", json=body, headers={"Authorization": f"Bearer {self._secrets[0]}"})
        except httpx2.HTTPError as error:
            raise ProviderUnreachable from error
        if answer.status_code >= 500:
            raise ProviderUnreachable
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def create_order(self, reference: str, amount: Money, mode: str, return_url: str, locale: str) -> str:
        """See `Provider`."""
        order = await self._call("POST", "/orders", {"reference": reference, "amount_paise": amount.paise, "mode": mode, "return_url": return_url, "locale": locale})
        return str(order["checkout_url"])

    async def fetch_status(self, reference: str) -> ProviderStatus:
        """See `Provider`."""
        order = await self._call("GET", f"/orders/{reference}")
        captured = tuple(_captured(p) for p in order["payments"] if p["status"] == "captured")
        return ProviderStatus("captured" if captured else order["status"], captured)

    def read_event(self, headers: Mapping[str, str], body: bytes) -> Event | None:
        """See `Provider`."""
        given = headers.get(SIGNATURE_HEADER, "")
        if not any(hmac.compare_digest(given.encode(), sign(secret, body).encode()) for secret in self._secrets):
            return None
        try:
            event = json.loads(body)
            return Event(str(event["event_id"])[:100], str(event["reference"])[:100])
        except (ValueError, KeyError, TypeError):
            return None
