"""Payment providers' webhooks: stored after their signature was verified, answered at once, decided later."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from backend.kit.faults import faultpoint
from backend.kit.unit_of_work import SYSTEM
from backend.money.payment_gateway.service import EventForged, ProviderOff, store_event

BODY_LIMIT_BYTES = 256 * 1024
webhooks = APIRouter(include_in_schema=False)


@webhooks.post("/webhooks/payments/{provider}")
async def take_event(provider: str, request: Request) -> Response:
    """200 once stored (a repeat too), 403 forged, 404 for a provider we do not have, 413 too large."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            return Response(status_code=413)
    try:
        async with request.app.state.house.open(SYSTEM) as uow:
            await store_event(uow, provider, {k.lower(): v for k, v in request.headers.items()}, body)
    except EventForged:
        return Response(status_code=403)
    except ProviderOff:
        return Response(status_code=404)
    faultpoint("payment.event_stored")
    return Response(status_code=200)
