"""Consents: what somebody allowed beyond the service itself, each word kept with the wording he saw."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, tuple_

from backend.foundation import encryption
from backend.kit.ids import new_id
from backend.kit.unit_of_work import UnitOfWork
from backend.office.notification.models import ConsentRow
from backend.office.notification.schemas import NewConsent

BATCH = 1000


async def address_index(uow: UnitOfWork, channel: str, address: str) -> bytes:
    """The keyed hash an address is found by in this room."""
    return await encryption.blind_index(uow, f"wish:{channel}", address)


async def record_consent(uow: UnitOfWork, channel: str, address: str, new: NewConsent) -> None:
    """Add a word to the ledger; earlier ones stay as proof of what was allowed when."""
    index = await address_index(uow, channel, address)
    uow.session.add(
        ConsentRow(
            id=new_id(), channel=channel, address_index=index, purpose=new.purpose, given=new.given, wording=new.wording, locale=new.locale, said_at=uow.now
        )
    )
    await uow.flush()


async def list_consenting(uow: UnitOfWork, purpose: str, addresses: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (channel, address) allow the purpose: their newest word is yes. Silence is no."""
    keys = {(channel, await address_index(uow, channel, address)): (channel, address) for channel, address in addresses}
    place = tuple_(ConsentRow.channel, ConsentRow.address_index)
    found: set[tuple[str, str]] = set()
    listed = list(keys)
    for start in range(0, len(listed), BATCH):
        query = (
            select(ConsentRow.channel, ConsentRow.address_index, ConsentRow.given)
            .where(place.in_(listed[start : start + BATCH]), ConsentRow.purpose == purpose)
            .distinct(ConsentRow.channel, ConsentRow.address_index)
            .order_by(ConsentRow.channel, ConsentRow.address_index, ConsentRow.said_at.desc(), ConsentRow.id.desc())
        )
        found |= {keys[channel, bytes(index)] for channel, index, given in (await uow.session.execute(query)).all() if given}
    return found
