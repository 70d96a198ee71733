"""What goes in and out. Secrets and persons don't show in a repr, because reprs end in logs."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class Person:
    """Somebody with a phone, E.164. `name` may be empty, both are of an erased person. `demo`: invented, never written to at a provider's default host."""

    id: UUID
    name: str = field(repr=False)
    phone: str = field(repr=False)
    locale: str | None
    demo: bool


@dataclass(frozen=True)
class NewPerson:
    """A person to register."""

    phone: str = field(repr=False)
    name: str = field(repr=False)
    locale: str | None = None
    demo: bool = False


@dataclass(frozen=True)
class Session:
    """What signing in gives. `expires_in` in seconds."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
