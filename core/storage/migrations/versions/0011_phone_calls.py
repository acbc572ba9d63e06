"""
Telephone calls, and who is owed one.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OWED = sa.text("due_at IS NOT NULL AND settled_at IS NULL")


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "phone_call",
        sa.Column("id", sa.String(32), nullable=False, comment="as the telephony process named it"),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False, comment="contact whose key it lies under"),
        sa.Column("outcome", sa.String(16), nullable=False, comment="served reported missed callback emergency"),
        sa.Column("storm", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=False),
        sa.Column("facts_sealed", sa.LargeBinary(), comment="numbers, step, language"),
        sa.Column("due_at", Instant(), comment="by when somebody calls back; none: nobody is owed a call"),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("settled_at", Instant()),
        sa.Column("settled_by", sa.String(32), server_default="", nullable=False),
        sa.Column("result", sa.String(24), server_default="", nullable=False, comment="of the last attempt"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name="fk_phone_call_conversation_id_conversation"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_phone_call"),
    )
    op.create_index("ix_phone_call_began", "phone_call", ["began_at", "id"])
    op.create_index("ix_phone_call_conversation", "phone_call", ["conversation_id"])
    op.create_index("ix_phone_call_owed", "phone_call", ["due_at", "id"], sqlite_where=_OWED, postgresql_where=_OWED)
