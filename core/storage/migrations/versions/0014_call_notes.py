"""
What agents note of calls.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "call_note",
        sa.Column("id", sa.String(32), nullable=False, comment="of the call, as the telephony process named it"),
        sa.Column("contact_id", sa.String(32), nullable=False, comment="whom a report written in it will belong to"),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("agent", sa.String(32), nullable=False, comment="who noted last"),
        sa.Column("code", sa.String(32), server_default="", nullable=False, comment="wrap-up code, as the agent chose"),
        sa.Column(
            "report", sa.String(12), server_default="", nullable=False, comment="code of the report written in it"
        ),
        sa.Column("link", sa.String(64), server_default="", nullable=False, comment="hash of the link that was sent"),
        sa.Column("link_ends_at", Instant()),
        sa.PrimaryKeyConstraint("id", name="pk_call_note"),
    )
    op.create_index("ix_call_note_began", "call_note", ["began_at", "code"])
    for name in ("link", "report"):
        open_ones = sa.text(f"{name} <> ''")
        op.create_index(f"ix_call_note_{name}", "call_note", [name], sqlite_where=open_ones, postgresql_where=open_ones)
