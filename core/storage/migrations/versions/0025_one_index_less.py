"""
No query asked who needs a person without asking who has one: each message of a conversation wrote an index for nothing.

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """`ix_conversation_attended` answers what is asked."""
    op.drop_index("ix_conversation_human", "conversation")
