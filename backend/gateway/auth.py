"""Who asks: the bearer token on every request, and the token endpoint (OAuth 2 form: password, otp, refresh_token).

OTP signs in citizens and collectors, never an admin. Wrong user and wrong password take the same path and answer.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, Field

from backend.foundation import access_control, master_data
from backend.gateway.ratelimit import RateLimit
from backend.gateway.requests import client_address
from backend.kit.doors import PERMISSION, PUBLIC, Unit, permit
from backend.kit.errors import Invalid, Unauthenticated
from backend.kit.unit_of_work import ANONYMOUS, SYSTEM, Actor, UnitOfWork
from backend.office import otp, user

BEARER = OAuth2PasswordBearer(tokenUrl="/api/v1/auth/token", auto_error=False)
TOKEN_LIMIT = RateLimit(per_minute=20, burst=20)

router = APIRouter(prefix="/auth", tags=["auth"])


class GrantIncomplete(Invalid):
    code, title = "auth.grant_incomplete", "The form lacks a field of its grant type"


class TokenMissing(Unauthenticated):
    code, title = "auth.token_missing", "Send a bearer token"


class Token(BaseModel):
    """What signing in gives: an access token for `expires_in` seconds and a refresh token that works once."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 OAuth 2's own word


class OtpWanted(BaseModel):
    """Whose phone the OTP goes to."""

    phone: str = Field(examples=["+919000000001"], max_length=20)


class OtpSent(BaseModel):
    """The same answer whether or not the phone is known. Give it back as `username` with the OTP as `password`."""

    request_id: str


async def authenticate(request: Request, token: Annotated[str | None, Depends(BEARER)]) -> None:
    """Put the actor on the request; a route that is not public needs one, with the route's permission in some village at least, and speaks of villages in use only."""
    wanted = (getattr(request.scope.get("route"), "openapi_extra", None) or {}).get(PERMISSION)
    if token is None:
        if wanted != PUBLIC:
            raise TokenMissing
        request.state.actor = SYSTEM if request.url.path.startswith("/api/v1/auth/") else ANONYMOUS
        return
    async with request.app.state.house.open(SYSTEM) as uow:
        actor: Actor = await user.actor_of(uow, token)
        if wanted != PUBLIC:
            access_control.require_anywhere(actor, str(wanted))
            await _require_village(uow, request, actor, str(wanted))
    request.state.actor = actor


async def _require_village(uow: UnitOfWork, request: Request, actor: Actor, wanted: str) -> None:
    """master_data.tenant_not_found for a village that is not in use. Who has no right there hears that from the route, in use or not."""
    village = request.path_params.get("tenant_id")
    if village is not None and wanted in access_control.permissions_of(actor, village):
        await master_data.fetch_tenant(uow, village)


@router.post("/token", openapi_extra=permit(PUBLIC), summary="Sign in")
async def take_token(
    request: Request,
    uow: Unit,
    grant_type: Annotated[Literal["password", "otp", "refresh_token"], Form()],
    username: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
    refresh_token: Annotated[str, Form(max_length=400)] = "",
) -> Token:
    """`password`: username and password of staff. `otp`: the request id as username, the OTP as password. `refresh_token`: a new pair for an old one."""
    TOKEN_LIMIT.take(client_address(request, uow.tools.settings.trusted_proxies))
    if grant_type == "refresh_token":
        if not refresh_token:
            raise GrantIncomplete(fields={"refresh_token": "required"})
        session = await user.refresh(uow, refresh_token)
    elif not (username and password):
        raise GrantIncomplete(fields={"username": "required", "password": "required"})
    elif grant_type == "password":
        session = await user.sign_in(uow, username, password)
    else:
        session = await user.sign_in_with_otp(uow, username, password)
    return Token(access_token=session.access_token, refresh_token=session.refresh_token, expires_in=session.expires_in)


@router.post("/otp", openapi_extra=permit(PUBLIC), summary="Ask for an OTP", status_code=202)
async def ask_otp(request: Request, uow: Unit, wanted: OtpWanted) -> OtpSent:
    """An OTP by message to a registered phone; the answer never says whether it is one."""
    TOKEN_LIMIT.take(client_address(request, uow.tools.settings.trusted_proxies))
    person = await user.find_person_by_phone(uow, wanted.phone)
    request_id = await otp.request_otp(uow, f"sign-in:{wanted.phone}", "sign_in", person.id if person else None)
    return OtpSent(request_id=str(request_id))


@router.post("/sign-out", openapi_extra=permit("self.write"), summary="Sign out", status_code=204)
async def leave(request: Request, uow: Unit, token: Annotated[str, Depends(BEARER)]) -> None:
    """End the session of this token; the next request with it is refused."""
    await user.sign_out(uow, token)
