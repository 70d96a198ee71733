"""Registering and finding connections, and readings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import insert, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.foundation import encryption, id_generation
from backend.kit.announcements import Fact
from backend.kit.clock import india_day
from backend.kit.errors import Conflict, Invalid, NotFound
from backend.kit.ids import new_id
from backend.kit.unit_of_work import UnitOfWork
from backend.office import user
from backend.water.connection.models import ConnectionRow, HolderRow, ReadingRow

NUMBER_FORMAT = "waterservice.connection.id"
BUILDINGS = frozenset({"RESIDENTIAL", "COMMERCIAL", "MIXED", "PUBLICSECTOR"})


class ConnectionNotFound(NotFound):
    code, title = "connection.not_found", "There is no such connection"


class NumberTaken(Conflict):
    code, title = "connection.number_taken", "Another connection of the village has that old number"


class ConnectionInvalid(Invalid):
    code, title = "connection.invalid", "The connection's data are not right"


class ReadingNotAllowed(Invalid):
    code, title = "connection.reading_not_allowed", "That reading can't be right"


class ReadingRecorded(Conflict):
    code, title = "connection.reading_recorded", "The reading of that month is there already"


class ConnectionsRegistered(Fact):
    """Connections were registered."""

    topic: ClassVar[str] = "connection.registered"
    count: int
    first_id: UUID


class ConnectionLinked(Fact):
    """A person may see a connection from now on."""

    topic: ClassVar[str] = "connection.linked"
    connection_id: UUID
    person_id: UUID
    how: str


@dataclass(frozen=True)
class NewConnection:
    """A connection to register. `old_connection_no` is what the village calls it, unique there."""

    holder_id: UUID | None
    holder_name: str
    old_connection_no: str
    building: str = "RESIDENTIAL"
    meter_no: str | None = None
    house: str = ""


@dataclass(frozen=True)
class Connection:
    """A household's connection."""

    tenant_id: str
    id: UUID
    connection_no: str
    old_connection_no: str
    holder_id: UUID | None
    holder_name: str
    building: str
    metered: bool
    meter_no: str | None
    active: bool


@dataclass(frozen=True)
class NewReading:
    """A meter's reading at the end of a month, "2026-10"."""

    connection_id: UUID
    period: str
    current: int
    read_on: date


@dataclass(frozen=True)
class Reading:
    """A reading with the one before it, in whole units."""

    connection_id: UUID
    period: str
    previous: int
    current: int


def normal_number(number: str) -> str:
    """How numbers are compared: upper case, no space, leading zeros of its parts kept."""
    return re.sub(r"\s+", "", number).upper()


_COLUMNS = (
    ConnectionRow.tenant_id, ConnectionRow.id, ConnectionRow.connection_no, ConnectionRow.old_connection_no, ConnectionRow.holder_id, ConnectionRow.name_sealed,
    ConnectionRow.building, ConnectionRow.metered, ConnectionRow.meter_no, ConnectionRow.active,
)  # fmt: skip


async def open_rows(uow: UnitOfWork, rows: Sequence[Any]) -> list[Connection]:
    """Connections from rows, names opened."""
    found = []
    for r in rows:
        cipher = await encryption.cipher(uow, r.tenant_id)
        name = cipher.open(r.name_sealed, f"connection:{r.id}:name")
        found.append(Connection(r.tenant_id, r.id, r.connection_no, r.old_connection_no, r.holder_id, name, r.building, r.metered, r.meter_no, r.active))
    return found


def _check(new: NewConnection) -> None:
    faults = {}
    if new.building not in BUILDINGS:
        faults["building"] = f"one of {', '.join(sorted(BUILDINGS))}"
    if not new.old_connection_no.strip() or len(new.old_connection_no) > 64:
        faults["old_connection_no"] = "1 to 64 characters"
    if not new.holder_name.strip() or len(new.holder_name) > 128:
        faults["holder_name"] = "1 to 128 characters"
    if faults:
        raise ConnectionInvalid(fields=faults)


