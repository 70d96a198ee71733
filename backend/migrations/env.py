"""Alembic's environment: one transaction for all that is pending, under a lock, so that two starting processes don't migrate at once."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from backend.kit.database import Base
from backend.migrations import models  # noqa: F401  every room's tables

connection: Connection = context.config.attributes["connection"]
connection.execute(text("SELECT pg_advisory_lock(7300000)"))
try:
    context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
finally:
    connection.execute(text("SELECT pg_advisory_unlock(7300000)"))
    connection.commit()
