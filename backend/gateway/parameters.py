"""Query parameters: one that a path does not have is refused, since a misspelt filter would silently answer everything.

Only REST: pages and webhooks are called with what others add to an address.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request

from backend.kit.errors import Invalid

SHOWN_MAX, NAME_MAX = 10, 60


class ParameterUnknown(Invalid):
    code, title = "request.parameter_unknown", "There is no such query parameter here"


def unknown_refused(prefix: str) -> Callable[[Request], Awaitable[None]]:
    """A dependency of every path below `prefix`: ParameterUnknown, with every name at once, for what the OpenAPI document does not give the path."""

    async def require_known(request: Request) -> None:
        if not request.query_params:
            return
        operation = request.app.openapi()["paths"][prefix + request.scope["route"].path_format][request.method.lower()]
        known = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"}
        unknown = sorted(request.query_params.keys() - known)
        if unknown:
            shown = [name[:NAME_MAX] for name in unknown[:SHOWN_MAX]]
            hint = f"not known here; known: {', '.join(sorted(known)) or 'none'}"
            raise ParameterUnknown(f"Not known here: {', '.join(shown)}", fields={f"query.{name}": hint for name in shown})

    return require_known
