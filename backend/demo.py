"""The demo: real villages and tariffs of Punjab, invented households, three months of demands and payments made by the rooms' own services.

Deterministic by its seed. Everybody made here is marked as invented: nothing is ever sent to them at a provider's default host.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from backend.foundation import master_data
from backend.kit.clock import INDIA, india_day
from backend.kit.house import House
from backend.kit.jobs import Listeners
from backend.kit.money import Money
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.money import billing, collection
from backend.office import user
from backend.water import billing_run, connection

VILLAGES = ("pb.abadighratian", "pb.abianakalan", "pb.abianakhurd")
CONTACTS = ("+919000000201", "+919000000102")  # of the first villages; the third has none, and its people are sent to the office
HOUSEHOLDS, MONTHS, SEED = 120, 3, 7
MEN = (
    "Gurpreet Harjit Balwinder Sukhdev Jaswant Kulwinder Ranjit Manjit Paramjit Surinder Amarjit Baldev Charanjit Darshan Gurmeet Hardeep Jagdish Karnail Lakhbir Mohinder "
    "Nirmal Om Pritam Ramesh Satnam Tarsem Ujagar Vijay Avtar Bhupinder Chaman Des Fauja Gian Hans Ishwar Jeet Kashmir Labh Mukhtiar"
).split()
WOMEN = (
    "Simran Harpreet Manpreet Jasbir Kamaljit Rajinder Sukhwinder Parminder Kiran Nasib "
    "Gurdev Surjit Balbir Charan Daljit Amandeep Navjot Ravinder Shanti Kamla"
).split()
OTHER_NAMES = ["Kumar", "Lal", "Ram", "Chand", "Dass", "Sharma", "Verma"]


@dataclass(frozen=True)
class Somebody:
    """A person scripts may talk to. `homes`: (village index, metered)."""

    phone: str
    label: str
    describe: str
    locale: str
    name: str
    homes: tuple[tuple[int, bool], ...] = ()
    role: tuple[str, str] | None = None
    pays: str = "all_but_last"


PEOPLE = (
    Somebody("+919000000001", "Villager, Hindi", "One flat connection in village 1; last month is unpaid.", "hi", "Ramesh Kumar", ((0, False),)),
    Somebody("+919000000002", "Villager, Punjabi, two connections", "Arrears on one connection, an advance on the other.", "pa", "Gurpreet Singh", ((0, False), (0, False)), pays="none_and_ahead"),
    Somebody("+919000000003", "Villager, English, metered", "A metered connection in village 1.", "en", "Vijay Sharma", ((0, True),)),
    Somebody("+919000000004", "Nobody we know", "Not in any register.", "", ""),
    Somebody("+919000000005", "Villager, Punjabi, two villages", "Households in villages 1 and 2.", "pa", "Manjit Kaur", ((0, False), (1, False))),
    Somebody("+919000000006", "Villager of village 2, Hindi", "Unpaid in village 2.", "hi", "Sunita Devi", ((1, False),), pays="none"),
    Somebody("+919000000101", "Collector of village 1", "May log cash in village 1.", "pa", "Balwinder Singh", role=("COLLECTION_OPERATOR", VILLAGES[0])),
    Somebody("+919000000102", "Collector of village 2", "May log cash in village 2.", "pa", "Jaswant Kaur", role=("COLLECTION_OPERATOR", VILLAGES[1])),
    Somebody("+919000000201", "Sarpanch of village 1", "Village admin (GP_ADMIN).", "pa", "Harjit Singh", role=("GP_ADMIN", VILLAGES[0])),
    Somebody("+919000000301", "Division officer", "Sees the villages of the division.", "en", "A. Division", role=("DIV_ADMIN", VILLAGES[0])),
    Somebody("+919000000401", "State user", "Sees every village.", "en", "S. State", role=("STADMIN", "pb")),
)


@dataclass
class Progress:
    """What a seed did."""

    villages: int = 0
    households: int = 0
    demands: int = 0
    payments: int = 0
    connections: dict[str, list[UUID]] = field(default_factory=dict)


def invented_name(random: Random) -> str:
    """A believable name of the region, in Latin script."""
    if random.random() < 0.35:
        return f"{random.choice(WOMEN)} {random.choice(('Kaur', 'Kaur', 'Devi', 'Rani'))}"
    return f"{random.choice(MEN)} {'Singh' if random.random() < 0.75 else random.choice(OTHER_NAMES)}"


def past_months(today: date, count: int) -> list[str]:
    """The last full months, oldest first."""
    months, cursor = [], today.replace(day=1)
    for _ in range(count):
        cursor = (cursor - timedelta(days=1)).replace(day=1)
        months.append(f"{cursor:%Y-%m}")
    return months[::-1]


async def is_seeded(house: House) -> bool:
    """Whether the demo's villages are in use."""
    async with house.open(SYSTEM) as uow:
        return set(VILLAGES) <= set(await master_data.find_tenants(uow))


