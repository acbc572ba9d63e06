"""
Records that were handed to a state body: who, to whom, why, which period, and what the file was.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "handout",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("received_from", sa.String(10), nullable=False, comment="ISO date, Vietnamese time"),
        sa.Column("received_until", sa.String(10), nullable=False, comment="ISO date, the last one that counts"),
        sa.Column("with_reporters", sa.Boolean(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False, comment="left out: state secret suspected"),
        sa.Column("digest", sa.String(64), nullable=False, comment="SHA-256 of the file"),
        sa.PrimaryKeyConstraint("id", name="pk_handout"),
    )
    op.create_index("ix_handout_at", "handout", ["at"])
