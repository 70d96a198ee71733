"""The first landing's tables, security, triggers and queue."""

from __future__ import annotations

from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from sqlalchemy import text

from backend.kit.database import APP_ROLE, Base, row_security_statements
from backend.migrations.models import DDL_STATEMENTS

revision = "0001"
down_revision = None

APPEND_ONLY = ("announcement", "announcement_seal")


def upgrade() -> None:
    bind = op.get_bind()
    Base.metadata.create_all(bind)
    for table in Base.metadata.sorted_tables:
        if "villageless" not in table.info:
            for statement in row_security_statements(table):
                op.execute(statement)
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for name in APPEND_ONLY:
        op.execute(f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    for statement in DDL_STATEMENTS:
        op.execute(text(statement.replace(":", "\\:")))
    queue = QueryBuilderEnvironment().build_install_query(create_schema=False)
    bind.connection.dbapi_connection.run_async(lambda raw: raw.execute(queue))
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
    op.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
