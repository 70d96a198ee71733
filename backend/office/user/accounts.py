"""Signing in: passwords (argon2), short-lived access tokens, refresh tokens that work once. Known and unknown names take the same path, time and answer."""

from __future__ import annotations

import asyncio
import hashlib
from functools import cache
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pwdlib import PasswordHash
from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from backend.foundation import encryption
from backend.kit.announcements import STATE
from backend.kit.beside import open_beside
from backend.kit.ids import new_id, new_token
from backend.kit.unit_of_work import Actor, UnitOfWork
from backend.office import otp
from backend.office.user import rules
from backend.office.user.errors import (
    NAME_MAX,
    PASSWORD_MAX,
    PASSWORD_MIN,
    LoginLocked,
    LoginNotFound,
    NameInvalid,
    NameTaken,
    OtpNotEnough,
    PasswordTooLong,
    PasswordTooShort,
    SignInRefused,
    TokenRefused,
)
from backend.office.user.events import LoginSet, SessionStolen
from backend.office.user.models import LoginRow, SessionRow, SignInTryRow, SpentTokenRow
from backend.office.user.schemas import Session
from backend.office.user.service import grants_of

ALGORITHM = "HS256"


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobody_hash() -> str:
    return _hasher().hash("a password nobody has, to spend the same time")


def _right(password: str, password_hash: str | None) -> bool:
    """Verifies in the same time whether or not there is a hash."""
    return _hasher().verify(password, password_hash or _nobody_hash()) and password_hash is not None


def _key(uow: UnitOfWork) -> OctKey:
    return OctKey.import_key(uow.tools.secrets.derive("access token"))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()  # a 256-bit random token needs no slow hash


async def _hashed(password: str) -> str:
    if len(password) < PASSWORD_MIN:
        raise PasswordTooShort
    if len(password) > PASSWORD_MAX:
        raise PasswordTooLong
    return await asyncio.to_thread(_hasher().hash, password)


async def add_login(uow: UnitOfWork, username: str, password: str, *, person_id: UUID | None = None, superuser: bool = False) -> UUID:
    """A login of a new name. NameTaken, NameInvalid, PasswordTooShort, PasswordTooLong."""
    if not 1 <= len(username) <= NAME_MAX or not username.isprintable() or username != username.strip():
        raise NameInvalid
    values = {"password_hash": await _hashed(password), "person_id": person_id, "superuser": superuser}
    statement = insert(LoginRow).values(id=new_id(), username=username.casefold(), created_at=uow.now, **values)
    made: UUID | None = (await uow.session.execute(statement.on_conflict_do_nothing().returning(LoginRow.id))).scalar()
    if made is None:
        raise NameTaken
    uow.announce(LoginSet(tenant_id=STATE, login_id=made, superuser=superuser))
    return made


async def set_password(uow: UnitOfWork, username: str, password: str) -> None:
    """A login's new password: its sessions end, a lock on its name goes, its roles stay. LoginNotFound, PasswordTooShort, PasswordTooLong."""
    hashed, folded = await _hashed(password), username.casefold()
    row = (await uow.session.execute(update(LoginRow).where(LoginRow.username == folded).values(password_hash=hashed).returning(LoginRow.id, LoginRow.superuser))).first()
    if row is None:
        raise LoginNotFound
    name = await encryption.blind_index(uow, "login_name", folded)
    await uow.session.execute(delete(SignInTryRow).where(SignInTryRow.name_index == name))
    await uow.session.execute(update(SessionRow).where(SessionRow.login_id == row.id, SessionRow.ended_at.is_(None)).values(ended_at=uow.now))
    uow.announce(LoginSet(tenant_id=STATE, login_id=row.id, superuser=row.superuser))


async def create_login(uow: UnitOfWork, username: str, password: str, *, person_id: UUID | None = None, superuser: bool = False) -> UUID:
    """A login; an existing one gets the new password, person and rank, and its sessions end. For a deployment's own setting up: people use `add_login`."""
    hashed = await _hashed(password)
    values = {"password_hash": hashed, "person_id": person_id, "superuser": superuser}
    statement = insert(LoginRow).values(id=new_id(), username=username.casefold(), created_at=uow.now, **values)
    done = await uow.session.execute(statement.on_conflict_do_update(index_elements=["username"], set_=values).returning(LoginRow.id))
    login_id = UUID(str(done.scalar_one()))
    await uow.session.execute(update(SessionRow).where(SessionRow.login_id == login_id, SessionRow.ended_at.is_(None)).values(ended_at=uow.now))
    uow.announce(LoginSet(tenant_id=STATE, login_id=login_id, superuser=superuser))
    return login_id


