"""The chat doors: verify, parse, store, 200. The turn runs after the answer; a double ends at the unique key.

Nothing is decided here. A body over the limit is refused unread (413), a forged one gets an empty 403, an unknown kind of update an empty 200.
"""

from __future__ import annotations

from uuid import UUID

import structlog
from fastapi import APIRouter, Request, Response

from bot.channels.base import ChannelAdapter, RawRequest, StatusUpdate
from bot.desk import Desk
from bot.messages import Channel, Inbound

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)

BODY_LIMIT_BYTES = 256 * 1024  # Twilio and Telegram send a few KB
EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


class BodyTooLarge(Exception):
    """More bytes than any provider sends."""


async def read_body(request: Request) -> bytes:
    """The body, at most BODY_LIMIT_BYTES of it."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT_BYTES:
            raise BodyTooLarge
    return body


async def _raw(request: Request) -> RawRequest:
    return RawRequest(
        method=request.method,
        path=request.url.path,
        query=request.url.query,
        headers={k.lower(): v for k, v in request.headers.items()},
        body=await read_body(request),
    )


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


async def _take(desk: Desk, adapter: ChannelAdapter, raw: RawRequest) -> None:
    arrivals = [item for item in adapter.parse(raw) if isinstance(item, Inbound)]
    await desk.receive(arrivals)


@router.post("/webhooks/twilio")
async def twilio(request: Request) -> Response:
    """WhatsApp and SMS in, as Twilio sends them; replies leave through its REST API, never in this answer."""
    desk = _desk(request)
    try:
        raw = await _raw(request)
    except BodyTooLarge:
        return Response(status_code=413)
    adapter = desk.channels.twilio_for(raw)
    if adapter is None or not adapter.verify(raw):
        log.warning("webhook refused", channel="twilio")
        return Response(status_code=403)
    await _take(desk, adapter, raw)
    return Response(EMPTY_TWIML, media_type="text/xml")


@router.post("/webhooks/twilio/status")
async def twilio_status(request: Request) -> Response:
    """What became of a send. States only move forward; an unknown id is answered 200, or Twilio would retry it."""
    desk = _desk(request)
    try:
        raw = await _raw(request)
    except BodyTooLarge:
        return Response(status_code=413)
    adapter = desk.channels.twilio_for(raw)
    if adapter is None or not adapter.verify(raw):
        log.warning("webhook refused", channel="twilio_status")
        return Response(status_code=403)
    try:
        outbound_id = UUID(request.query_params.get("id", ""))
    except ValueError:
        return Response(status_code=200)
    for item in adapter.parse(raw):
        if isinstance(item, StatusUpdate):
            await desk.note_status(outbound_id, item)
    return Response(status_code=200)


@router.post("/webhooks/telegram")
async def telegram(request: Request) -> Response:
    """Telegram updates; the secret header is compared in constant time."""
    desk = _desk(request)
    try:
        raw = await _raw(request)
    except BodyTooLarge:
        return Response(status_code=413)
    adapter = desk.channels.get(Channel.TELEGRAM)
    if adapter is None or not adapter.verify(raw):
        log.warning("webhook refused", channel="telegram")
        return Response(status_code=403)
    await _take(desk, adapter, raw)
    return Response(status_code=200)
