"""Data keys, cached in the process once unwrapped."""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from backend.foundation.encryption.models import DataKeyRow
from backend.kit.cipher import Cipher
from backend.kit.ids import new_id
from backend.kit.unit_of_work import UnitOfWork

KEY_BYTES = 32


def _cache(uow: UnitOfWork) -> dict[Any, Any]:
    cache: dict[Any, Any] = uow.tools.ports.setdefault("data_keys", {})
    return cache


async def _data_key(uow: UnitOfWork, scope: str) -> tuple[str, bytes]:
    cached = _cache(uow).get(scope)
    if cached is not None:
        return cached  # type: ignore[no-any-return]
    masters = Cipher(uow.tools.secrets.master_keys)
    query = select(DataKeyRow.id, DataKeyRow.wrapped).where(DataKeyRow.scope == scope)
    row = (await uow.session.execute(query)).first()
    if row is None:
        fresh = new_id()
        wrapped = masters.seal_bytes(os.urandom(KEY_BYTES), f"data_key:{scope}")
        await uow.session.execute(insert(DataKeyRow).values(id=fresh, scope=scope, wrapped=wrapped, created_at=uow.now).on_conflict_do_nothing())
        row = (await uow.session.execute(query)).one()
        # Not cached: should this unit be undone, the key would exist only here.
        return str(row.id), masters.open_bytes(row.wrapped, f"data_key:{scope}")
    found = (str(row.id), masters.open_bytes(row.wrapped, f"data_key:{scope}"))
    _cache(uow)[scope] = found
    return found


async def cipher(uow: UnitOfWork, scope: str) -> Cipher:
    """Seals and opens for a scope: a village's id, or "pb" for persons. Synchronous once given, so fit for bulk work."""
    key_id, key = await _data_key(uow, scope)
    ready = _cache(uow).get((scope, key_id))
    if ready is None:
        ready = Cipher({key_id: key})
        if scope in _cache(uow):
            _cache(uow)[(scope, key_id)] = ready
    return ready


async def blind_index(uow: UnitOfWork, field: str, value: str) -> bytes:
    """The keyed hash by which an exact value of a field is found: 32 bytes."""
    _, key = await _data_key(uow, f"index:{field}")
    return hmac.new(key, value.encode(), hashlib.sha256).digest()


async def rotate(uow: UnitOfWork) -> int:
    """Wrap every data key anew by the newest master key; answers how many. The old master may be dropped afterwards."""
    masters = Cipher(uow.tools.secrets.master_keys)
    rows = (await uow.session.execute(select(DataKeyRow.id, DataKeyRow.scope, DataKeyRow.wrapped))).all()
    for row in rows:
        place = f"data_key:{row.scope}"
        await uow.session.execute(update(DataKeyRow).where(DataKeyRow.id == row.id).values(wrapped=masters.seal_bytes(masters.open_bytes(row.wrapped, place), place)))
    return len(rows)
