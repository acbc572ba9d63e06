"""
Browsers that may be rung when there is news.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "push_device",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column(
            "owner",
            sa.String(32),
            nullable=False,
            comment="conversation of a citizen, or user: whose news it rings for",
        ),
        sa.Column("subject_id", sa.String(32), nullable=False, comment="contact or user whose key it lies under"),
        sa.Column("service", sa.String(16), nullable=False, comment="channel that rings it"),
        sa.Column(
            "endpoint_blind",
            sa.String(64),
            nullable=False,
            comment="keyed hash: one device is kept once for an owner",
        ),
        sa.Column("device_sealed", sa.LargeBinary(), nullable=False, comment="address and keys"),
        sa.Column("added_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_push_device"),
        sa.UniqueConstraint("owner", "endpoint_blind", name="uq_push_device_owner"),
    )
    op.create_index("ix_push_device_subject", "push_device", ["subject_id"])
