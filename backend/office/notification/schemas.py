"""What goes in and out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

# What may stand in a message's parameters: never a name, a phone or a text of a person.
Param = int | UUID | date | str
Purpose = Literal["answer", "receipt", "otp", "trouble", "bill", "reminder", "notice"]


@dataclass(frozen=True)
class NewMessage:
    """A message to a person, or to an `address` on a `channel`. `params`: ids, paise, days, and codes (at most 64 letters, digits, `./:_-`).

    `key` makes a repeat find the same message.
    """

    tenant_id: str
    template: str
    purpose: Purpose
    key: str
    person_id: UUID | None = None
    channel: str | None = None
    address: str | None = field(default=None, repr=False)
    params: dict[str, Param] = field(default_factory=dict)


@dataclass(frozen=True)
class NewConsent:
    """What somebody allows or no longer allows: a purpose ("learning"), the version of the wording he saw and its language."""

    purpose: Literal["learning"]
    given: bool
    wording: str
    locale: str


@dataclass(frozen=True)
class Message:
    """A message as it is kept. `held` says why it is not sent: opted_out. Values of `params` are numbers and texts."""

    tenant_id: str
    id: UUID
    template: str
    purpose: str
    person_id: UUID | None
    channel: str | None
    address: str | None = field(repr=False)
    params: dict[str, int | str]
    held: str | None
