"""Keeping and asking wishes; deciding about messages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert

from backend.foundation import encryption
from backend.kit.ids import new_id
from backend.kit.unit_of_work import UnitOfWork
from backend.office import user
from backend.office.notification import rules
from backend.office.notification.consents import address_index, list_consenting, record_consent
from backend.office.notification.errors import MessageNotFound
from backend.office.notification.events import MessageRequested
from backend.office.notification.models import MessageRow, WishRow
from backend.office.notification.schemas import Message, NewConsent, NewMessage

STATE = "pb"
PHONE_CHANNELS = ("whatsapp", "sms")


async def set_messaging(uow: UnitOfWork, channel: str, address: str, wanted: bool) -> None:
    """Keep an address's wish. Who wants no more messages takes back what else he allowed, too."""
    values = {"wanted": wanted, "said_at": uow.now}
    statement = insert(WishRow).values(channel=channel, address_index=await address_index(uow, channel, address), **values)
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["channel", "address_index"], set_=values))
    if not wanted and await list_consenting(uow, "learning", [(channel, address)]):
        await record_consent(uow, channel, address, NewConsent("learning", given=False, wording="stop", locale=""))


async def is_wanted(uow: UnitOfWork, channel: str, address: str) -> bool:
    """Whether we may write first; yes until somebody says no (bills are a service of the State, DPDP Act section 7)."""
    index = await address_index(uow, channel, address)
    found = (await uow.session.execute(select(WishRow.wanted).where(WishRow.channel == channel, WishRow.address_index == index))).scalar()
    return found is not False


async def _is_wanted_by(uow: UnitOfWork, person_id: UUID) -> bool:
    """A person's wish: his newest word on any of his channels, because he means the sender and not the channel (TCCCPR)."""
    phone = (await user.fetch_person(uow, person_id)).phone
    telegram = await user.find_address(uow, person_id, "telegram")
    addresses = [(channel, phone) for channel in PHONE_CHANNELS if phone] + ([("telegram", telegram)] if telegram else [])
    keys = [(channel, await address_index(uow, channel, address)) for channel, address in addresses]
    query = select(WishRow.wanted).where(tuple_(WishRow.channel, WishRow.address_index).in_(keys)).order_by(WishRow.said_at.desc()).limit(1)
    return (await uow.session.execute(query)).scalar() is not False


async def _held(uow: UnitOfWork, new: NewMessage) -> str | None:
    if not rules.needs_wish(new.purpose):
        return None
    if new.person_id is not None:
        wanted = await _is_wanted_by(uow, new.person_id)
    else:
        wanted = await is_wanted(uow, new.channel or "", new.address or "")
    return None if wanted else "opted_out"


async def request_message(uow: UnitOfWork, new: NewMessage) -> Message:
    """Keep a message and announce it, unless its recipient does not want such: then it is kept as `held` and nobody hears of it.

    The same key in the village answers the first message. MessageInvalid, user.person_not_found.
    """
    rules.check_recipient(new)
    params = rules.plain_params(new.params)
    made = new_id()
    sealed = (await encryption.cipher(uow, STATE)).seal(new.address, f"message_request:{made}") if new.address is not None else None
    row = {
        "tenant_id": new.tenant_id,
        "id": made,
        "template": new.template,
        "purpose": new.purpose,
        "person_id": new.person_id,
        "channel": new.channel,
        "address_sealed": sealed,
        "params": params,
        "key": new.key,
        "held": await _held(uow, new),
        "asked_at": uow.now,
    }
    first = (await uow.session.execute(insert(MessageRow).values(**row).on_conflict_do_nothing().returning(MessageRow.id))).scalar()
    if first is None:
        return await _message(uow, MessageRow.tenant_id == new.tenant_id, MessageRow.key == new.key)
    if row["held"] is None:
        uow.announce(MessageRequested(tenant_id=new.tenant_id, message_id=made))
    return await fetch_message(uow, new.tenant_id, made)


async def _message(uow: UnitOfWork, *where: Any) -> Message:
    row = (await uow.session.execute(select(MessageRow).where(*where))).scalar()
    if row is None:
        raise MessageNotFound
    address = (await encryption.cipher(uow, STATE)).open(row.address_sealed, f"message_request:{row.id}") if row.address_sealed else None
    return Message(row.tenant_id, row.id, row.template, row.purpose, row.person_id, row.channel, address, row.params, row.held)


async def fetch_message(uow: UnitOfWork, tenant_id: str, message_id: UUID) -> Message:
    """A message by what its announcement says. MessageNotFound."""
    return await _message(uow, MessageRow.tenant_id == tenant_id, MessageRow.id == message_id)
