"""What must hold of people: everyone can be found by the phone he has, and opened; erased ones are erased; roles are real."""

from __future__ import annotations

from sqlalchemy import select

from backend.foundation import encryption, master_data
from backend.kit.cipher import SealBroken
from backend.kit.unit_of_work import UnitOfWork
from backend.kit.verification import Found, run_checks
from backend.office.user.models import PersonRow, RoleGrantRow
from backend.office.user.service import PHONE_FIELD

CHECKS = {
    "I-28 an erased person has no address, role or session": (
        "SELECT count(*) FROM person WHERE phone_index IS NULL",
        """SELECT id::text FROM person p WHERE phone_index IS NULL AND (EXISTS (SELECT 1 FROM person_address a WHERE a.person_id = p.id)
           OR EXISTS (SELECT 1 FROM role_grant g WHERE g.person_id = p.id) OR EXISTS (SELECT 1 FROM login_session s WHERE s.person_id = p.id AND s.ended_at IS NULL))""",
    ),
    "I-22 a spent refresh token is nobody's current one": (
        "SELECT count(*) FROM login_session_spent",
        "SELECT s.id::text FROM login_session s JOIN login_session_spent t ON t.refresh_hash = s.refresh_hash",
    ),
}


async def _persons(uow: UnitOfWork) -> tuple[int, list[str]]:
    cipher = await encryption.cipher(uow, master_data.STATE)
    index_of = await encryption.blind_indexer(uow, PHONE_FIELD)
    count, wrong = 0, []
    rows = await uow.session.stream(select(PersonRow.id, PersonRow.phone_index, PersonRow.phone_sealed, PersonRow.name_sealed))
    async for row in rows:
        count += 1
        try:
            phone, name = cipher.open(row.phone_sealed, f"person:{row.id}:phone"), cipher.open(row.name_sealed, f"person:{row.id}:name")
            fits = bytes(row.phone_index) == index_of(phone) if row.phone_index is not None else phone == "" and name == ""
        except SealBroken:
            fits = False
        if not fits:
            wrong.append(str(row.id))
    return count, wrong


async def _grants(uow: UnitOfWork) -> tuple[int, list[str]]:
    rows = (await uow.session.execute(select(RoleGrantRow.person_id, RoleGrantRow.village, RoleGrantRow.role))).all()
    return len(rows), [f"{r.person_id} {r.role} {r.village}" for r in rows if r.role not in master_data.roles() or master_data.village(r.village) is None]


async def violations(uow: UnitOfWork) -> Found:
    """What `verify` asks of this room."""
    found = await run_checks(uow, CHECKS)
    found["a person opens and is found by his phone"] = await _persons(uow)
    found["a role is one of the masters, in a village of the register"] = await _grants(uow)
    return found
