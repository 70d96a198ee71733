"""The database: metadata with fixed constraint names, one engine a process, and the row-level security every village table carries.

A village's table has `tenant_id` in its primary key, unique keys and foreign keys (Citus' rule), so that its rows lie together. Tables without a
village say so with `info={"villageless": "<reason>; distributed by <key>"}`; an architecture test reads the metadata and holds both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, MetaData, Table, TypeDecorator
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from backend.kit.money import Money
from backend.kit.outage import connect, tell_outages

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

ALL_TENANTS = "*"
APP_ROLE = "mgramseva_app"
OWNER_ROLE = "mgramseva_owner"


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; a naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None


class Paise(TypeDecorator[Money]):
    """Money in a BIGINT column of paise."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Money | None, dialect: Dialect) -> int | None:
        return value.paise if value is not None else None

    def process_result_value(self, value: int | None, dialect: Dialect) -> Money | None:
        return Money(int(value)) if value is not None else None


class Base(DeclarativeBase):
    """Base of all ORM tables, of the backend and of the bot."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant, Money: Paise}


def row_security_statements(table: Table) -> list[str]:
    """SQL that lets the app see a village table's rows of the unit's villages only. For migrations, run as owner."""
    seen = "current_setting('app.tenants', true)"
    rule = f"{seen} = '{ALL_TENANTS}' OR tenant_id = ANY (string_to_array({seen}, ','))"
    return [
        f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY village ON {table.name} USING ({rule}) WITH CHECK ({rule})",
    ]


def make_engine(url: str, *, pool: int = 10, **options: Any) -> AsyncEngine:
    """An async engine on asyncpg. The server's clock is UTC for us whatever its own setting is. A server that is gone is told as DatabaseAway."""
    engine = create_async_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=15,
        pool_pre_ping=False,
        hide_parameters=True,  # an error message with values would carry persons into the log
        connect_args=connection_arguments("mgramseva"),
        **options,
    )
    tell_outages(engine)
    return engine


def connection_arguments(name: str) -> dict[str, Any]:
    """How an engine connects; `name` is what the server's list of connections says of it."""
    return {"server_settings": {"timezone": "UTC", "jit": "off", "application_name": name}, "timeout": 10, "async_creator_fn": connect}
