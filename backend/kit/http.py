"""The one way out: an HTTP client that talks only to hosts it was given, follows no redirect, and always has a time limit."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx2

from backend.kit.errors import Unavailable

TIMEOUT_S = 10.0
ANSWER_LIMIT_BYTES = 5_000_000


class HostRefused(Unavailable):
    code, title = "http.host_refused", "That host is not on the list"


def origin(url: str) -> str:
    """Scheme, host and port of a URL, as the allow-list compares them."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


class _OnlyTo(httpx2.AsyncBaseTransport):
    def __init__(self, allowed: frozenset[str], inner: httpx2.AsyncBaseTransport) -> None:
        self._allowed = allowed
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if origin(str(request.url)) not in self._allowed:
            raise HostRefused(host=request.url.host)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def make_client(*allowed_urls: str, timeout_s: float = TIMEOUT_S, connections: int = 50) -> httpx2.AsyncClient:
    """A client for these origins only. TLS is always verified; HTTP errors are answers, not exceptions."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    transport = _OnlyTo(frozenset(origin(u) for u in allowed_urls), httpx2.AsyncHTTPTransport(limits=limits, retries=0))
    return httpx2.AsyncClient(transport=transport, timeout=timeout_s, follow_redirects=False, trust_env=False)
