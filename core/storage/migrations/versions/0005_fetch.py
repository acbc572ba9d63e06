"""
Files that lie with a provider and are to be fetched.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "fetch",
        sa.Column("stored_key", sa.String(64), nullable=False, comment="where the file will lie"),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False, comment="whose file it is"),
        sa.Column(
            "wanted_sealed", sa.LargeBinary(), nullable=False, comment="the Attachment as the provider told of it"
        ),
        sa.Column("state", sa.String(8), nullable=False, server_default="waiting"),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column(
            "next_at", Instant(), nullable=False, comment="also while it is being fetched: when it may be tried again"
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("reason", sa.String(100), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("stored_key", name="pk_fetch"),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index("ix_fetch_waiting", "fetch", ["channel", "next_at"], sqlite_where=waiting, postgresql_where=waiting)
