"""
What the centre tells everybody.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant, Json

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "public_notice",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False, comment="notice, warning or disaster"),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("areas", Json(), nullable=False, comment="names of places; none: the whole province"),
        sa.Column("valid_from", Instant(), nullable=False),
        sa.Column("valid_until", Instant(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False, comment="draft, published or withdrawn"),
        sa.Column(
            "version", sa.Integer(), nullable=False, comment="of the draft: what was previewed is what is published"
        ),
        sa.Column("seen_at", Instant(), comment="since when readers see it, or see that it was withdrawn"),
        sa.Column("written_by", sa.String(32), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("published_by", sa.String(32)),
        sa.Column("published_at", Instant()),
        sa.Column("withdrawn_by", sa.String(32)),
        sa.Column("withdrawn_at", Instant()),
        sa.Column(
            "rung_to", sa.String(32), server_default="", nullable=False, comment="devices are rung up to this owner"
        ),
        sa.Column("rung_at", Instant(), comment="every device was rung, or none is"),
        sa.PrimaryKeyConstraint("id", name="pk_public_notice"),
    )
    op.create_index("ix_public_notice_written", "public_notice", ["written_at", "id"])
    op.create_index("ix_public_notice_seen", "public_notice", ["seen_at", "id"])
    op.create_index("ix_public_notice_state", "public_notice", ["state", "valid_until"])