# Counts before the password is looked at, so that a hundred tries at once are a hundred tries. The fifth sets the lock; a right one takes it away.
_COUNT_TRY = text(
    """INSERT INTO sign_in_try AS t (name_index, tries, since, locked_until) VALUES (:name, 1, :now, NULL)
       ON CONFLICT (name_index) DO UPDATE SET
         tries = CASE WHEN t.locked_until <= :now OR (t.locked_until IS NULL AND t.since <= :window) THEN 1 ELSE t.tries + 1 END,
         since = CASE WHEN t.locked_until <= :now OR (t.locked_until IS NULL AND t.since <= :window) THEN :now ELSE t.since END,
         locked_until = CASE WHEN t.locked_until > :now THEN t.locked_until
                             WHEN t.locked_until IS NULL AND t.since > :window AND t.tries + 1 >= :most THEN CAST(:until AS timestamptz) END
       RETURNING tries"""
)


async def _count_try(uow: UnitOfWork, name: bytes) -> None:
    """LoginLocked when this name had too many tries. Kept beside the caller's unit, which a refusal undoes."""
    counted = {"name": name, "now": uow.now, "window": uow.now - rules.WRONG_WINDOW, "most": rules.WRONG_MAX, "until": uow.now + rules.LOCK}
    async with open_beside(uow) as own:
        tries = (await own.session.execute(_COUNT_TRY, counted)).scalar_one()
    if tries > rules.WRONG_MAX:
        raise LoginLocked


async def sign_in(uow: UnitOfWork, username: str, password: str) -> Session:
    """A session for a right name and password. SignInRefused; LoginLocked after five wrong ones in half an hour, for an hour, also for a name nobody has."""
    folded = username.casefold()
    name = await encryption.blind_index(uow, "login_name", folded)
    await _count_try(uow, name)
    row = (await uow.session.execute(select(LoginRow.id, LoginRow.person_id, LoginRow.password_hash).where(LoginRow.username == folded))).first()
    right = await asyncio.to_thread(_right, password, row.password_hash if row else None)
    if row is None or not right:
        raise SignInRefused
    await uow.session.execute(delete(SignInTryRow).where(SignInTryRow.name_index == name))
    return await _begin(uow, row.id, row.person_id, rules.STAFF_LIFE)


async def sign_in_with_otp(uow: UnitOfWork, request_id: str, code: str) -> Session:
    """A session for a citizen or collector who proves an OTP of purpose "sign_in". OtpNotEnough for an admin; else as `otp.check_otp`."""
    try:
        wanted = UUID(request_id)
    except ValueError as error:
        raise SignInRefused from error
    person_id = await otp.check_otp_of_person(uow, wanted, code, "sign_in")
    if any(role in rules.ADMIN_ROLES for role, _ in await grants_of(uow, person_id)):
        raise OtpNotEnough
    return await _begin(uow, None, person_id, rules.PERSON_LIFE)


async def _begin(uow: UnitOfWork, login_id: UUID | None, person_id: UUID | None, life: rules.Life) -> Session:
    session_id, token = new_id(), new_token(256)
    who = {"id": session_id, "login_id": login_id, "person_id": person_id}
    await uow.session.execute(insert(SessionRow).values(**who, refresh_hash=_hash(token), idle_until=uow.now + life.idle, ends_at=uow.now + life.whole))
    return _pair(uow, session_id, token)


def _pair(uow: UnitOfWork, session_id: UUID, token: str) -> Session:
    claims = {"sid": str(session_id), "iat": int(uow.now.timestamp()), "exp": int((uow.now + rules.ACCESS_LIFE).timestamp())}
    return Session(jwt.encode({"alg": ALGORITHM}, claims, _key(uow), algorithms=[ALGORITHM]), token, int(rules.ACCESS_LIFE.total_seconds()))


