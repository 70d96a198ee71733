"""What people are told without asking: money received or held, and OTPs. The text is made when it is sent; what waits carries ids only.

An announcement becomes one queued notice a person, by a key, so that hearing it twice says it once. The channel is where the person spoke last within
its window, else SMS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from backend.facade.contract import Caller, Facade, NoticeRef, OtpNotice, PaymentNotice, Recipient
from backend.kit.faults import faultpoint
from backend.kit.unit_of_work import SYSTEM, UnitOfWork
from bot.channels.registry import Channels
from bot.engine.effects import Part
from bot.messages import Channel, Media, MediaKind, Outbound
from bot.store import Store
from bot.texts import pgettext, render

SYSTEM_CALLER = Caller(channel="system", address="notices")
WINDOW = timedelta(hours=23, minutes=30)  # WhatsApp's 24 hours, with room for a slow queue
DEFAULT_LOCALE = "pa"  # mGramSeva's own default in Punjab

PAID_PAYER = pgettext("notice", "{name}, {number}: {amount:money} received. Thank you! Receipt {receipt_no}")
PAID_OWNER = pgettext("notice", "{amount:money} was paid for your connection {number}. Receipt {receipt_no}")
PAID_CASH = pgettext("notice", "{name}, {number}: the collector logged {amount:money} in cash from you. Receipt {receipt_no}")
NOT_PAID_CASH = pgettext("notice", "If you did not pay this, please write \"problem\".")
STILL_DUE = pgettext("notice", "Still due: {due_after:money}")
PAID_AHEAD = pgettext("notice", "Paid ahead: {advance_after:money}")
PARKED = pgettext("notice", "{amount:money} has arrived, but it is not the amount of the bill. A person of the office will look into it. Your number: {work_item_no}. Your money is safe.")
OTP_SIGN_IN = pgettext("notice", "Your code is {otp}. It is good for {minutes} minutes. Give this code to nobody.")
OTP_LINK = pgettext("notice", "Code {otp}, good for {minutes} minutes. Somebody wants to see the bill of your connection {number}. Give this code only to your own family.")


@dataclass
class Notices:
    """Turns announcements into queued notices."""

    store: Store
    facade: Facade
    channels: Channels
    after: Callable[[], None] = lambda: None

    async def notify(self, payload: dict[str, Any]) -> None:
        """The job of an announcement that people are told of: asks the facade outside any unit, then queues the notices in one."""
        if payload["kind"] == "otp":
            await self._otp(payload["subject_id"])
        else:
            await self._payment(payload["tenant_id"], payload["subject_id"])
        self.after()

    async def _payment(self, tenant_id: str, subject_id: str) -> None:
        """Payer and owner are told; a collector has heard it in his own chat."""
        faultpoint("receipt.before_message")
        notice = await self.facade.payment_notice(SYSTEM_CALLER, NoticeRef(tenant_id=tenant_id, subject_id=UUID(subject_id)))
        async with self.store.house.open(SYSTEM) as uow:
            for recipient in (r for r in notice.recipients if r.role != "collector"):
                ids = {"kind": "payment", "tenant_id": tenant_id, "subject_id": subject_id, "person_id": str(recipient.person_id)}
                await self._queue(uow, recipient, f"payment:{subject_id}:{recipient.person_id}", ids)

    async def _otp(self, request_id: str) -> None:
        """The code goes to its person by the channel he uses; SMS else."""
        notice = await self.facade.otp_notice(SYSTEM_CALLER, NoticeRef(tenant_id="pb", subject_id=UUID(request_id)))
        if notice is None:
            return
        async with self.store.house.open(SYSTEM) as uow:
            await self._queue(uow, notice.recipient, f"otp:{request_id}", {"kind": "otp", "tenant_id": "pb", "subject_id": request_id})

    async def _queue(self, uow: UnitOfWork, to: Recipient, key: str, ids: dict[str, Any]) -> None:
        channel, address = await self._where(uow, to)
        account = self.channels.accounts.get(channel, "")
        conversation_id = await self.store.conversation_for(uow, channel, account, address, demo=to.demo, locale=to.locale)
        await self.store.add_outgoing(uow, conversation_id, key, notice=ids | {"locale": to.locale or DEFAULT_LOCALE})

    async def _where(self, uow: UnitOfWork, to: Recipient) -> tuple[Channel, str]:
        candidates = [(Channel.WHATSAPP.value, to.phone)] + ([(Channel.TELEGRAM.value, to.telegram)] if to.telegram else [])
        for channel, address, at in await self.store.last_heard(uow, candidates):
            if self.channels.get(Channel(channel)) is not None and uow.now - at < WINDOW:
                return Channel(channel), address
        return Channel.SMS, to.phone


@dataclass
class NoticeTexts:
    """Makes a notice's message when it is sent."""

    facade: Facade

    async def make(self, notice: dict[str, Any], channel: str) -> Outbound | None:
        """The message, or None when there is nothing to say any more (an OTP that ended)."""
        ref = NoticeRef(tenant_id=notice["tenant_id"], subject_id=UUID(notice["subject_id"]))
        locale = notice["locale"]
        if notice["kind"] == "otp":
            code = await self.facade.otp_notice(SYSTEM_CALLER, ref)
            return Outbound(text=_otp_text(code, locale), locale=locale) if code is not None else None
        found = await self.facade.payment_notice(SYSTEM_CALLER, ref)
        role = next((r.role for r in found.recipients if str(r.person_id) == notice["person_id"]), "owner")
        return _payment_message(found, role, locale, channel)


def _say(text: str, locale: str, values: dict[str, Any]) -> str:
    return render(Part("notice", text, values), locale)


def _otp_text(notice: OtpNotice, locale: str) -> str:
    """A code to sign in is for nobody else; one for a household's bill is for the family, and says which household."""
    text = OTP_LINK if notice.connection_no is not None else OTP_SIGN_IN
    return _say(text, locale, {"otp": notice.otp, "minutes": notice.minutes, "number": notice.connection_no})


def _payment_message(found: PaymentNotice, role: str, locale: str, channel: str) -> Outbound:
    values: dict[str, Any] = {"amount": found.amount, "due_after": found.due_after, "advance_after": found.advance_after, "work_item_no": found.work_item_no}
    paid = found.payment
    if paid is None:
        return Outbound(text=_say(PARKED, locale, values), locale=locale)
    values |= {"name": paid.holder_name, "number": paid.connection_no, "receipt_no": paid.receipt_no}
    first = PAID_CASH if paid.mode == "CASH" else PAID_PAYER if role == "payer" else PAID_OWNER
    lines = [_say(first, locale, values)]
    if found.due_after:
        lines.append(_say(STILL_DUE, locale, values))
    elif found.advance_after:
        lines.append(_say(PAID_AHEAD, locale, values))
    if paid.mode == "CASH":
        lines.append(_say(NOT_PAID_CASH, locale, values))
    if channel == Channel.SMS.value:
        lines.append(paid.url)
        return Outbound(text="\n".join(lines), locale=locale)
    document = Media(kind=MediaKind.DOCUMENT, reference=paid.pdf_url, content_type="application/pdf", file_name=f"receipt-{paid.receipt_no.replace('/', '-')}.pdf")
    return Outbound(text="\n".join(lines), document=document, locale=locale)