async def register_connections(uow: UnitOfWork, tenant_id: str, news: Sequence[NewConnection]) -> list[UUID]:
    """Register connections of a village in order; ids. All or nothing. ConnectionInvalid, NumberTaken (fact `old_connection_no`)."""
    for new in news:
        _check(new)
    old = [new.old_connection_no.strip() for new in news]
    taken = (await uow.session.execute(select(ConnectionRow.old_connection_no).where(ConnectionRow.tenant_id == tenant_id, ConnectionRow.old_connection_no.in_(old)))).scalar()
    if taken is not None or len(set(old)) < len(old):
        raise NumberTaken(old_connection_no=taken or next(n for n in old if old.count(n) > 1))
    numbers = await id_generation.next_numbers(uow, tenant_id, NUMBER_FORMAT, india_day(uow.now), len(news))
    cipher = await encryption.cipher(uow, tenant_id)
    ids = [new_id() for _ in news]
    rows = [
        {
            "tenant_id": tenant_id,
            "id": made,
            "connection_no": number,
            "normal_no": normal_number(number),
            "old_connection_no": new.old_connection_no.strip(),
            "normal_old_no": normal_number(new.old_connection_no),
            "holder_id": new.holder_id,
            "name_sealed": cipher.seal(new.holder_name.strip(), f"connection:{made}:name"),
            "house_sealed": cipher.seal(new.house, f"connection:{made}:house") if new.house else None,
            "building": new.building,
            "metered": new.meter_no is not None,
            "meter_no": new.meter_no,
            "registered_at": uow.now,
        }
        for made, number, new in zip(ids, numbers, news, strict=True)
    ]
    await uow.session.execute(insert(ConnectionRow), rows)
    held = [(made, new.holder_id) for made, new in zip(ids, news, strict=True) if new.holder_id is not None]
    if held:
        await uow.session.execute(insert(HolderRow), [{"tenant_id": tenant_id, "connection_id": c, "person_id": p, "how": "owner", "since": uow.now} for c, p in held])
        for person_id in {p for _, p in held}:
            await user.add_village(uow, person_id, tenant_id)
    uow.announce(ConnectionsRegistered(tenant_id=tenant_id, count=len(ids), first_id=ids[0]))
    return ids


async def register_connection(uow: UnitOfWork, tenant_id: str, new: NewConnection) -> Connection:
    """Register one."""
    return await fetch_connection(uow, tenant_id, (await register_connections(uow, tenant_id, [new]))[0])


async def fetch_connection(uow: UnitOfWork, tenant_id: str, connection_id: UUID) -> Connection:
    """A connection of a village, or ConnectionNotFound."""
    rows = (await uow.session.execute(select(*_COLUMNS).where(ConnectionRow.tenant_id == tenant_id, ConnectionRow.id == connection_id))).all()
    if not rows:
        raise ConnectionNotFound
    return (await open_rows(uow, rows))[0]


async def require_connection(uow: UnitOfWork, tenant_id: str, connection_id: UUID) -> None:
    """ConnectionNotFound unless it is one of that village; opens nothing."""
    if (await uow.session.execute(select(ConnectionRow.id).where(ConnectionRow.tenant_id == tenant_id, ConnectionRow.id == connection_id))).first() is None:
        raise ConnectionNotFound


async def find_by_id(uow: UnitOfWork, connection_id: UUID) -> Connection:
    """A connection in the villages the unit sees, or ConnectionNotFound: the same for another village's and for none."""
    rows = (await uow.session.execute(select(*_COLUMNS).where(ConnectionRow.id == connection_id))).all()
    if not rows:
        raise ConnectionNotFound
    return (await open_rows(uow, rows))[0]


async def find_by_number(uow: UnitOfWork, number: str) -> Connection | None:
    """The connection of a full number; by its old number only when no two villages in sight share it."""
    normal = normal_number(number)
    rows = (await uow.session.execute(select(*_COLUMNS).where(or_(ConnectionRow.normal_no == normal, ConnectionRow.normal_old_no == normal)).limit(3))).all()
    exact = [r for r in rows if normal_number(r.connection_no) == normal] or rows
    return (await open_rows(uow, exact))[0] if len(exact) == 1 else None


async def list_of_person(uow: UnitOfWork, person_id: UUID) -> list[Connection]:
    """The connections a person may see, in sight of the unit, by village and number."""
    query = select(*_COLUMNS).join(HolderRow, (HolderRow.tenant_id == ConnectionRow.tenant_id) & (HolderRow.connection_id == ConnectionRow.id))
    query = query.where(HolderRow.person_id == person_id, ConnectionRow.active).order_by(ConnectionRow.tenant_id, ConnectionRow.connection_no)
    return await open_rows(uow, (await uow.session.execute(query)).all())