async def refresh(uow: UnitOfWork, token: str) -> Session:
    """A new pair for a refresh token, which is spent by it. TokenRefused; one that was spent before also ends the session: somebody else may hold it."""
    hashed, fresh = _hash(token), new_token(256)
    row = (await uow.session.execute(select(SessionRow).where(SessionRow.refresh_hash == hashed).with_for_update())).scalar()
    if row is None:
        await _end_if_spent(uow, hashed)
        raise TokenRefused
    if row.ended_at is not None or min(row.idle_until, row.ends_at) <= uow.now:
        raise TokenRefused
    life = rules.STAFF_LIFE if row.login_id else rules.PERSON_LIFE
    await uow.session.execute(insert(SpentTokenRow).values(refresh_hash=hashed, session_id=row.id))
    await uow.session.execute(update(SessionRow).where(SessionRow.id == row.id).values(refresh_hash=_hash(fresh), idle_until=uow.now + life.idle))
    return _pair(uow, row.id, fresh)


async def _end_if_spent(uow: UnitOfWork, hashed: bytes) -> None:
    session_id = (await uow.session.execute(select(SpentTokenRow.session_id).where(SpentTokenRow.refresh_hash == hashed))).scalar()
    if session_id is None:
        return
    async with open_beside(uow) as own:
        open_one = update(SessionRow).where(SessionRow.id == session_id, SessionRow.ended_at.is_(None))
        if (await own.session.execute(open_one.values(ended_at=uow.now).returning(SessionRow.id))).first():
            own.announce(SessionStolen(tenant_id=STATE, session_id=session_id))


def _session_id(uow: UnitOfWork, access_token: str) -> UUID:
    try:
        claims = jwt.decode(access_token, _key(uow), algorithms=[ALGORITHM]).claims
        if int(claims["exp"]) <= uow.now.timestamp():
            raise TokenRefused
        return UUID(claims["sid"])
    except (JoseError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise TokenRefused from error


# One round trip: the session, and the person's roles as they are at this moment.
_ACTOR = text(
    """SELECT s.person_id, s.login_id, coalesce(l.superuser, false) AS superuser,
              coalesce((SELECT array_agg(g.role || ' ' || g.village) FROM role_grant g WHERE g.person_id = s.person_id), '{}') AS grants
       FROM login_session s LEFT JOIN login l ON l.id = s.login_id WHERE s.id = :id AND s.ended_at IS NULL AND s.ends_at > :now"""
)


async def actor_of(uow: UnitOfWork, access_token: str) -> Actor:
    """Who holds an access token, with his roles as they are now. TokenRefused, also right after sign-out."""
    row: Any = (await uow.session.execute(_ACTOR, {"id": _session_id(uow, access_token), "now": uow.now})).first()
    if row is None:
        raise TokenRefused
    if row.superuser:
        return Actor("employee", row.person_id or row.login_id, None, frozenset({("SUPERUSER", STATE)}))
    grants = frozenset((role, village) for role, village in (grant.split(" ", 1) for grant in row.grants))
    villages = None if any(at == STATE for _, at in grants) else tuple(sorted({at for _, at in grants}))
    return Actor("employee" if grants else "person", row.person_id, villages, grants)


async def sign_out(uow: UnitOfWork, access_token: str) -> None:
    """End the token's session; a token that is not good any more is TokenRefused."""
    await uow.session.execute(update(SessionRow).where(SessionRow.id == _session_id(uow, access_token), SessionRow.ended_at.is_(None)).values(ended_at=uow.now))


async def forget_old_sessions(uow: UnitOfWork) -> int:
    """Delete sessions that are over, with their spent tokens, and tries whose window and lock have passed; answers how many sessions."""
    gone = await uow.session.execute(
        delete(SessionRow).where((SessionRow.ends_at <= uow.now) | (SessionRow.ended_at <= uow.now - rules.PERSON_LIFE.whole)).returning(SessionRow.id)
    )
    stale = (SignInTryRow.since <= uow.now - rules.WRONG_WINDOW) & (SignInTryRow.locked_until.is_(None) | (SignInTryRow.locked_until <= uow.now))
    await uow.session.execute(delete(SignInTryRow).where(stale))
    return len(gone.all())
