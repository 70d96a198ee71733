"""What the bot needs to tell people of announcements. Only the system's own caller may ask."""

from __future__ import annotations

from uuid import UUID

from backend.facade import views
from backend.facade.contract import Caller, NoticeRef, OtpNotice, PaymentNotice, Recipient, Speaker, Speakers
from backend.kit.errors import Denied
from backend.kit.house import House
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from backend.money import collection
from backend.office import notification, otp, user, workflow
from backend.water import connection

SYSTEM_CALLER = Caller(channel="system", address="notices")


class SystemOnly(Denied):
    code, title = "facade.system_only", "Only the system itself may ask this"


def _must_be_system(caller: Caller) -> None:
    if caller != SYSTEM_CALLER:
        raise SystemOnly


class Noticing:
    """The notices' verbs of the facade."""

    house: House

    async def payment_notice(self, caller: Caller, request: NoticeRef) -> PaymentNotice:
        """See `Facade.payment_notice`."""
        _must_be_system(caller)
        async with self.house.open(SYSTEM) as uow:
            receipt = await collection.fetch_receipt(uow, request.tenant_id, request.subject_id)
            found = await connection.fetch_connection(uow, request.tenant_id, receipt.consumer_id)
            owners = await connection.holders_of(uow, request.tenant_id, receipt.consumer_id)
            roles: dict[UUID, str] = dict.fromkeys(owners, "owner")
            if receipt.collector_id is not None:
                roles[receipt.collector_id] = "collector"
            if receipt.payer_person_id is not None:
                roles[receipt.payer_person_id] = "payer"
            item = await workflow.fetch_work_item(uow, request.tenant_id, receipt.work_item_id) if receipt.work_item_id else None
            return PaymentNotice(
                payment=await views.payment(uow, receipt.payment, found) if receipt.payment else None,
                amount=receipt.amount,
                due_after=receipt.due_after,
                advance_after=receipt.advance_after,
                parked=receipt.payment is None,
                work_item_no=item.number if item else None,
                recipients=tuple([r for p, role in roles.items() if (r := await _recipient(uow, p, role)) is not None]),
            )

    async def list_learning(self, caller: Caller, request: Speakers) -> Speakers:
        """See `Facade.list_learning`."""
        _must_be_system(caller)
        async with self.house.open(SYSTEM) as uow:
            found = await notification.list_consenting(uow, "learning", [(s.channel, s.address) for s in request.speakers])
        return Speakers(speakers=tuple(Speaker(channel=c, address=a) for c, a in sorted(found)))

    async def otp_notice(self, caller: Caller, request: NoticeRef) -> OtpNotice | None:
        """See `Facade.otp_notice`."""
        _must_be_system(caller)
        async with self.house.open(SYSTEM) as uow:
            revealed = await otp.reveal_for_sending(uow, request.subject_id)
            if revealed is None:
                return None
            recipient = await _recipient(uow, revealed.person_id, "owner")
            if recipient is None:
                return None
            number = await _linked_number(uow, revealed.purpose)
            return OtpNotice(otp=revealed.code, minutes=otp.LIFE_MINUTES, connection_no=number, recipient=recipient)


async def _linked_number(uow: UnitOfWork, purpose: str) -> str | None:
    """The number of the connection that a code links; None for a code of another purpose."""
    if not purpose.startswith("link:"):
        return None
    found = await connection.find_by_id(uow, UUID(purpose.removeprefix("link:")))
    return found.connection_no


async def _recipient(uow: UnitOfWork, person_id: UUID, role: str) -> Recipient | None:
    person = await user.find_person(uow, person_id)
    if person is None or not person.phone:
        return None
    return Recipient(
        role=role,
        person_id=person.id,
        phone=person.phone,
        telegram=await user.find_address(uow, person.id, "telegram"),
        locale=person.locale,
        opted_out=not await notification.is_wanted(uow, "whatsapp", person.phone),
        demo=person.demo,
    )
