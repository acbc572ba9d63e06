"""
Every report that an agent wrote in a call, not only the first: each offers its recording, and keeps it while it is open.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of its own, with what the notes say so far; they are looked up by report no longer."""
    op.create_table(
        "call_report",
        sa.Column("report", sa.String(12), nullable=False, comment="code of a report that an agent wrote in a call"),
        sa.Column("call_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("report", name="pk_call_report"),
    )
    op.execute(
        "INSERT INTO call_report (report, call_id) SELECT report, min(id) FROM call_note WHERE report <> '' GROUP BY report"
    )
    op.create_index("ix_call_report_call", "call_report", ["call_id"])
    op.drop_index("ix_call_note_report", "call_note")
