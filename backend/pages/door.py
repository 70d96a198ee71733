"""The web pages' door: who knocks, in which language, and what every answer has in common. A page's own file decides nothing of this.

GET and HEAD change nothing, whoever fetches them: preview robots of messengers open every link. Only POST acts, and only from our own pages.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import structlog
from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend.kit.doors import client_address
from backend.kit.errors import NotFound, Unavailable
from backend.kit.house import House
from backend.pages.limits import MissLimit
from backend.pages.rendering import page
from backend.pages.rules import choose_locale, clean_code, inner_path
from backend.pages.views import MessageView

log = structlog.get_logger(__name__)

FORM_LIMIT_BYTES = 4_096  # an amount and a hidden field


class Missing(NotFound):
    """No such link, receipt or code; the page says so without saying what exists."""

    code, title = "pages.missing", "There is nothing here"


class FromElsewhere(Exception):
    """A form that another website sent."""


class FormTooLarge(Exception):
    """A form no page of ours makes."""


def house_of(request: Request) -> House:
    """The process's tools."""
    house: House = request.app.state.house
    return house


def code_in(given: str) -> str:
    """The code of a link without what a message stuck to it; Missing when it can't be ours."""
    code = clean_code(given)
    if code is None:
        raise Missing
    return code


def locale_of(request: Request, person: str | None = None) -> str:
    """The reader's language; `person`: the one the register knows of the person the link was made for."""
    return choose_locale(request.query_params.get("lang"), person, request.headers.get("accept-language"))


def message(request: Request, key: str, status: int, person: str | None = None, *, retry_after_s: int | None = None) -> Response:
    """One calm sentence as a page, in the reader's language."""
    headers = {"Retry-After": str(retry_after_s)} if retry_after_s else {}
    return page("message.html", MessageView(key=key), locale_of(request, person), path=inner_path(request.url.path) or "/", status=status, headers=headers)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form of ours; FromElsewhere when another site sent it.

    There is no cookie an attacker could ride on, and the address itself is the secret; this holds the rule all the same. Our pages send no
    referrer, so browsers say `Origin: null` of our own forms too: what counts is Sec-Fetch-Site, and Origin only where it names somebody.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise FromElsewhere
    if site is None and origin not in (None, "null") and urlsplit(origin).netloc not in _own_hosts(request):
        raise FromElsewhere
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_LIMIT_BYTES:
            raise FormTooLarge
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))


def _own_hosts(request: Request) -> set[str]:
    settings = house_of(request).settings
    return {urlsplit(settings.public_url).netloc, urlsplit(settings.short_origin).netloc, request.headers.get("host", "")}


class PageRoute(APIRoute):
    """A route whose troubles are told as pages: nothing here, slow down, not now."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            limit: MissLimit = request.app.state.page_misses
            address = client_address(request, house_of(request).settings.trusted_proxies)
            if limit.is_over(address):
                return message(request, "slow", 429, retry_after_s=60)
            try:
                return await handle(request)
            except NotFound as missing:
                limit.note(address)
                return message(request, "verify.unknown" if request.url.path.startswith("/verify/") else "missing", missing.status)
            except (FromElsewhere, FormTooLarge) as refused:
                return message(request, "elsewhere", 403 if isinstance(refused, FromElsewhere) else 413)
            except (Unavailable, DBAPIError, InterfaceError, PoolTimeout, OSError) as trouble:
                log.warning("page not served", error=type(trouble).__name__, page=self.name)
                return message(request, "trouble", 503, retry_after_s=30)
            except Exception:
                log.exception("page broke", page=self.name)
                return message(request, "trouble", 500)

        return told