async def may_see(uow: UnitOfWork, person_id: UUID, connection_id: UUID) -> bool:
    """Whether a person holds a connection or was linked to it."""
    query = select(HolderRow.how).where(HolderRow.connection_id == connection_id, HolderRow.person_id == person_id)
    return (await uow.session.execute(query)).first() is not None


async def holders_of(uow: UnitOfWork, tenant_id: str, connection_id: UUID) -> list[UUID]:
    """The owners of a connection."""
    query = select(HolderRow.person_id).where(HolderRow.tenant_id == tenant_id, HolderRow.connection_id == connection_id, HolderRow.how == "owner")
    return list((await uow.session.execute(query)).scalars())


async def link_person(uow: UnitOfWork, tenant_id: str, connection_id: UUID, person_id: UUID, how: str) -> None:
    """A person may see a connection from now on; again is no error."""
    made = await uow.session.execute(
        upsert(HolderRow)
        .values(tenant_id=tenant_id, connection_id=connection_id, person_id=person_id, how=how, since=uow.now)
        .on_conflict_do_nothing()
        .returning(HolderRow.how)
    )
    await user.add_village(uow, person_id, tenant_id)
    if made.first() is not None:
        uow.announce(ConnectionLinked(tenant_id=tenant_id, connection_id=connection_id, person_id=person_id, how=how))


async def list_page(uow: UnitOfWork, tenant_id: str, after: str | None, limit: int) -> list[Connection]:
    """A village's connections by number, from after a number on."""
    query = select(*_COLUMNS).where(ConnectionRow.tenant_id == tenant_id).order_by(ConnectionRow.connection_no).limit(limit)
    return await open_rows(uow, (await uow.session.execute(query.where(ConnectionRow.connection_no > after) if after else query)).all())


async def list_village(uow: UnitOfWork, tenant_id: str) -> list[Connection]:
    """All active connections of a village."""
    query = select(*_COLUMNS).where(ConnectionRow.tenant_id == tenant_id, ConnectionRow.active).order_by(ConnectionRow.id)
    return await open_rows(uow, (await uow.session.execute(query)).all())


async def record_readings(uow: UnitOfWork, tenant_id: str, news: Sequence[NewReading]) -> None:
    """Keep readings of a month; each must not lie under the one before. ReadingNotAllowed, ReadingRecorded (fact `connection_id`)."""
    ids = [n.connection_id for n in news]
    query = select(ReadingRow.connection_id, ReadingRow.period, ReadingRow.current).where(ReadingRow.tenant_id == tenant_id, ReadingRow.connection_id.in_(ids))
    known = list(await uow.session.execute(query.order_by(ReadingRow.period)))
    previous, recorded = {r.connection_id: r.current for r in known}, {(r.connection_id, r.period) for r in known}
    for n in news:
        if (n.connection_id, n.period) in recorded:
            raise ReadingRecorded(connection_id=str(n.connection_id), period=n.period)
        if n.current < previous.get(n.connection_id, 0):
            raise ReadingNotAllowed(connection_id=str(n.connection_id), previous=previous[n.connection_id])
    rows = [
        {
            "tenant_id": tenant_id,
            "connection_id": n.connection_id,
            "period": n.period,
            "previous": previous.get(n.connection_id, n.current),
            "current": n.current,
            "read_on": n.read_on,
        }
        for n in news
    ]
    if rows:
        await uow.session.execute(insert(ReadingRow), rows)


async def record_reading(uow: UnitOfWork, tenant_id: str, new: NewReading) -> Reading:
    """Keep one reading."""
    await record_readings(uow, tenant_id, [new])
    return (await readings_of(uow, tenant_id, [new.connection_id], new.period))[new.connection_id]


async def readings_of(uow: UnitOfWork, tenant_id: str, connection_ids: Sequence[UUID], period: str) -> dict[UUID, Reading]:
    """Readings of a month by connection."""
    query = select(ReadingRow.connection_id, ReadingRow.period, ReadingRow.previous, ReadingRow.current).where(
        ReadingRow.tenant_id == tenant_id, ReadingRow.period == period, ReadingRow.connection_id.in_(connection_ids)
    )
    return {r.connection_id: Reading(*r) for r in await uow.session.execute(query)}
