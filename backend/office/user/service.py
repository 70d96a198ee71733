"""People and their roles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import phonenumbers
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.foundation import encryption, master_data
from backend.kit.announcements import Fact
from backend.kit.errors import Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.unit_of_work import UnitOfWork
from backend.office.user.models import AddressRow, PersonRow, PersonVillageRow, RoleGrantRow

PHONE_FIELD = "phone"
# Channels whose address is the phone itself, vouched for by the provider.
PHONE_CHANNELS = frozenset({"whatsapp", "sms", "console"})


class PersonNotFound(NotFound):
    code, title = "user.person_not_found", "There is no such person"


class PhoneInvalid(Invalid):
    code, title = "user.phone_invalid", "That is not an Indian mobile number"


class RoleUnknown(Invalid):
    code, title = "user.role_unknown", "There is no such role"


class RoleGranted(Fact):
    """A person may do more in a village."""

    topic: ClassVar[str] = "user.role_granted"
    person_id: UUID
    role: str


class RoleRevoked(Fact):
    """A person may do less in a village."""

    topic: ClassVar[str] = "user.role_revoked"
    person_id: UUID
    role: str


@dataclass(frozen=True)
class Person:
    """Somebody with a phone, E.164. `name` may be empty. `demo`: invented, never written to at a provider's default host."""

    id: UUID
    name: str
    phone: str
    locale: str | None
    demo: bool


@dataclass(frozen=True)
class NewPerson:
    """A person to register."""

    phone: str
    name: str
    locale: str | None = None
    demo: bool = False


def normal_phone(phone: str) -> str:
    """An Indian mobile number as E.164; PhoneInvalid for anything else."""
    try:
        parsed = phonenumbers.parse(phone, "IN")
    except phonenumbers.NumberParseException as error:
        raise PhoneInvalid from error
    national = str(parsed.national_number)
    if parsed.country_code != 91 or len(national) != 10 or national[0] not in "6789":
        raise PhoneInvalid
    return f"+91{national}"


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
    """Those of the ids that exist."""
    rows = await uow.session.execute(select(*_COLUMNS).where(PersonRow.id.in_(person_ids)))
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
    """Find or make people by phone, in the order given; ids. A known person keeps his name."""
    cipher = await encryption.cipher(uow, master_data.STATE)
    rows: dict[bytes, dict[str, Any]] = {}
    indexes = []
    for new in people:
        phone = normal_phone(new.phone)
        index = await encryption.blind_index(uow, PHONE_FIELD, phone)
        indexes.append(index)
        made = new_id()
        rows.setdefault(
            index,
            {
                "id": made,
                "phone_index": index,
                "phone_sealed": cipher.seal(phone, f"person:{made}:phone"),
                "name_sealed": cipher.seal(new.name, f"person:{made}:name"),
                "locale": new.locale,
                "demo": new.demo,
                "created_at": uow.now,
            },
        )
    await uow.session.execute(insert(PersonRow).on_conflict_do_nothing(), list(rows.values()))
    found = await uow.session.execute(select(PersonRow.phone_index, PersonRow.id).where(PersonRow.phone_index.in_(list(rows))))
    by_index = {bytes(row.phone_index): row.id for row in found}
    return [by_index[index] for index in indexes]


async def register_person(uow: UnitOfWork, new: NewPerson) -> Person:
    """Find or make one person."""
    return await fetch_person(uow, (await register_persons(uow, [new]))[0])


async def join_address(uow: UnitOfWork, channel: str, address: str, person_id: UUID) -> None:
    """A channel's address is proven to be this person's; it leaves whoever had it."""
    index = await encryption.blind_index(uow, f"address:{channel}", address)
    sealed = (await encryption.cipher(uow, master_data.STATE)).seal(address, f"person_address:{channel}:{person_id}")
    values = {"person_id": person_id, "address_sealed": sealed, "proven_at": uow.now}
    statement = insert(AddressRow).values(channel=channel, address_index=index, **values)
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["channel", "address_index"], set_=values))


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
        delete(RoleGrantRow).where(RoleGrantRow.person_id == person_id, RoleGrantRow.village == tenant_id, RoleGrantRow.role == role).returning(RoleGrantRow.role)
    )
    if gone.first():
        uow.announce(RoleRevoked(tenant_id=tenant_id, person_id=person_id, role=role))


async def grants_of(uow: UnitOfWork, person_id: UUID) -> frozenset[tuple[str, str]]:
    """(role, village) pairs of a person."""
    rows = await uow.session.execute(select(RoleGrantRow.role, RoleGrantRow.village).where(RoleGrantRow.person_id == person_id))
    return frozenset((r.role, r.village) for r in rows)


async def list_people_with_role(uow: UnitOfWork, tenant_id: str, role: str) -> list[UUID]:
    """Who holds a role in a village itself."""
    rows = await uow.session.execute(select(RoleGrantRow.person_id).where(RoleGrantRow.village == tenant_id, RoleGrantRow.role == role).order_by(RoleGrantRow.person_id))
    return list(rows.scalars())


