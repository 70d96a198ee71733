"""Data keys: made once, unwrapped once a process. A key is made beside the unit that wants it first, so that it outlives it: what was counted under a
key that vanished with a refused request would never be found again."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.foundation.encryption.models import DataKeyRow
from backend.kit.beside import open_beside
from backend.kit.cipher import Cipher
from backend.kit.ids import new_id
from backend.kit.unit_of_work import UnitOfWork

KEY_BYTES = 32
PORT = "data_keys"


@dataclass(frozen=True, repr=False)
class _DataKey:
    """One unwrapped key with the cipher that uses it."""

    raw: bytes
    cipher: Cipher


def _place(scope: str) -> str:
    return f"data_key:{scope}"


def _unwrap(uow: UnitOfWork, key_id: str, wrapped: bytes, scope: str) -> _DataKey:
    raw = Cipher(uow.tools.secrets.master_keys).open_bytes(wrapped, _place(scope))
    return _DataKey(raw, Cipher({key_id: raw}))


_KEY_OF = select(DataKeyRow.id, DataKeyRow.wrapped)


async def _make(uow: UnitOfWork, scope: str) -> None:
    """Store a new key, unless another unit was first."""
    wrapped = Cipher(uow.tools.secrets.master_keys).seal_bytes(os.urandom(KEY_BYTES), _place(scope))
    async with open_beside(uow) as own:
        await own.session.execute(insert(DataKeyRow).values(id=new_id(), scope=scope, wrapped=wrapped, created_at=uow.now).on_conflict_do_nothing())


async def _data_key(uow: UnitOfWork, scope: str) -> _DataKey:
    known: dict[str, _DataKey] = uow.tools.ports.setdefault(PORT, {})
    if scope not in known:
        row = (await uow.session.execute(_KEY_OF.where(DataKeyRow.scope == scope))).first()
        if row is None:
            await _make(uow, scope)
            row = (await uow.session.execute(_KEY_OF.where(DataKeyRow.scope == scope))).one()
        known[scope] = _unwrap(uow, str(row.id), row.wrapped, scope)
    return known[scope]


async def cipher(uow: UnitOfWork, scope: str) -> Cipher:
    """Seals and opens for a scope: a village's id, or "pb" for persons. Synchronous once given, so fit for bulk work."""
    return (await _data_key(uow, scope)).cipher


async def blind_indexer(uow: UnitOfWork, field: str) -> Callable[[str], bytes]:
    """A synchronous function for many values of a field; each answer is as of `blind_index`."""
    key = (await _data_key(uow, f"index:{field}")).raw

    def index(value: str) -> bytes:
        return hmac.digest(key, value.encode(), hashlib.sha256)

    return index


async def blind_index(uow: UnitOfWork, field: str, value: str) -> bytes:
    """The keyed hash by which an exact value of a field is found: 32 bytes, the same in the whole deployment."""
    return (await blind_indexer(uow, field))(value)


async def rotate(uow: UnitOfWork) -> int:
    """Wrap every data key anew by the newest master key; answers how many. The old master may be dropped afterwards."""
    masters = Cipher(uow.tools.secrets.master_keys)
    rows = (await uow.session.execute(select(DataKeyRow.id, DataKeyRow.scope, DataKeyRow.wrapped).with_for_update())).all()
    for row in rows:
        place = _place(row.scope)
        await uow.session.execute(
            update(DataKeyRow).where(DataKeyRow.id == row.id).values(wrapped=masters.seal_bytes(masters.open_bytes(row.wrapped, place), place))
        )
    return len(rows)


async def require_opening(uow: UnitOfWork) -> None:
    """SealBroken unless every data key there is opens with this deployment's master keys. A schema that is not there yet has none."""
    if (await uow.session.execute(select(func.to_regclass(DataKeyRow.__tablename__)))).scalar_one() is None:
        return
    masters = Cipher(uow.tools.secrets.master_keys)
    for row in await uow.session.execute(select(DataKeyRow.scope, DataKeyRow.wrapped)):
        masters.open_bytes(row.wrapped, _place(row.scope))
