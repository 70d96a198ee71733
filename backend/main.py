"""The backend's part of the web application: REST, pages, the facade's HTTP door, health and metrics."""

from __future__ import annotations

import hmac

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text

from backend.gateway import make_rest
from backend.gateway.requests import RequestFrame
from backend.gateway.rest import DESCRIPTION
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM
from backend.pages import make_pages

VERSION = "0.1.0"
health = APIRouter(include_in_schema=False)


@health.get("/health/live")
async def live() -> PlainTextResponse:
    """The process answers."""
    return PlainTextResponse("ok")


@health.get("/health/ready")
async def ready(request: Request) -> Response:
    """The process can serve: the database answers; 503 else. Parts that may be missing without harm are named with their state."""
    try:
        async with request.app.state.house.open(SYSTEM) as uow:
            await uow.session.execute(text("SELECT 1"))
    except Exception:  # noqa: BLE001 whatever it is, we are not ready
        return JSONResponse({"ready": False}, 503, {"Retry-After": "5"})
    return JSONResponse({"ready": True} | {part: state() for part, state in request.app.state.health.items()})


def _may_look(request: Request, house: House) -> bool:
    if house.settings.env != "production":
        return True
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), house.settings.metrics_token.get_secret_value().encode())


@health.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus figures; a token opens them in production."""
    if not _may_look(request, request.app.state.house):
        return Response(status_code=401)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def make_backend(house: House, **options: object) -> FastAPI:
    """The backend's application over a ready house. The bot adds its webhooks to it where both live in one process."""
    production = house.settings.env == "production"
    app = FastAPI(
        title="mGramSeva Chat",
        version=VERSION,
        description=DESCRIPTION,
        openapi_url=None if production else "/api/v1/openapi.json",
        docs_url=None if production else "/docs",
        redoc_url=None,
        **options,  # type: ignore[arg-type]
    )
    app.state.health = {}
    make_rest(app, house)
    make_pages(app, house)
    app.include_router(health)
    if production:
        _add_guarded_docs(app, house)
    app.add_middleware(RequestFrame, https=house.settings.public_url.startswith("https://"))
    return app


def _add_guarded_docs(app: FastAPI, house: House) -> None:
    async def openapi(request: Request) -> Response:
        return JSONResponse(app.openapi()) if _may_look(request, house) else Response(status_code=401)

    app.add_route("/api/v1/openapi.json", openapi, include_in_schema=False)
