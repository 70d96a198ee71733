"""The first landing's tables, security, triggers and queue: the statements of 0001_house.sql, PgQueuer's own schema, and what the app's role may do."""

from __future__ import annotations

from pathlib import Path

from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

from backend.kit.database import APP_ROLE

revision = "0001"
down_revision = None


def upgrade() -> None:
    house = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    queue = QueryBuilderEnvironment().build_install_query(create_schema=False)
    connection = op.get_bind().connection.dbapi_connection
    assert connection is not None
    for script in (house, queue):
        connection.run_async(lambda raw, script=script: raw.execute(script))
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
    op.execute(f"REVOKE UPDATE, DELETE ON announcement, announcement_seal FROM {APP_ROLE}")
