"""Errors as RFC 9457 problem JSON: stable `code`, every field fault at once, never a stack, SQL or a person's data."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from backend.kit.errors import Fault

log = structlog.get_logger(__name__)
NO_SUCH_CHARACTER = "22021"  # what the database says of a text with a NUL, in a path as in a body
MEDIA_TYPE = "application/problem+json"


def problem(request: Request, status: int, code: str, title: str, detail: str = "", **more: object) -> JSONResponse:
    """One problem answer."""
    body = {"type": f"urn:mgramseva:problem:{code}", "title": title, "status": status, "code": code, "request_id": getattr(request.state, "request_id", None)}
    if detail and detail != title:
        body["detail"] = detail
    headers = {"Cache-Control": "no-store"}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "5"
    return JSONResponse({**body, **{k: v for k, v in more.items() if v}}, status, headers, media_type=MEDIA_TYPE)


async def _fault(request: Request, error: Exception) -> Response:
    assert isinstance(error, Fault)
    fields = [{"path": path, "message": message} for path, message in error.fields.items()]
    return problem(request, error.status, error.code, error.title, error.detail, fields=fields, facts={k: str(v) if not isinstance(v, int) else v for k, v in error.facts.items()})


async def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = [{"path": ".".join(str(p) for p in e["loc"]), "message": e["msg"]} for e in error.errors()]
    return problem(request, 422, "request.invalid", "The request is not valid", fields=fields)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    return problem(request, error.status_code, f"http.{error.status_code}", phrase)


async def _database(request: Request, error: Exception) -> Response:
    log.error("database refused", error=type(error).__name__)
    return problem(request, 503, "unavailable", "Not available right now")


def _is_unstorable(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == NO_SUCH_CHARACTER


def add_error_handlers(app: FastAPI) -> None:
    """Translate every error that leaves a route; what nobody expected is logged with the request id and answered without detail."""
    app.add_exception_handler(Fault, _fault)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    for kind in (OperationalError, PoolTimeout, ConnectionError):
        app.add_exception_handler(kind, _database)

    async def last_resort(request: Request, error: Exception) -> Response:
        if _is_unstorable(error):
            return problem(request, 422, "request.invalid", "The request is not valid")
        log.error("request broke", error=type(error).__name__, exc_info=error)
        return problem(request, 500, "internal", "Something went wrong on our side")

    app.add_exception_handler(DBAPIError, last_resort)
    app.add_exception_handler(Exception, last_resort)


