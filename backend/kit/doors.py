"""What a room's `routes.py` needs of the REST door without knowing it: the unit of work of the request, and the permission a route declares.

The gateway puts the actor on `request.state.actor` before a route runs, refuses to start with a route that declares no permission, and translates
errors. A unit ends before the answer leaves, so that 200 means kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from backend.kit.unit_of_work import ANONYMOUS, UnitOfWork

PERMISSION = "x-permission"
PUBLIC = "public"  # the permission of routes that anybody may call

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


async def _open_unit(request: Request) -> AsyncIterator[UnitOfWork]:
    async with request.app.state.house.open(getattr(request.state, "actor", ANONYMOUS)) as uow:
        yield uow


Unit = Annotated[UnitOfWork, Depends(_open_unit, scope="function")]


def permit(permission: str) -> dict[str, Any]:
    """For `openapi_extra`: the permission an actor needs, "resource.verb"; the gateway checks it against the village the request names."""
    return {PERMISSION: permission}


def client_address(request: Request, trusted_proxies: str) -> str:
    """Whom a limit counts: the peer, or what a trusted proxy (comma separated addresses) says of it: the last address it added."""
    peer = request.client.host if request.client else "unknown"
    trusted = {p.strip() for p in trusted_proxies.split(",") if p.strip()}
    forwarded = request.headers.get("x-forwarded-for", "")
    return forwarded.rsplit(",", 1)[-1].strip() if peer in trusted and forwarded else peer
