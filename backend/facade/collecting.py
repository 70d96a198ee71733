"""What collectors do: find a household, post cash, see the day. A villager can't; a collector only in his villages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.facade import views
from backend.facade.contract import Account, AccountRef, Accounts, Caller, CashRecorded, DaySummary, Empty, FindHouseholds, RecordCash
from backend.kit.clock import india_day
from backend.kit.errors import Denied
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM, Actor, UnitOfWork
from backend.money import collection
from backend.office import user
from backend.water import connection

COLLECTOR_ROLES = ("COLLECTION_OPERATOR", "REVENUE_COLLECTOR")
SUMMARY_ROWS = 10


class NotACollector(Denied):
    code, title = "collection.not_a_collector", "Only a collector of the village may do this"


class Collecting:
    """The collector's verbs of the facade."""

    house: House

    @asynccontextmanager
    async def _collector(self, caller: Caller) -> AsyncIterator[tuple[UnitOfWork, user.Person, tuple[str, ...]]]:
        async with self.house.open(SYSTEM) as uow:
            person = await user.find_person_by_address(uow, caller.channel, caller.address)
            grants = await user.grants_of(uow, person.id) if person else frozenset()
            villages = tuple(sorted({t for r, t in grants if r in COLLECTOR_ROLES}))
            if person is None or not villages:
                raise NotACollector
            uow.actor = Actor("employee", person.id, villages, grants, caller.locale or "en")
            await uow.see(villages)
            yield uow, person, villages

    async def find_households(self, caller: Caller, request: FindHouseholds) -> Accounts:
        """See `Facade.find_households`."""
        async with self._collector(caller) as (uow, _, villages):
            found = await connection.search(uow, villages, request.query, request.limit)
            return Accounts(accounts=await views.accounts(uow, found, caller.locale))

    async def fetch_household(self, caller: Caller, request: AccountRef) -> Account:
        """See `Facade.fetch_household`."""
        async with self._collector(caller) as (uow, _, _):
            return (await views.accounts(uow, [await connection.find_by_id(uow, request.account_id)], caller.locale))[0]

    async def record_cash(self, caller: Caller, request: RecordCash) -> CashRecorded:
        """See `Facade.record_cash`."""
        async with self._collector(caller) as (uow, person, _):
            found = await connection.find_by_id(uow, request.account_id)
            paid = await collection.record_cash(
                uow,
                collection.NewCash(
                    tenant_id=found.tenant_id,
                    consumer_id=found.id,
                    payer_person_id=found.holder_id,
                    amount=request.amount,
                    collector_id=person.id,
                    channel=caller.channel,
                    forgeable=caller.forgeable,
                    confirmed_again=request.confirmed_again,
                    key=request.key,
                ),
            )
            return CashRecorded(
                payment=await views.payment(uow, paid, found),
                due_after=paid.due_after,
                advance_after=paid.advance_after,
                payer_told=found.holder_id is not None,
            )

    async def day_summary(self, caller: Caller, request: Empty) -> DaySummary:
        """See `Facade.day_summary`."""
        async with self._collector(caller) as (uow, person, _):
            today = india_day(uow.now)
            day = await collection.day_of_collector(uow, person.id, today)
            shown = []
            for paid in day.payments[:SUMMARY_ROWS]:
                shown.append(await views.payment(uow, paid, await connection.find_by_id(uow, paid.consumer_id)))
            return DaySummary(on=today, count=day.count, total=day.total, payments=tuple(shown))
