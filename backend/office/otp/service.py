"""Asking for and proving a code. Limits of reliability.md S-09 to S-12."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import insert, text, update

from backend.foundation import encryption
from backend.kit.announcements import STATE, Fact
from backend.kit.errors import Conflict, Invalid
from backend.kit.ids import new_id
from backend.kit.unit_of_work import UnitOfWork
from backend.office.otp.models import OtpRow

LIFE_MINUTES = 5
TRIES_MAX = 5
PER_QUARTER_HOUR, PER_DAY = 3, 10


class OtpWrong(Invalid):
    code, title = "otp.wrong", "That code is not right"


class OtpExpired(Conflict):
    code, title = "otp.expired", "That code is over; ask for a new one"


class OtpLocked(Conflict):
    code, title = "otp.locked", "Too many wrong codes; ask for a new one later"


class OtpTooMany(Conflict):
    code, title = "otp.too_many", "Too many codes were asked for; try again later"


class OtpRequested(Fact):
    """A code waits to be sent to its person; the code itself is not in the fact."""

    topic: ClassVar[str] = "otp.requested"
    request_id: UUID


@dataclass(frozen=True)
class Revealed:
    """A code for its one sender."""

    person_id: UUID
    code: str


def _code_hash(uow: UnitOfWork, request_id: UUID, code: str) -> bytes:
    return hmac.new(uow.tools.secrets.derive("otp"), f"{request_id}:{code}".encode(), hashlib.sha256).digest()


async def _refuse_too_many(uow: UnitOfWork, subject: bytes) -> None:
    row = (
        await uow.session.execute(
            text("SELECT count(*) FILTER (WHERE created_at > :quarter) AS quarter, count(*) AS day FROM otp_request WHERE subject_index = :subject AND created_at > :day"),
            {"subject": subject, "quarter": uow.now - timedelta(minutes=15), "day": uow.now - timedelta(days=1)},
        )
    ).one()
    if row.quarter >= PER_QUARTER_HOUR or row.day >= PER_DAY:
        raise OtpTooMany


async def request_otp(uow: UnitOfWork, subject: str, purpose: str, person_id: UUID | None) -> UUID:
    """A new code for a subject; an older one of it ends. With `person_id` None nothing is sent, and nobody can tell. OtpTooMany."""
    index = await encryption.blind_index(uow, "otp_subject", subject)
    await uow.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:subject, 73))"), {"subject": index.hex()})
    await _refuse_too_many(uow, index)
    await uow.session.execute(update(OtpRow).where(OtpRow.subject_index == index, OtpRow.ended.is_(None)).values(ended="replaced", code_sealed=None))
    request_id, code = new_id(), f"{secrets.randbelow(1_000_000):06d}"
    cipher = await encryption.cipher(uow, STATE)
    await uow.session.execute(
        insert(OtpRow).values(
            id=request_id,
            subject_index=index,
            purpose=purpose,
            person_id=person_id,
            code_hash=_code_hash(uow, request_id, code),
            code_sealed=cipher.seal(code, f"otp:{request_id}"),
            expires_at=uow.now + timedelta(minutes=LIFE_MINUTES),
            created_at=uow.now,
        )
    )
    uow.announce(OtpRequested(tenant_id=STATE, request_id=request_id))
    return request_id


async def _try(uow: UnitOfWork, request_id: UUID, code: str) -> Any:
    """Count a try in a unit of its own, so that a refusal does not undo the count."""
    async with uow.tools.open(uow.actor) as own:
        row = (
            await own.session.execute(
                text("UPDATE otp_request SET tries = tries + 1 WHERE id = :id AND tries < :most RETURNING purpose, person_id, code_hash, tries, ended, expires_at"),
                {"id": request_id, "most": TRIES_MAX},
            )
        ).first()
        if row is None:
            return None
        right = hmac.compare_digest(bytes(row.code_hash), _code_hash(own, request_id, code)) and row.person_id is not None
        usable = row.ended is None and row.expires_at > own.now
        if usable and (right or row.tries >= TRIES_MAX):
            ended = "used" if right else "locked"
            await own.session.execute(update(OtpRow).where(OtpRow.id == request_id).values(ended=ended, code_sealed=None))
        return right, usable, row


async def _prove(uow: UnitOfWork, request_id: UUID, code: str) -> Any:
    tried = await _try(uow, request_id, code)
    if tried is None:
        raise OtpLocked
    right, usable, row = tried
    if not usable:
        raise OtpLocked if row.ended == "locked" else OtpExpired
    if not right:
        if row.tries >= TRIES_MAX:
            raise OtpLocked
        raise OtpWrong(tries_left=TRIES_MAX - row.tries)
    return row


async def check_otp(uow: UnitOfWork, request_id: UUID, code: str) -> str:
    """The purpose a right code was asked for; it works once. OtpWrong (fact `tries_left`), OtpExpired, OtpLocked."""
    return str((await _prove(uow, request_id, code)).purpose)


async def check_otp_of_person(uow: UnitOfWork, request_id: UUID, code: str, purpose: str) -> UUID:
    """The person of a right code of that purpose. As `check_otp`."""
    row = await _prove(uow, request_id, code)
    if row.purpose != purpose:
        raise OtpExpired
    return UUID(str(row.person_id))


async def reveal_for_sending(uow: UnitOfWork, request_id: UUID) -> Revealed | None:
    """The code for its one sender while it is good; None when it ended or is nobody's."""
    row = (
        await uow.session.execute(
            text("SELECT person_id, code_sealed FROM otp_request WHERE id = :id AND ended IS NULL AND expires_at > :now AND person_id IS NOT NULL"), {"id": request_id, "now": uow.now}
        )
    ).first()
    if row is None or row.code_sealed is None:
        return None
    return Revealed(row.person_id, (await encryption.cipher(uow, STATE)).open(row.code_sealed, f"otp:{request_id}"))
