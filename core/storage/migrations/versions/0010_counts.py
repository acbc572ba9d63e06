"""
Counts of messages by channel: sent on a day, come in an hour.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "quota_day",
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("day", sa.String(10), nullable=False, comment="in Vietnam, ISO"),
        sa.Column("spent", sa.Integer(), nullable=False, comment="messages of that day's quota"),
        sa.PrimaryKeyConstraint("channel", "day", name="pk_quota_day"),
    )
    op.create_table(
        "arrivals_hour",
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("hour", Instant(), nullable=False, comment="its beginning"),
        sa.Column("items", sa.Integer(), nullable=False, comment="messages that came in it"),
        sa.PrimaryKeyConstraint("channel", "hour", name="pk_arrivals_hour"),
    )
