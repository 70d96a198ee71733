"""What must hold of data keys: every one opens with the master keys this deployment has; else what it sealed is lost."""

from __future__ import annotations

from sqlalchemy import select

from backend.foundation.encryption.models import DataKeyRow
from backend.kit.cipher import Cipher, SealBroken
from backend.kit.unit_of_work import UnitOfWork
from backend.kit.verification import Found


async def violations(uow: UnitOfWork) -> Found:
    """What `verify` asks of this room: scopes whose key does not open."""
    masters = Cipher(uow.tools.secrets.master_keys)
    rows = (await uow.session.execute(select(DataKeyRow.scope, DataKeyRow.wrapped).order_by(DataKeyRow.scope))).all()
    lost = []
    for row in rows:
        try:
            masters.open_bytes(row.wrapped, f"data_key:{row.scope}")
        except SealBroken:
            lost.append(row.scope)
    return {"every data key opens": (len(rows), lost)}
