"""The facade in process: each verb is one unit of work, asks the rooms, and answers in the contract's values. No decision of the domain is made here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from backend.facade import views
from backend.facade.collecting import Collecting
from backend.facade.contract import (
    Account,
    AccountRef,
    Accounts,
    BillView,
    Caller,
    ConfirmLink,
    Done,
    Empty,
    Explanation,
    LinkRequested,
    ListReceipts,
    ProblemOpened,
    ProvePhone,
    Receipts,
    ReportProblem,
    ReportUnseenPayment,
    RequestLink,
    SetLanguage,
    SetLearning,
    SetMessaging,
    UnseenPayment,
    VillageContact,
    Who,
)
from backend.facade.noticing import Noticing
from backend.facade.trouble import Trouble
from backend.kit.errors import Invalid, Unauthenticated
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM, Actor, UnitOfWork
from backend.office import notification, otp, user
from backend.water import connection

LOCALES = ("en", "hi", "pa")
COLLECTOR_ROLES = ("COLLECTION_OPERATOR", "REVENUE_COLLECTOR")
OFFICE_ROLES = ("GP_ADMIN", "SARPANCH")


class PhoneNotProven(Unauthenticated):
    code, title = "user.phone_not_proven", "Share your own number first"


class LanguageUnknown(Invalid):
    code, title = "user.language_unknown", "That language is not offered"


@dataclass
class LocalFacade(Collecting, Trouble, Noticing):
    """`Facade` over the rooms of this process."""

    house: House

    @asynccontextmanager
    async def _person(self, caller: Caller, *, must: bool = False) -> AsyncIterator[tuple[UnitOfWork, user.Person | None]]:
        """A unit that sees the villages of the caller's person, and the person."""
        async with self.house.open(SYSTEM) as uow:
            person = await user.find_person_by_address(uow, caller.channel, caller.address)
            if person is None and must:
                raise PhoneNotProven
            villages = await user.villages_of(uow, person.id) if person else []
            uow.actor = Actor("person", person.id if person else None, tuple(villages), locale=caller.locale or "en")
            await uow.see(villages)
            yield uow, person

    async def identify(self, caller: Caller, request: Empty) -> Who:
        """See `Facade.identify`."""
        async with self.house.open(SYSTEM) as uow:
            return await self._who(uow, caller)

    async def _who(self, uow: UnitOfWork, caller: Caller) -> Who:
        person = await user.find_person_by_address(uow, caller.channel, caller.address)
        proven = person is not None or caller.channel != "telegram"
        wanted = await notification.is_wanted(uow, caller.channel, caller.address)
        if person is None:
            return Who(person_id=None, phone_proven=proven, locale=None, accounts=0, opted_out=not wanted)
        grants = await user.grants_of(uow, person.id)
        await uow.see(await user.villages_of(uow, person.id))
        accounts = await connection.list_of_person(uow, person.id)
        return Who(
            person_id=person.id,
            phone_proven=True,
            locale=person.locale,
            accounts=len(accounts),
            collects_for=tuple(sorted(t for r, t in grants if r in COLLECTOR_ROLES)),
            administers=tuple(sorted(t for r, t in grants if r in OFFICE_ROLES)),
            opted_out=not wanted,
            demo=person.demo,
        )

    async def set_language(self, caller: Caller, request: SetLanguage) -> Done:
        """See `Facade.set_language`."""
        if request.locale not in LOCALES:
            raise LanguageUnknown
        async with self._person(caller) as (uow, person):
            if person is not None:
                await user.set_locale(uow, person.id, request.locale)
        return Done()

    async def set_messaging(self, caller: Caller, request: SetMessaging) -> Done:
        """See `Facade.set_messaging`."""
        async with self.house.open(SYSTEM) as uow:
            await notification.set_messaging(uow, caller.channel, caller.address, request.wanted)
        return Done()

    async def set_learning(self, caller: Caller, request: SetLearning) -> Done:
        """See `Facade.set_learning`."""
        async with self.house.open(SYSTEM) as uow:
            new = notification.NewConsent("learning", given=request.given, wording=request.wording, locale=caller.locale or "")
            await notification.record_consent(uow, caller.channel, caller.address, new)
        return Done()

    async def prove_phone(self, caller: Caller, request: ProvePhone) -> Who:
        """See `Facade.prove_phone`."""
        async with self.house.open(SYSTEM) as uow:
            person = await user.find_person_by_phone(uow, request.phone)
            if person is None:
                person = await user.register_person(uow, user.NewPerson(phone=request.phone, name="", locale=caller.locale))
            await user.join_address(uow, caller.channel, caller.address, person.id)
            return await self._who(uow, caller)

    async def list_accounts(self, caller: Caller, request: Empty) -> Accounts:
        """See `Facade.list_accounts`."""
        async with self._person(caller) as (uow, person):
            if person is None:
                if caller.channel == "telegram":
                    raise PhoneNotProven
                return Accounts(accounts=())
            connections = await connection.list_of_person(uow, person.id)
            return Accounts(accounts=await views.accounts(uow, connections, caller.locale))

    async def request_link(self, caller: Caller, request: RequestLink) -> LinkRequested:
        """See `Facade.request_link`."""
        async with self.house.open(SYSTEM) as uow:
            found = await connection.find_by_number(uow, request.connection_no)
            holder = found.holder_id if found and found.active else None
            subject = f"{caller.channel}:{caller.address}:{found.id if found else request.connection_no}"
            request_id = await otp.request_otp(uow, subject, f"link:{found.id if found else 'none'}", holder)
        return LinkRequested(request_id=request_id)

    async def confirm_link(self, caller: Caller, request: ConfirmLink) -> Account:
        """See `Facade.confirm_link`."""
        async with self.house.open(SYSTEM) as uow:
            purpose = await otp.check_otp(uow, request.request_id, request.otp)
        async with self.house.open(SYSTEM) as uow:
            if not purpose.startswith("link:"):
                raise otp.OtpExpired
            found = await connection.find_by_id(uow, UUID(purpose.removeprefix("link:")))
            person = await user.find_person_by_address(uow, caller.channel, caller.address)
            if person is None:
                if caller.channel == "telegram":
                    raise PhoneNotProven
                person = await user.register_person(uow, user.NewPerson(phone=caller.address, name="", locale=caller.locale))
            await user.add_village(uow, person.id, found.tenant_id)
            await connection.link_person(uow, found.tenant_id, found.id, person.id, "linked")
            return (await views.accounts(uow, [found], caller.locale))[0]

    @asynccontextmanager
    async def _account(self, caller: Caller, account_id: UUID) -> AsyncIterator[tuple[UnitOfWork, connection.Connection]]:
        """The account if this caller may see it; the same NotFound for another's and for none."""
        async with self._person(caller, must=True) as (uow, person):
            assert person is not None
            found = await connection.find_by_id(uow, account_id)
            if not await connection.may_see(uow, person.id, account_id):
                raise connection.ConnectionNotFound
            yield uow, found

    async def fetch_bill(self, caller: Caller, request: AccountRef) -> BillView:
        """See `Facade.fetch_bill`."""
        async with self._account(caller, request.account_id) as (uow, found):
            return await views.bill(uow, found, caller.locale, uow.actor.id)

    async def explain_bill(self, caller: Caller, request: AccountRef) -> Explanation:
        """See `Facade.explain_bill`."""
        async with self._account(caller, request.account_id) as (uow, found):
            return await views.explanation(uow, found, caller.locale)

    async def list_receipts(self, caller: Caller, request: ListReceipts) -> Receipts:
        """See `Facade.list_receipts`."""
        async with self._account(caller, request.account_id) as (uow, found):
            return Receipts(payments=await views.payments(uow, found, request.limit))

    async def report_unseen_payment(self, caller: Caller, request: ReportUnseenPayment) -> UnseenPayment:
        """See `Facade.report_unseen_payment`."""
        async with self._account(caller, request.account_id) as (_, found):
            pass
        return await self.look_for_payment(caller, request, found)

    async def report_problem(self, caller: Caller, request: ReportProblem) -> ProblemOpened:
        """See `Facade.report_problem`."""
        async with self._person(caller) as (uow, person):
            return await self.open_problem(uow, person, caller, request)

    async def village_contact(self, caller: Caller, request: Empty) -> VillageContact:
        """See `Facade.village_contact`."""
        async with self._person(caller) as (uow, _):
            return await views.contact(uow, uow.actor.tenants or (), caller.locale)