async def seed_demo(house: House, say: Callable[[str], None] = lambda _: None) -> Progress | None:
    """Seed the demo once; None when it was seeded before."""
    if await is_seeded(house):
        return None
    return await seed(house, len(VILLAGES), HOUSEHOLDS, MONTHS, SEED, say=say)


async def seed(house: House, villages: int, households: int, months: int = MONTHS, seed_number: int = SEED, say: Callable[[str], None] = lambda _: None) -> Progress:
    """Seed villages with households, history and, in the demo's own villages, the demo's people. One unit of work a village and month."""
    progress, clock, wiring = Progress(), house.clock, house.wiring
    house.rewired(replace(wiring, listeners=Listeners()))  # history is not news: nobody is told of it
    today = india_day(clock())
    chosen = _villages(villages)
    try:
        for index, tenant_id in enumerate(chosen):
            random = Random(f"{seed_number}:{tenant_id}")  # noqa: S311 invented households, not secrets
            house.clock = lambda: datetime.combine(today.replace(day=1) - timedelta(days=31 * months + 10), time(10), INDIA)
            async with house.open(SYSTEM) as uow:
                known = await _populate(uow, tenant_id, index, households, random, progress)
            for month in past_months(today, months):
                await _bill_month(house, tenant_id, month, today, known, random, progress, last=month == past_months(today, 1)[0])
            say(f"{master_data.village_name(tenant_id)}: {households} households")
    finally:
        house.clock = clock
        house.rewired(wiring)
    async with house.open(SYSTEM) as uow:
        await _give_roles(uow, chosen)
    return progress


def _villages(count: int) -> list[str]:
    others = (t for t in sorted(master_data.villages()) if t.count(".") == 1 and t not in VILLAGES and t != "pb.testing" and master_data.tariff_plan(t))
    return [*VILLAGES[:count], *(next(others) for _ in range(max(0, count - len(VILLAGES))))]


@dataclass(frozen=True)
class _Home:
    connection_id: UUID
    person_id: UUID
    pays: str
    metered: bool


async def _populate(uow: UnitOfWork, tenant_id: str, index: int, households: int, random: Random, progress: Progress) -> list[_Home]:
    await master_data.create_tenant(uow, tenant_id)
    await master_data.change_tenant(uow, tenant_id, master_data.TenantChange(upi_vpa=f"{tenant_id.removeprefix('pb.')}@simulator"))  # no bank has this handle
    homes = [(p.name, p.phone, p.locale, metered, p.pays) for p in PEOPLE for i, metered in p.homes if tenant_id in VILLAGES and i == index]
    while len(homes) < households:
        pays = random.choices(("all", "all_but_last", "some", "none"), (45, 30, 15, 10))[0]
        phone = f"+917{index % 1000:03d}{len(homes):06d}"
        homes.append((invented_name(random), phone, random.choice(("pa", "pa", "hi", "en")), random.random() < 0.12, pays))
    ids = await user.register_persons(uow, [user.NewPerson(phone, name, locale, demo=True) for name, phone, locale, _, _ in homes])
    news = [
        connection.NewConnection(
            holder_id=person_id,
            holder_name=name,
            old_connection_no=f"{number:04d}",
            building="RESIDENTIAL" if random.random() < 0.95 else "COMMERCIAL",
            meter_no=f"M{index + 1}{number:05d}" if metered else None,
            house=f"House {number}",
        )
        for number, (person_id, (name, _, _, metered, _)) in enumerate(zip(ids, homes, strict=True), 1)
    ]
    made = await connection.register_connections(uow, tenant_id, news)
    progress.villages += 1
    progress.households += len(made)
    first = [(c, i) for i, c in enumerate(made) if news[i].meter_no]
    day = india_day(uow.now)
    await connection.record_readings(uow, tenant_id, [connection.NewReading(c, "2000-01", 100 + 7 * i, day) for c, i in first])
    return _homes(made, ids, homes)


def _homes(made: list[UUID], ids: list[UUID], homes: list[tuple[str, str, str, bool, str]]) -> list[_Home]:
    known, seen = [], set()
    for connection_id, person_id, (_, phone, _, metered, pays) in zip(made, ids, homes, strict=True):
        how = ("ahead" if phone in seen else "none") if pays == "none_and_ahead" else pays
        seen.add(phone)
        known.append(_Home(connection_id, person_id, how, metered))
    return known


