"""
Where open cases are, for the map; what each person has seen, for unread marks.

Only open cases are brought up to date: nobody asks where the others are, and an archive is large.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_PLACED = "latitude IS NOT NULL OR commune_code IS NOT NULL"
_COLUMNS = ["latitude", "longitude", "commune_code", "category", "urgency", "next_due_at", "id"]
_FILL = {
    "sqlite": """
        UPDATE "case" SET latitude = json_extract(CAST(state AS TEXT), '$.point[0]'),
            longitude = json_extract(CAST(state AS TEXT), '$.point[1]'),
            commune_code = json_extract(CAST(state AS TEXT), '$.commune_code')
        WHERE open = 1
    """,
    "postgresql": """
        UPDATE "case" SET latitude = (told.state #>> '{point,0}')::integer,
            longitude = (told.state #>> '{point,1}')::integer, commune_code = told.state ->> 'commune_code'
        FROM (SELECT id, convert_from(state, 'UTF8')::json AS state FROM "case" WHERE open) AS told
        WHERE told.id = "case".id
    """,
}


def upgrade() -> None:
    """Three columns with an index over open cases, a new table."""
    op.add_column("case", sa.Column("latitude", sa.Integer(), comment="of its place, in thousandths of a degree"))
    op.add_column("case", sa.Column("longitude", sa.Integer()))
    op.add_column("case", sa.Column("commune_code", sa.String(16)))
    op.execute(_FILL[op.get_context().dialect.name])
    op.create_index(
        "ix_case_placed",
        "case",
        _COLUMNS,
        sqlite_where=sa.text(f"open = 1 AND ({_PLACED})"),
        postgresql_where=sa.text(f"open AND ({_PLACED})"),
    )
    op.create_table(
        "seen_mark",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("ref", sa.String(40), nullable=False, comment="case:ID or talk:ID"),
        sa.Column(
            "upto", sa.BigInteger(), nullable=False, comment="version of the case, instant of the newest message"
        ),
        sa.Column("at", Instant(), nullable=False, comment="when they looked"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_seen_mark_user_id"),
        sa.PrimaryKeyConstraint("user_id", "ref", name="pk_seen_mark"),
    )
    op.create_index("ix_seen_mark_at", "seen_mark", ["at"])
