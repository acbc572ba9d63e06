"""
What statistics count.

Cases of before have none: the worker reads them off their events once it runs.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant, Json

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table, and an index to find cases that ended since a day."""
    op.create_table(
        "case_milestone",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the case after the event that made it"),
        sa.Column("place", sa.Integer(), nullable=False, comment="among those of one event"),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("name", sa.String(64), server_default="", nullable=False),
        sa.Column(
            "subject",
            sa.String(80),
            server_default="",
            nullable=False,
            comment="the clock, dispatch or report it is about",
        ),
        sa.Column(
            "agency",
            sa.String(64),
            server_default="",
            nullable=False,
            comment="whom it is counted for; empty: the centre",
        ),
        sa.Column("value", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("case_id", "version", "place", name="pk_case_milestone"),
    )
    said = sa.text("kind IN ('answered', 'rated', 'complained')")
    op.create_index(
        "ix_case_milestone_said", "case_milestone", ["kind", "at"], sqlite_where=said, postgresql_where=said
    )
    op.create_index("ix_case_closed", "case", ["closed_at"])
    cases = sa.table("case", sa.column("id"))
    setting = sa.table("setting", sa.column("key"), sa.column("value", Json()))
    if op.get_bind().execute(sa.select(cases.c.id).limit(1)).first():
        op.execute(setting.insert().values(key="milestones_missing", value={"after": ""}))
