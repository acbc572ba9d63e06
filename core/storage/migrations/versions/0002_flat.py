"""
Lists and searches that stay flat as the archive grows: who has a part in a case, words by age, the few open rows.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage import search_schema

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ATTENDED = "needs_human OR mode = 'person'"
_STOPPED = "state NOT IN ('pending', 'claimed', 'sent')"

# Everybody with a part in a case, out of the fold of its events.
_SQLITE_AGENCIES = """
UPDATE "case" SET agencies = (
    SELECT coalesce(json_group_array(agency), '[]') FROM (
        SELECT json_extract(one.value, '$.agency_id') AS agency
        FROM json_each(CAST(state AS TEXT), '$.dispatches') AS one
        UNION SELECT json_extract(one.value, '$.unit_id') FROM json_each(CAST(state AS TEXT), '$.dispatches') AS one
        UNION SELECT json_extract(one.value, '$.agency_id')
        FROM json_each(CAST(state AS TEXT), '$.coordinations') AS one
        UNION SELECT json_extract(CAST(state AS TEXT), '$.lead_agency')
        ORDER BY agency
    ) WHERE agency IS NOT NULL
) WHERE state LIKE '%agency_id":"%' OR state LIKE '%"lead_agency":"%'
"""
_POSTGRES_AGENCIES = """
UPDATE "case" SET agencies = found.agencies FROM (
    SELECT id, jsonb_agg(DISTINCT agency)::text AS agencies
    FROM (SELECT id, convert_from(state, 'UTF8')::jsonb AS known FROM "case") AS one, LATERAL (
        SELECT jsonb_array_elements(known -> 'dispatches') ->> 'agency_id' AS agency
        UNION SELECT jsonb_array_elements(known -> 'dispatches') ->> 'unit_id'
        UNION SELECT jsonb_array_elements(known -> 'coordinations') ->> 'agency_id'
        UNION SELECT known ->> 'lead_agency'
    ) AS parts WHERE agency IS NOT NULL GROUP BY id
) AS found WHERE found.id = "case".id
"""


def upgrade() -> None:
    """New column, its content, indexes, and the tables that triggers keep."""
    connection = op.get_bind()
    postgres = connection.dialect.name == "postgresql"
    told = "JSON: every agency with a part in it"
    agencies = sa.Column("agencies", sa.Text(), server_default="[]", nullable=False, comment=told)
    op.add_column("case", agencies)
    connection.exec_driver_sql(_POSTGRES_AGENCIES if postgres else _SQLITE_AGENCIES)
    op.drop_index("ix_case_received", "case")
    op.create_index("ix_case_received", "case", ["received_at", "id"])
    op.create_index("ix_case_stage", "case", ["stage", "received_at", "id"])
    op.create_index("ix_case_task_role", "case_task", ["role", "due_at", "case_id"])
    op.drop_index("ix_publication_at", "publication")
    op.create_index("ix_publication_at", "publication", ["kind", "published_at", "case_id"])
    _partial("ix_conversation_attended", "conversation", ["last_message_at", "id"], _ATTENDED)
    _partial("ix_outbox_stopped", "outbox", ["seq"], _STOPPED)
    search_schema.create(connection)
    search_schema.fill(connection)


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
