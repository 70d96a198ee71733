"""A household with a bill, made by the rooms' own verbs, for tests of the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from backend.foundation import master_data
from backend.kit.house import House
from backend.kit.money import Money
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.money import billing, payment_gateway
from backend.office import user
from backend.water import connection

VILLAGE = "pb.abadighratian"


@dataclass(frozen=True)
class Billed:
    """A household that owes something, and the link its bill was sent with."""

    consumer_id: UUID
    connection_no: str
    token: str
    code: str
    reference: str
    total: Money


async def bill_household(
    house: House, *, rupees: tuple[int, ...] = (80, 80), locale: str | None = "pa", name: str = "Gurmeet Kaur", phone: str = "+919876500001"
) -> Billed:
    """Register one household and bill it, a month a sum, newest October 2026."""
    async with house.open(SYSTEM) as uow:
        await master_data.create_tenant(uow, VILLAGE)
        holder = await user.register_person(uow, user.NewPerson(phone=phone, name=name, locale=locale))
        await user.add_village(uow, holder.id, VILLAGE)
        found = await connection.register_connection(
            uow, VILLAGE, connection.NewConnection(holder_id=holder.id, holder_name=name, old_connection_no=phone[-4:])
        )
        for back, amount in enumerate(reversed(rupees)):
            await demand(uow, found, 10 - back, amount)
        shown = await payment_gateway.bill_with_link(uow, VILLAGE, found.id)
        assert shown is not None
        return Billed(found.id, found.connection_no, shown.link.token, shown.link.short_code, shown.link.reference, shown.bill.total)


async def demand(uow: UnitOfWork, found: connection.Connection, month: int, rupees: int) -> None:
    """One month's water charge."""
    line = billing.NewLine(tax_head="10101", amount=Money.rupees(rupees), calculation={"kind": "flat", "rate": rupees * 100})
    start, end = date(2026, month, 1), date(2026, month, 28)
    await billing.post_demands(
        uow, VILLAGE, [billing.NewDemand(found.id, found.connection_no, found.holder_id, "regular", start, end, date(2026, month + 1, 10), (line,))]
    )


async def bill_more(house: House, billed: Billed, month: int, rupees: int) -> None:
    """Another month for the same household: its bill is superseded when somebody asks."""
    async with house.open(SYSTEM) as uow:
        await demand(uow, await connection.fetch_connection(uow, VILLAGE, billed.consumer_id), month, rupees)
