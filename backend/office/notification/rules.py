"""Who may be written to, and what may stand in a message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import regex

from backend.office.notification.errors import MessageInvalid
from backend.office.notification.schemas import NewMessage, Param

# A person asked for these, or they prove what became of his money: a "stop" does not stop them.
OWED = frozenset({"answer", "receipt", "otp", "trouble"})
_CODE = regex.compile(r"[A-Za-z0-9./:_-]{1,64}")
_PHONE_LIKE = regex.compile(r"(?:\d[./:_-]?){10,}")


def needs_wish(purpose: str) -> bool:
    """Whether a message of this purpose goes only to who wants to be written to."""
    return purpose not in OWED


def _plain(name: str, value: Param) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | UUID | date | str):
        raise MessageInvalid(param=name)
    if isinstance(value, int):
        return value
    if isinstance(value, UUID | date):
        return value.isoformat() if isinstance(value, date) else str(value)
    if not _CODE.fullmatch(value) or _PHONE_LIKE.fullmatch(value):
        raise MessageInvalid(param=name)
    return value


def plain_params(params: Mapping[str, Param]) -> dict[str, int | str]:
    """The parameters as JSON can keep them. MessageInvalid for what could be a name, a phone or a sentence."""
    return {name: _plain(name, value) for name, value in params.items()}


def check_recipient(new: NewMessage) -> None:
    """MessageInvalid unless it goes to exactly one: a person, or an address with its channel."""
    to_address = new.channel is not None and new.address is not None
    partly = (new.channel is None) != (new.address is None)
    if partly or to_address == (new.person_id is not None):
        raise MessageInvalid
