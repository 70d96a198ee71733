"""People, their addresses, villages and roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, delete, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, insert
from sqlalchemy.dialects.postgresql import UUID as SQL_UUID

from backend.foundation import encryption, master_data
from backend.kit.ids import new_id
from backend.kit.unit_of_work import UnitOfWork
from backend.office.user.errors import PersonNotFound, PhoneInvalid, RoleUnknown
from backend.office.user.events import AddressJoined, PersonErased, RoleGranted, RoleRevoked
from backend.office.user.models import AddressRow, PersonRow, PersonVillageRow, RoleGrantRow, SessionRow
from backend.office.user.rules import PHONE_CHANNELS, normal_phone
from backend.office.user.schemas import NewPerson, Person

PHONE_FIELD = "phone"
BATCH = 5_000  # people written in one statement

_COLUMNS = (PersonRow.id, PersonRow.name_sealed, PersonRow.phone_sealed, PersonRow.locale, PersonRow.demo)


async def _person(uow: UnitOfWork, row: Any) -> Person:
    cipher = await encryption.cipher(uow, master_data.STATE)
    return Person(row.id, cipher.open(row.name_sealed, f"person:{row.id}:name"), cipher.open(row.phone_sealed, f"person:{row.id}:phone"), row.locale, row.demo)


async def find_person(uow: UnitOfWork, person_id: UUID) -> Person | None:
    """The person of an id, or None."""
    row = (await uow.session.execute(select(*_COLUMNS).where(PersonRow.id == person_id))).first()
    return await _person(uow, row) if row else None


async def fetch_person(uow: UnitOfWork, person_id: UUID) -> Person:
    """The person of an id, or PersonNotFound."""
    found = await find_person(uow, person_id)
    if found is None:
        raise PersonNotFound
    return found


async def fetch_persons(uow: UnitOfWork, person_ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Those of the ids that exist, in one round trip."""
    rows = await uow.session.execute(select(*_COLUMNS).where(PersonRow.id == any_(literal(list(person_ids), ARRAY(SQL_UUID)))))
    return {row.id: await _person(uow, row) for row in rows}


async def find_person_by_phone(uow: UnitOfWork, phone: str) -> Person | None:
    """The person of a phone in any form, or None; also None for what is no phone."""
    try:
        normal = normal_phone(phone)
    except PhoneInvalid:
        return None
    index = await encryption.blind_index(uow, PHONE_FIELD, normal)
    row = (await uow.session.execute(select(*_COLUMNS).where(PersonRow.phone_index == index))).first()
    return await _person(uow, row) if row else None


async def find_person_by_address(uow: UnitOfWork, channel: str, address: str) -> Person | None:
    """Whom a channel's address stands for: the phone itself, or what was proven for it."""
    if channel in PHONE_CHANNELS:
        return await find_person_by_phone(uow, address)
    index = await encryption.blind_index(uow, f"address:{channel}", address)
    query = select(*_COLUMNS).join(AddressRow, AddressRow.person_id == PersonRow.id).where(AddressRow.channel == channel, AddressRow.address_index == index)
    row = (await uow.session.execute(query)).first()
    return await _person(uow, row) if row else None


async def find_address(uow: UnitOfWork, person_id: UUID, channel: str) -> str | None:
    """The newest address a person proved on a channel."""
    query = select(AddressRow.address_sealed).where(AddressRow.person_id == person_id, AddressRow.channel == channel).order_by(AddressRow.proven_at.desc())
    sealed = (await uow.session.execute(query)).scalar()
    return (await encryption.cipher(uow, master_data.STATE)).open(sealed, f"person_address:{channel}:{person_id}") if sealed else None


async def register_persons(uow: UnitOfWork, people: Sequence[NewPerson]) -> list[UUID]:
    """Find or make people by phone, in the order given; ids. A known person keeps his name and language. PhoneInvalid."""
    index_of = await encryption.blind_indexer(uow, PHONE_FIELD)
    phones = [normal_phone(new.phone) for new in people]
    indexes = [index_of(phone) for phone in phones]
    by_index: dict[bytes, UUID] = {}
    firsts = {index: (phone, new) for index, phone, new in reversed(list(zip(indexes, phones, people, strict=True)))}
    keys = sorted(firsts)  # in one order everywhere, so that two registrations can't wait for each other
    for start in range(0, len(keys), BATCH):
        by_index |= await _register(uow, {index: firsts[index] for index in keys[start : start + BATCH]})
    return [by_index[index] for index in indexes]


async def _register(uow: UnitOfWork, people: dict[bytes, tuple[str, NewPerson]]) -> dict[bytes, UUID]:
    cipher = await encryption.cipher(uow, master_data.STATE)
    rows = []
    for index, (phone, new) in people.items():
        made = new_id()
        row = {
            "id": made,
            "phone_index": index,
            "phone_sealed": cipher.seal(phone, f"person:{made}:phone"),
            "name_sealed": cipher.seal(new.name, f"person:{made}:name"),
        }
        rows.append(row | {"locale": new.locale, "demo": new.demo, "created_at": uow.now})
    await uow.session.execute(insert(PersonRow).on_conflict_do_nothing(), rows)
    wanted = any_(literal(list(people), ARRAY(BYTEA)))
    found = await uow.session.execute(select(PersonRow.phone_index, PersonRow.id).where(PersonRow.phone_index == wanted))
    return {bytes(row.phone_index): row.id for row in found}


