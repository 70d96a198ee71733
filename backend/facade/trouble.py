"""What a person reports: a payment that isn't shown, a bill that isn't his. Open attempts are looked at first; else a person gets a work item."""

from __future__ import annotations

from backend.facade import views
from backend.facade.contract import Caller, ProblemOpened, ReportProblem, ReportUnseenPayment, UnseenPayment
from backend.foundation import master_data
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.money import billing, collection, payment_gateway
from backend.office import user, workflow
from backend.water import connection

CATEGORIES = frozenset({"not_my_bill", "wrong_number", "payment_not_shown", "no_water", "new_connection", "change_name", "other"})


class Trouble:
    """The reporting verbs of the facade."""

    house: House

    async def look_for_payment(self, caller: Caller, request: ReportUnseenPayment, found: connection.Connection) -> UnseenPayment:
        """Ask the provider about each open attempt, outside any unit; then look for the reference; else open a work item."""
        async with self.house.open(SYSTEM) as uow:
            attempts = await payment_gateway.open_attempts(uow, found.tenant_id, found.id)
            shown = await billing.current_bill(uow, found.tenant_id, found.id)
            if shown is not None:  # a UPI payment by link or QR bears only the link's reference
                link = await payment_gateway.ensure_link(uow, shown)
                by_upi = await payment_gateway.attempt_for_reference(uow, link.reference)
                attempts += [by_upi] if by_upi is not None and by_upi.id not in {a.id for a in attempts} else []
        outcomes = [await collection.confirm(self.house, attempt.id) for attempt in attempts]
        async with self.house.open(SYSTEM) as uow:
            booked = await collection.find_paid_attempt(uow, found.tenant_id, [a.id for a in attempts])
            if booked is None and request.upi_reference:
                booked = await collection.find_payment_by_reference(uow, found.tenant_id, found.id, request.upi_reference)
            if booked is not None:
                return UnseenPayment(outcome="found", payment=await views.payment(uow, booked, found))
        if any(outcome.waiting for outcome in outcomes):
            return UnseenPayment(outcome="waiting")
        async with self.house.open(SYSTEM) as uow:
            person = await user.find_person_by_address(uow, caller.channel, caller.address)
            text = f"UPI {request.upi_reference}" if request.upi_reference else f"picture {request.picture}" if request.picture else ""
            item = await workflow.open_work_item(
                uow,
                workflow.NewWorkItem(
                    tenant_id=found.tenant_id, category="payment_not_shown", subject_id=found.id, person_id=person.id if person else None, text=text, key=request.key
                ),
            )
        return UnseenPayment(outcome="opened", work_item_no=item.number)

    async def open_problem(self, uow: UnitOfWork, person: user.Person | None, caller: Caller, request: ReportProblem) -> ProblemOpened:
        """A work item in the account's village; in the person's first village, or the state's list, when no account is named."""
        tenant_id = master_data.STATE
        if request.account_id is not None:
            tenant_id = (await connection.find_by_id(uow, request.account_id)).tenant_id
        elif uow.actor.tenants:
            tenant_id = sorted(uow.actor.tenants)[0]
        else:
            await uow.see([master_data.STATE])
        item = await workflow.open_work_item(
            uow,
            workflow.NewWorkItem(
                tenant_id=tenant_id,
                category=request.category if request.category in CATEGORIES else "other",
                subject_id=request.account_id,
                person_id=person.id if person else None,
                text=request.text,
                key=request.key,
            ),
        )
        return ProblemOpened(work_item_no=item.number)
