"""
What is also entered in the national system for phản ánh, kiến nghị (VN-7).

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "national_item",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(12), nullable=False, comment="waiting, entered or set_aside"),
        sa.Column("since", Instant(), nullable=False, comment="when the case was received, or put in by hand"),
        sa.Column("added_by", sa.String(32), server_default="", nullable=False, comment="empty: by the regulation"),
        sa.Column("exported_at", Instant()),
        sa.Column("exported_by", sa.String(32)),
        sa.Column("ended_at", Instant()),
        sa.Column("ended_by", sa.String(64)),
        sa.Column("reference", sa.String(200), server_default="", nullable=False, comment="its number over there"),
        sa.Column("reason", sa.String(200), server_default="", nullable=False, comment="why it is none of theirs"),
        sa.PrimaryKeyConstraint("case_id", name="pk_national_item"),
    )
    op.create_index("ix_national_item_state", "national_item", ["state", "since", "case_id"])
    op.create_index("ix_national_item_ended", "national_item", ["state", "ended_at", "case_id"])
