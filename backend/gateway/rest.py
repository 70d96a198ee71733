"""The REST application: every room's paths under /api/v1, each with a permission, or the process does not start."""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute

from backend.gateway import auth
from backend.gateway.errors import add_error_handlers
from backend.gateway.parameters import unknown_refused
from backend.kit.doors import PERMISSION
from backend.kit.house import House
from backend.money.billing.routes import router as bills
from backend.money.collection.routes import router as payments
from backend.money.payment_gateway.routes import webhooks
from backend.office.user.routes import router as people
from backend.office.workflow.routes import router as work_items
from backend.water.billing_run.routes import router as billing_runs
from backend.water.connection.routes import router as households

PREFIX = "/api/v1"
ROUTERS: tuple[APIRouter, ...] = (households, bills, payments, billing_runs, work_items, people)
DESCRIPTION = """Rural water billing: households, bills, payments, receipts and billing runs of the villages you hold a role in.

Sign in at `/api/v1/auth/token`. Money is integer paise. Errors are RFC 9457 problems with a stable `code`. Lists are paged by `cursor`.
A query parameter that a path does not have is refused (422 `request.parameter_unknown`), a village that is not in use is not found (404 `master_data.tenant_not_found`).
POSTs that move money need an `Idempotency-Key`: the same key and body hear the first answer again, another body is refused."""


class RouteWithoutPermission(RuntimeError):
    """A route that declares no permission: nobody could say who may call it."""


def _api() -> APIRouter:
    api = APIRouter(prefix=PREFIX, dependencies=[Depends(auth.authenticate), Depends(unknown_refused(PREFIX))])
    for router in (auth.router, *ROUTERS):
        require_permissions(router)
        api.include_router(router)
    return api


def require_permissions(router: APIRouter) -> None:
    """RouteWithoutPermission unless each of a room's routes declares one."""
    for route in router.routes:
        if isinstance(route, APIRoute) and PERMISSION not in (route.openapi_extra or {}):
            raise RouteWithoutPermission(f"{sorted(route.methods or ())} {route.path}")


def make_rest(app: FastAPI, house: House) -> None:
    """Add the REST door and the payment providers' webhooks to the application."""
    app.state.house = house
    add_error_handlers(app)
    app.include_router(_api())
    app.include_router(webhooks)