async def _bill_month(house: House, tenant_id: str, month: str, today: date, homes: list[_Home], random: Random, progress: Progress, *, last: bool) -> None:
    year, number = (int(p) for p in month.split("-"))
    after = date(year + number // 12, number % 12 + 1, 4)
    billed_on = min(after, today)
    house.clock = lambda: datetime.combine(billed_on, time(9, 30), INDIA)
    async with house.open(SYSTEM) as uow:
        readings = []
        for home in homes:
            if home.metered:
                before = await _last_reading(uow, tenant_id, home.connection_id)
                readings.append(connection.NewReading(home.connection_id, month, before + random.randint(6, 28), billed_on))
        await connection.record_readings(uow, tenant_id, readings)
        run = await billing_run.run_now(uow, tenant_id, month)
        progress.demands += run.billed
    paid_on = min(after + timedelta(days=8), today)
    house.clock = lambda: datetime.combine(paid_on, time(11), INDIA) if paid_on < today else datetime.combine(today, time(0, 5), INDIA)
    async with house.open(SYSTEM) as uow:
        progress.payments += await _pay_month(uow, tenant_id, month, homes, random, last=last)


async def _last_reading(uow: UnitOfWork, tenant_id: str, connection_id: UUID) -> int:
    from sqlalchemy import text

    query = text("SELECT max(current) FROM meter_reading WHERE tenant_id = :t AND connection_id = :c")
    return int((await uow.session.execute(query, {"t": tenant_id, "c": connection_id})).scalar_one())


async def _pay_month(uow: UnitOfWork, tenant_id: str, month: str, homes: list[_Home], random: Random, *, last: bool) -> int:
    owed = await billing.dues(uow, [h.connection_id for h in homes])
    count = 0
    for home in homes:
        due = owed[home.connection_id].due
        amount = _what_he_pays(home.pays, due, random, last=last)
        if amount is None:
            continue
        online = random.random() < 0.3
        await collection.record_payment(
            uow,
            collection.NewPayment(
                tenant_id=tenant_id,
                consumer_id=home.connection_id,
                amount=amount,
                mode="UPI" if online else "CASH",
                key=f"demo:{month}:{home.connection_id}",
                payer_person_id=home.person_id,
                channel="demo",
            ),
        )
        count += 1
    return count


def _what_he_pays(pays: str, due: Money, random: Random, *, last: bool) -> Money | None:
    if pays == "ahead":
        return due + Money.rupees(400) if last else due if due else None
    if not due or pays == "none" or (last and pays == "all_but_last"):
        return None
    if pays == "some":
        return random.choice((None, Money(max(due.paise // 200 * 100, 100)), due))
    return due


async def _give_roles(uow: UnitOfWork, villages: list[str]) -> None:
    if not set(VILLAGES[:2]) <= set(villages):
        return
    for somebody in PEOPLE:
        if somebody.role is None:
            continue
        person = await user.register_person(uow, user.NewPerson(somebody.phone, somebody.name, somebody.locale, demo=True))
        await user.grant_role(uow, person.id, somebody.role[1], somebody.role[0])
    for tenant_id, phone in zip(VILLAGES, CONTACTS, strict=False):
        if tenant_id in villages:
            await master_data.set_contact(uow, tenant_id, phone)


async def people(uow: UnitOfWork) -> list[dict[str, Any]]:
    """The demo's people as they stand: phones, roles, connection numbers, dues in paise."""
    found = []
    for somebody in PEOPLE:
        person = await user.find_person_by_phone(uow, somebody.phone)
        homes = await connection.list_of_person(uow, person.id) if person else []
        owed = await billing.dues(uow, [h.id for h in homes])
        found.append(
            {
                "phone": somebody.phone,
                "label": somebody.label,
                "describe": somebody.describe,
                "name": somebody.name,
                "locale": somebody.locale or None,
                "roles": [{"role": somebody.role[0], "tenant_id": somebody.role[1]}] if somebody.role else [],
                "connections": [
                    {
                        "connection_no": h.connection_no,
                        "old_connection_no": h.old_connection_no,
                        "tenant_id": h.tenant_id,
                        "metered": h.metered,
                        "due_paise": owed[h.id].due.paise,
                        "advance_paise": owed[h.id].advance.paise,
                    }
                    for h in homes
                ],
            }
        )
    return found
