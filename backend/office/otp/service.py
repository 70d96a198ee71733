"""Asking for and proving a code."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, text, update

from backend.foundation import encryption
from backend.kit.announcements import STATE
from backend.kit.beside import open_beside
from backend.kit.ids import new_id
from backend.kit.unit_of_work import UnitOfWork
from backend.office.otp import rules
from backend.office.otp.errors import OtpExpired, OtpLocked, OtpTooMany, OtpWrong
from backend.office.otp.events import OtpRequested
from backend.office.otp.models import OtpRow


@dataclass(frozen=True)
class Revealed:
    """A code for its one sender, and what it was asked for."""

    person_id: UUID
    code: str
    purpose: str

    def __repr__(self) -> str:
        return f"Revealed(person_id={self.person_id!s}, code=…)"


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:subject, 73))")
_COUNTS = text(
    """SELECT count(*) FILTER (WHERE subject_index = :subject AND created_at > :quarter) AS subject_quarter, count(*) FILTER (WHERE subject_index = :subject) AS subject_day,
              count(*) FILTER (WHERE person_id = :person AND created_at > :quarter) AS person_quarter, count(*) FILTER (WHERE person_id = :person) AS person_day
       FROM otp_request WHERE (subject_index = :subject OR person_id = :person) AND created_at > :day"""
)
_TRY = text(
    """UPDATE otp_request SET tries = tries + 1
       WHERE id = :id AND ended IS NULL AND expires_at > :now AND tries < :most AND (CAST(:purpose AS text) IS NULL OR purpose = :purpose)
       RETURNING purpose, person_id, code_hash, tries"""
)
_ENDED = text("SELECT ended FROM otp_request WHERE id = :id")
_SEALED = text("SELECT person_id, code_sealed, purpose FROM otp_request WHERE id = :id AND ended IS NULL AND expires_at > :now AND person_id IS NOT NULL")


def _key(uow: UnitOfWork) -> bytes:
    key: bytes = uow.tools.secrets.derive("otp")
    return key


async def _recipient(uow: UnitOfWork, subject: bytes, person_id: UUID | None) -> UUID | None:
    """Whom to send to. OtpTooMany by subject; a phone that others had too many codes sent to gets none, silently: saying so would say that it is known."""
    counted = {"subject": subject, "person": person_id, "quarter": uow.now - rules.QUARTER, "day": uow.now - rules.DAY}
    counts = (await uow.session.execute(_COUNTS, counted)).one()
    if rules.too_many(counts.subject_quarter, counts.subject_day):
        raise OtpTooMany
    return None if rules.too_many(counts.person_quarter, counts.person_day) else person_id


async def request_otp(uow: UnitOfWork, subject: str, purpose: str, person_id: UUID | None) -> UUID:
    """A new code for a subject and purpose; an older one of them ends. With `person_id` None nothing is sent, and nobody can tell. OtpTooMany.

    `subject` is what the limits count (kept as a keyed hash); normalise it, or other spellings of it get limits of their own.
    """
    index = await encryption.blind_index(uow, "otp_subject", subject)
    await uow.session.execute(_LOCK, {"subject": index.hex()})
    recipient = await _recipient(uow, index, person_id)
    replaced = update(OtpRow).where(OtpRow.subject_index == index, OtpRow.purpose == purpose, OtpRow.ended.is_(None))
    await uow.session.execute(replaced.values(ended="replaced", code_sealed=None))
    request_id, code = new_id(), rules.new_code()
    cipher = await encryption.cipher(uow, STATE)
    await uow.session.execute(
        insert(OtpRow).values(
            id=request_id,
            subject_index=index,
            purpose=purpose,
            person_id=recipient,
            code_hash=rules.code_hash(_key(uow), request_id, code),
            code_sealed=cipher.seal(code, f"otp:{request_id}"),
            expires_at=uow.now + timedelta(minutes=rules.LIFE_MINUTES),
            created_at=uow.now,
        )
    )
    uow.announce(OtpRequested(tenant_id=STATE, request_id=request_id))
    return request_id


async def _prove(uow: UnitOfWork, request_id: UUID, code: str, purpose: str | None) -> Any:
    """The row of a right code, used up. The try is counted beside the caller's unit, so that a refusal does not undo the count."""
    async with open_beside(uow) as own:
        tried = {"id": request_id, "now": uow.now, "most": rules.TRIES_MAX, "purpose": purpose}
        row = (await own.session.execute(_TRY, tried)).first()
        if row is None:
            ended = (await own.session.execute(_ENDED, {"id": request_id})).scalar()
        else:
            same = hmac.compare_digest(bytes(row.code_hash), rules.code_hash(_key(uow), request_id, code))
            ended = "used" if same and row.person_id is not None else "locked" if row.tries >= rules.TRIES_MAX else None
            if ended is not None:
                await own.session.execute(update(OtpRow).where(OtpRow.id == request_id).values(ended=ended, code_sealed=None))
    if ended == "locked":
        raise OtpLocked
    if row is None:
        raise OtpExpired
    if ended is None:
        raise OtpWrong(tries_left=rules.TRIES_MAX - row.tries)
    return row


async def check_otp(uow: UnitOfWork, request_id: UUID, code: str) -> str:
    """The purpose a right code was asked for; it works once. OtpWrong (fact `tries_left`), OtpExpired (also: unknown, used, replaced), OtpLocked."""
    return str((await _prove(uow, request_id, code, None)).purpose)


async def check_otp_of_person(uow: UnitOfWork, request_id: UUID, code: str, purpose: str) -> UUID:
    """The person of a right code of that purpose; a code of another purpose is not touched and OtpExpired. Else as `check_otp`."""
    return UUID(str((await _prove(uow, request_id, code, purpose)).person_id))


async def reveal_for_sending(uow: UnitOfWork, request_id: UUID) -> Revealed | None:
    """The code for its one sender while it is good; None when it ended or is nobody's."""
    row = (await uow.session.execute(_SEALED, {"id": request_id, "now": uow.now})).first()
    if row is None or row.code_sealed is None:
        return None
    code = (await encryption.cipher(uow, STATE)).open(row.code_sealed, f"otp:{request_id}")
    return Revealed(row.person_id, code, row.purpose)


async def forget_old_codes(uow: UnitOfWork) -> int:
    """End what expired, erasing its code, and delete what is older than a day (S-55); answers how many were deleted."""
    await uow.session.execute(update(OtpRow).where(OtpRow.ended.is_(None), OtpRow.expires_at <= uow.now).values(ended="expired", code_sealed=None))
    gone = await uow.session.execute(delete(OtpRow).where(OtpRow.created_at <= uow.now - rules.KEPT).returning(OtpRow.id))
    return len(gone.all())
