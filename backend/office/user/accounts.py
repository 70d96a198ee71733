"""Signing in: passwords (argon2), short-lived access tokens, refresh tokens that work once. Known and unknown names take the same time and answer."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pwdlib import PasswordHash
from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.kit.errors import Conflict, Denied, Invalid, Unauthenticated
from backend.kit.ids import new_id, new_token
from backend.kit.unit_of_work import Actor, UnitOfWork
from backend.office import otp
from backend.office.user.models import LoginRow, SessionRow
from backend.office.user.service import grants_of

ACCESS_LIFE = timedelta(minutes=15)
IDLE_LIFE = timedelta(hours=12)
SESSION_LIFE = timedelta(days=30)
PASSWORD_MIN = 15  # ASVS 5.0 6.2.1 for staff
WRONG_MAX, WRONG_WINDOW, LOCK = 5, timedelta(minutes=30), timedelta(minutes=60)
ADMIN_ROLES = frozenset({"SUPERUSER", "STADMIN", "DIV_ADMIN", "HRMS_ADMIN", "GP_ADMIN", "SARPANCH"})


class SignInRefused(Unauthenticated):
    code, title = "user.sign_in_refused", "Wrong name or password"


class LoginLocked(Conflict):
    code, title = "user.login_locked", "Too many wrong tries; wait an hour"


class TokenRefused(Unauthenticated):
    code, title = "user.token_refused", "The token is not valid any more"


class PasswordTooShort(Invalid):
    code, title = "user.password_too_short", f"A password has at least {PASSWORD_MIN} characters"


class OtpNotEnough(Denied):
    code, title = "user.otp_not_enough", "This account signs in with its password"


@dataclass(frozen=True)
class Session:
    """What signing in gives. `expires_in` in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobody_hash() -> str:
    return _hasher().hash("a password nobody has, to spend the same time")


def _key(uow: UnitOfWork) -> OctKey:
    return OctKey.import_key(uow.tools.secrets.derive("access token"))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def create_login(uow: UnitOfWork, username: str, password: str, *, person_id: UUID | None = None, superuser: bool = False) -> UUID:
    """A login; an existing one gets the new password. PasswordTooShort."""
    if len(password) < PASSWORD_MIN:
        raise PasswordTooShort
    hashed = await asyncio.to_thread(_hasher().hash, password)
    values = {"password_hash": hashed, "person_id": person_id, "superuser": superuser}
    statement = insert(LoginRow).values(id=new_id(), username=username.casefold(), created_at=uow.now, **values)
    done = await uow.session.execute(statement.on_conflict_do_update(index_elements=["username"], set_=values).returning(LoginRow.id))
    return UUID(str(done.scalar_one()))


async def sign_in(uow: UnitOfWork, username: str, password: str) -> Session:
    """A session for a right name and password. SignInRefused, LoginLocked. A wrong try is counted even though the request fails."""
    row = (await uow.session.execute(select(LoginRow).where(LoginRow.username == username.casefold()))).scalar()
    right = await asyncio.to_thread(_hasher().verify, password, row.password_hash if row else _nobody_hash())
    if row is not None and row.locked_until is not None and row.locked_until > uow.now:
        raise LoginLocked
    if row is None or not right:
        if row is not None:
            await _count_wrong(uow, row)
        raise SignInRefused
    await uow.session.execute(update(LoginRow).where(LoginRow.id == row.id).values(wrong=0, wrong_since=None, locked_until=None))
    return await _begin(uow, row.id, row.person_id)


async def _count_wrong(uow: UnitOfWork, row: LoginRow) -> None:
    fresh = row.wrong_since is None or row.wrong_since < uow.now - WRONG_WINDOW
    wrong = 1 if fresh else row.wrong + 1
    locked = uow.now + LOCK if wrong >= WRONG_MAX else None
    values = {"wrong": wrong, "wrong_since": uow.now if fresh else row.wrong_since, "locked_until": locked}
    login_id = row.id
    async with uow.tools.open(uow.actor) as own:  # its own unit: the refused one is undone
        await own.session.execute(update(LoginRow).where(LoginRow.id == login_id).values(**values))


