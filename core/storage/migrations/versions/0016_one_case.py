"""
Sessions that a signed link opened, for one case.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; sessions that are open now are for everything."""
    told = "the only case it is good for"
    op.add_column("session", sa.Column("case_id", sa.String(32), nullable=False, server_default="", comment=told))
