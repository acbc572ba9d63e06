"""
Who has taken a conversation over, and when one was closed as a question.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns; what people have in hand now belongs to nobody until somebody answers."""
    taken = sa.Column(
        "attendant", sa.String(32), nullable=False, server_default="", comment="who of the staff has taken it over"
    )
    op.add_column("conversation", taken)
    told = "when staff last closed it as a question that needs no case"
    op.add_column("conversation", sa.Column("answered_at", Instant(), comment=told))
