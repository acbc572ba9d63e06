"""
Fewer indexes that a message writes on its way in: whose it is is nobody's yet, and the embedded queue reads what waits.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_KNOWN = sa.text("subject_id IS NOT NULL")


def upgrade() -> None:
    """One index over fewer rows; one that only a server keeps."""
    op.drop_index("ix_inbox_item_subject", "inbox_item")
    op.create_index("ix_inbox_item_subject", "inbox_item", ["subject_id"], sqlite_where=_KNOWN, postgresql_where=_KNOWN)
    if op.get_context().dialect.name == "sqlite":
        op.drop_index("ix_inbox_item_conversation", "inbox_item")