async def register_person(uow: UnitOfWork, new: NewPerson) -> Person:
    """Find or make one person."""
    return await fetch_person(uow, (await register_persons(uow, [new]))[0])


async def join_address(uow: UnitOfWork, channel: str, address: str, person_id: UUID) -> None:
    """A channel's address is proven to be this person's; it leaves whoever had it."""
    index = await encryption.blind_index(uow, f"address:{channel}", address)
    key = (AddressRow.channel == channel, AddressRow.address_index == index)
    before = (await uow.session.execute(select(AddressRow.person_id).where(*key).with_for_update())).scalar()
    sealed = (await encryption.cipher(uow, master_data.STATE)).seal(address, f"person_address:{channel}:{person_id}")
    values = {"person_id": person_id, "address_sealed": sealed, "proven_at": uow.now}
    statement = insert(AddressRow).values(channel=channel, address_index=index, **values)
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["channel", "address_index"], set_=values))
    if before != person_id:
        uow.announce(AddressJoined(tenant_id=master_data.STATE, person_id=person_id, channel=channel, left=before))
        await uow.flush()  # now: the unit may go on to see the person's villages only, and then can't write to the state's chain


async def set_locale(uow: UnitOfWork, person_id: UUID, locale: str) -> None:
    """Keep a person's language."""
    await uow.session.execute(update(PersonRow).where(PersonRow.id == person_id).values(locale=locale))


async def villages_of(uow: UnitOfWork, person_id: UUID) -> list[str]:
    """The villages where a person has something to see, by id."""
    rows = await uow.session.execute(select(PersonVillageRow.village).where(PersonVillageRow.person_id == person_id).order_by(PersonVillageRow.village))
    return list(rows.scalars())


async def add_village(uow: UnitOfWork, person_id: UUID, tenant_id: str) -> None:
    """A person has something to see in a village."""
    await uow.session.execute(insert(PersonVillageRow).values(person_id=person_id, village=tenant_id).on_conflict_do_nothing())


async def grant_role(uow: UnitOfWork, person_id: UUID, tenant_id: str, role: str) -> None:
    """Give a role in a village or the state; again is no error."""
    if role not in master_data.roles():
        raise RoleUnknown(role=role)
    made = await uow.session.execute(
        insert(RoleGrantRow).values(person_id=person_id, village=tenant_id, role=role, granted_at=uow.now).on_conflict_do_nothing().returning(RoleGrantRow.role)
    )
    if made.first():
        uow.announce(RoleGranted(tenant_id=tenant_id, person_id=person_id, role=role))


async def revoke_role(uow: UnitOfWork, person_id: UUID, tenant_id: str, role: str) -> None:
    """Take a role away; the next request already feels it."""
    gone = await uow.session.execute(
        delete(RoleGrantRow)
        .where(RoleGrantRow.person_id == person_id, RoleGrantRow.village == tenant_id, RoleGrantRow.role == role)
        .returning(RoleGrantRow.role)
    )
    if gone.first():
        uow.announce(RoleRevoked(tenant_id=tenant_id, person_id=person_id, role=role))


async def grants_of(uow: UnitOfWork, person_id: UUID) -> frozenset[tuple[str, str]]:
    """(role, village) pairs of a person."""
    rows = await uow.session.execute(select(RoleGrantRow.role, RoleGrantRow.village).where(RoleGrantRow.person_id == person_id))
    return frozenset((r.role, r.village) for r in rows)


async def list_people_with_role(uow: UnitOfWork, tenant_id: str, role: str) -> list[UUID]:
    """Who holds a role in a village itself."""
    rows = await uow.session.execute(
        select(RoleGrantRow.person_id).where(RoleGrantRow.village == tenant_id, RoleGrantRow.role == role).order_by(RoleGrantRow.person_id)
    )
    return list(rows.scalars())


async def erase_person(uow: UnitOfWork, person_id: UUID) -> None:
    """Name, phone and addresses go, roles and sessions end; the id stays, because payments refer to it. Again is no error. PersonNotFound.

    The phone is free to be registered anew, as another person.
    """
    cipher = await encryption.cipher(uow, master_data.STATE)
    values = {
        "phone_index": None,
        "phone_sealed": cipher.seal("", f"person:{person_id}:phone"),
        "name_sealed": cipher.seal("", f"person:{person_id}:name"),
        "locale": None,
    }
    known = await uow.session.execute(select(PersonRow.phone_index).where(PersonRow.id == person_id).with_for_update())
    row = known.first()
    if row is None:
        raise PersonNotFound
    await uow.session.execute(update(PersonRow).where(PersonRow.id == person_id).values(**values))
    await uow.session.execute(delete(AddressRow).where(AddressRow.person_id == person_id))
    for role, village in sorted(await grants_of(uow, person_id)):
        await revoke_role(uow, person_id, village, role)
    await uow.session.execute(update(SessionRow).where(SessionRow.person_id == person_id, SessionRow.ended_at.is_(None)).values(ended_at=uow.now))
    if row.phone_index is not None:
        uow.announce(PersonErased(tenant_id=master_data.STATE, person_id=person_id))
