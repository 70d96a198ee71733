"""People, their addresses, villages and roles, and staff's logins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.database import Base

BY_PERSON = {"villageless": "a person may have households in several villages; distributed by person id"}


class PersonRow(Base):
    """Somebody with a phone. Name and phone are sealed by the state's key. `phone_index` NULL: erased."""

    __tablename__ = "person"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    locale: Mapped[str | None] = mapped_column(Text)
    demo: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("phone_index"), {"info": BY_PERSON})


class AddressRow(Base):
    """A channel address that proved to be a person's (Telegram's own shared contact)."""

    __tablename__ = "person_address"
    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    address_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    address_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    proven_at: Mapped[datetime]
    __table_args__ = ({"info": BY_PERSON},)


class PersonVillageRow(Base):
    """In which villages a person has something to see."""

    __tablename__ = "person_village"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    village: Mapped[str] = mapped_column(Text, primary_key=True)
    __table_args__ = ({"info": BY_PERSON},)


class RoleGrantRow(Base):
    """A role in a village, or in the state ("pb")."""

    __tablename__ = "role_grant"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    village: Mapped[str] = mapped_column(Text, primary_key=True, index=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True)
    granted_at: Mapped[datetime]
    __table_args__ = ({"info": BY_PERSON},)


class LoginRow(Base):
    """A username and password."""

    __tablename__ = "login"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID | None]
    superuser: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("username"), {"info": {"villageless": "read before a village is known; distributed by login id"}})


class SignInTryRow(Base):
    """Tries by name since the last right one, for names that exist and names that don't alike."""

    __tablename__ = "sign_in_try"
    name_index: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    tries: Mapped[int] = mapped_column(Integer)
    since: Mapped[datetime]
    locked_until: Mapped[datetime | None]
    __table_args__ = ({"info": {"villageless": "counted before anybody is known; distributed by name"}},)


class SessionRow(Base):
    """A signed-in session. Only the hash of its refresh token is kept."""

    __tablename__ = "login_session"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    login_id: Mapped[UUID | None] = mapped_column(index=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary)
    idle_until: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("refresh_hash"), {"info": {"villageless": "read before a village is known; distributed by session id"}})


class SpentTokenRow(Base):
    """A refresh token that was used. One that comes back ends its session, however often the session was renewed since."""

    __tablename__ = "login_session_spent"
    session_id: Mapped[UUID] = mapped_column(ForeignKey("login_session.id", ondelete="CASCADE"), primary_key=True)
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, index=True)
    __table_args__ = ({"info": {"villageless": "read before a village is known; distributed by session id"}},)