async def sign_in_with_otp(uow: UnitOfWork, request_id: str, code: str) -> Session:
    """A session for a citizen or collector who proves an OTP; OtpNotEnough for an admin."""
    try:
        wanted = UUID(request_id)
    except ValueError as error:
        raise SignInRefused from error
    person_id = await otp.check_otp_of_person(uow, wanted, code, "sign_in")
    if any(role in ADMIN_ROLES for role, _ in await grants_of(uow, person_id)):
        raise OtpNotEnough
    return await _begin(uow, None, person_id)


async def _begin(uow: UnitOfWork, login_id: UUID | None, person_id: UUID | None) -> Session:
    session_id, token = new_id(), new_token(256)
    await uow.session.execute(
        insert(SessionRow).values(
            id=session_id, login_id=login_id, person_id=person_id, refresh_hash=_hash(token), idle_until=uow.now + IDLE_LIFE, ends_at=uow.now + SESSION_LIFE
        )
    )
    return Session(_access_token(uow, session_id), token, int(ACCESS_LIFE.total_seconds()))


def _access_token(uow: UnitOfWork, session_id: UUID) -> str:
    claims = {"sid": str(session_id), "iat": int(uow.now.timestamp()), "exp": int((uow.now + ACCESS_LIFE).timestamp())}
    return jwt.encode({"alg": "HS256"}, claims, _key(uow))


async def refresh(uow: UnitOfWork, token: str) -> Session:
    """A new pair for a refresh token. One that was spent before ends the session: somebody else may hold it."""
    hashed = _hash(token)
    row = (await uow.session.execute(select(SessionRow).where(or_(SessionRow.refresh_hash == hashed, SessionRow.spent_hash == hashed)))).scalar()
    if row is None or row.ended_at is not None or min(row.idle_until, row.ends_at) <= uow.now:
        raise TokenRefused
    if row.spent_hash == hashed:
        session_id = row.id
        async with uow.tools.open(uow.actor) as own:
            await own.session.execute(update(SessionRow).where(SessionRow.id == session_id).values(ended_at=uow.now))
        raise TokenRefused
    fresh = new_token(256)
    moved = await uow.session.execute(
        update(SessionRow)
        .where(SessionRow.id == row.id, SessionRow.refresh_hash == hashed)
        .values(spent_hash=hashed, refresh_hash=_hash(fresh), idle_until=uow.now + IDLE_LIFE)
        .returning(SessionRow.id)
    )
    if moved.first() is None:
        raise TokenRefused
    return Session(_access_token(uow, row.id), fresh, int(ACCESS_LIFE.total_seconds()))


async def _session_id(uow: UnitOfWork, access_token: str) -> UUID:
    try:
        claims = jwt.decode(access_token, _key(uow), algorithms=["HS256"]).claims
        if int(claims["exp"]) <= uow.now.timestamp():
            raise TokenRefused
        return UUID(claims["sid"])
    except (JoseError, KeyError, ValueError, TypeError) as error:
        raise TokenRefused from error


async def actor_of(uow: UnitOfWork, access_token: str) -> Actor:
    """Who holds an access token, with his roles as they are now. TokenRefused."""
    session_id = await _session_id(uow, access_token)
    query = select(SessionRow.person_id, SessionRow.login_id, SessionRow.ended_at, SessionRow.ends_at, LoginRow.superuser).join(
        LoginRow, LoginRow.id == SessionRow.login_id, isouter=True
    )
    row = (await uow.session.execute(query.where(SessionRow.id == session_id))).first()
    if row is None or row.ended_at is not None or row.ends_at <= uow.now:
        raise TokenRefused
    if row.superuser:
        return Actor("employee", row.person_id or row.login_id, None, frozenset({("SUPERUSER", "pb")}))
    grants = await grants_of(uow, row.person_id) if row.person_id else frozenset()
    state_wide = any(t == "pb" for _, t in grants)
    villages = None if state_wide else tuple(sorted({t for _, t in grants}))
    return Actor("employee" if grants else "person", row.person_id, villages, grants)


async def sign_out(uow: UnitOfWork, access_token: str) -> None:
    """End the token's session."""
    await uow.session.execute(update(SessionRow).where(SessionRow.id == await _session_id(uow, access_token)).values(ended_at=uow.now))
