"""What is announced of people. Facts of persons belong to the state's chain, of roles to their village's."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from backend.kit.announcements import Fact


class RoleGranted(Fact):
    """A person may do more in a village."""

    topic: ClassVar[str] = "user.role_granted"
    person_id: UUID
    role: str


class RoleRevoked(Fact):
    """A person may do less in a village."""

    topic: ClassVar[str] = "user.role_revoked"
    person_id: UUID
    role: str


class AddressJoined(Fact):
    """A channel's address was proven to be a person's. `left`: whose it was before, if somebody else's."""

    topic: ClassVar[str] = "user.address_joined"
    person_id: UUID
    channel: str
    left: UUID | None


class PersonErased(Fact):
    """A person's name, phone and addresses are gone; his id stays where money refers to it."""

    topic: ClassVar[str] = "user.person_erased"
    person_id: UUID


class LoginSet(Fact):
    """A login was made, or got a new password, which ended its sessions."""

    topic: ClassVar[str] = "user.login_set"
    login_id: UUID
    superuser: bool


class SessionStolen(Fact):
    """A refresh token came twice: somebody else holds it. The session is ended."""

    topic: ClassVar[str] = "user.session_stolen"
    session_id: UUID
