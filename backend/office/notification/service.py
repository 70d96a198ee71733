"""Keeping and asking wishes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.foundation import encryption
from backend.kit.unit_of_work import UnitOfWork
from backend.office.notification.models import WishRow


async def set_messaging(uow: UnitOfWork, channel: str, address: str, wanted: bool) -> None:
    """Keep an address's wish."""
    index = await encryption.blind_index(uow, f"wish:{channel}", address)
    values = {"wanted": wanted, "said_at": uow.now}
    statement = insert(WishRow).values(channel=channel, address_index=index, **values)
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["channel", "address_index"], set_=values))


async def is_wanted(uow: UnitOfWork, channel: str, address: str) -> bool:
    """Whether we may write first; yes until somebody says no (bills are a service of the State, DPDP Act section 7)."""
    index = await encryption.blind_index(uow, f"wish:{channel}", address)
    found = (await uow.session.execute(select(WishRow.wanted).where(WishRow.channel == channel, WishRow.address_index == index))).scalar()
    return found is not False
