"""What every request gets: an id that logs carry, the caller's address behind trusted proxies only, and answers that nobody may frame or sniff."""

from __future__ import annotations

import re

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.kit.ids import new_id

GIVEN_ID = re.compile(r"^[A-Za-z0-9_-]{8,64}$")
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class RequestFrame:
    """ASGI middleware around everything. Bodies over `body_limit` bytes are refused by their declared length."""

    def __init__(self, app: ASGIApp, *, https: bool, body_limit: int = 10_000_000) -> None:
        self.app = app
        self.https = https
        self.body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        request_id = given if GIVEN_ID.match(given) else str(new_id())
        scope.setdefault("state", {})["request_id"] = request_id
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self.body_limit:
            await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return

        async def framed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message), request_id)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self.app(scope, receive, framed)

    def _add_headers(self, headers: MutableHeaders, request_id: str) -> None:
        headers["X-Request-Id"] = request_id
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
        if self.https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")


def client_address(request: Request, trusted_proxies: str) -> str:
    """Whom a limit counts: the peer, or what a trusted proxy says of it (the last address it added)."""
    peer = request.client.host if request.client else "unknown"
    trusted = {p.strip() for p in trusted_proxies.split(",") if p.strip()}
    forwarded = request.headers.get("x-forwarded-for", "")
    if peer in trusted and forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return peer


