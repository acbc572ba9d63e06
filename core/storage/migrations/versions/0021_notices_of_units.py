"""
Notices that units write and the centre reviews, each step with who took it; readers by area and field.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant, Json

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Five columns, two new tables."""
    _hands()
    _readers()


def _hands() -> None:
    unit = sa.Column(
        "agency", sa.String(64), server_default="", nullable=False, comment="the unit that wrote it; none: the centre"
    )
    field = sa.Column(
        "topic", sa.String(80), server_default="", nullable=False, comment="field of the regulation; none: all"
    )
    why = sa.Column("note", sa.String(500), server_default="", nullable=False, comment="why it came back")
    told = sa.Column(
        "told_to", sa.String(32), server_default="", nullable=False, comment="readers are written to up to this one"
    )
    over: sa.Column[datetime] = sa.Column("told_at", Instant(), comment="every reader was written to, or none is")
    for column in (unit, field, why, told, over):
        op.add_column("public_notice", column)
    if op.get_context().dialect.name == "postgresql":  # SQLite keeps no comments
        states = "draft, checking, reviewing, published or withdrawn"
        op.alter_column("public_notice", "state", existing_type=sa.String(12), existing_nullable=False, comment=states)
    op.create_table(
        "notice_step",
        sa.Column("notice_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of the notice that the step made"),
        sa.Column("act", sa.String(12), nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("note", sa.String(500), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["public_notice.id"], name="fk_notice_step_notice_id"),
        sa.PrimaryKeyConstraint("notice_id", "version", name="pk_notice_step"),
    )


def _readers() -> None:
    op.create_table(
        "notice_reader",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.String(32), nullable=False, comment="whose key seals the address"),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("address_blind", sa.String(64), nullable=False, comment="the same address is kept once"),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("areas", Json(), nullable=False, comment="names of places; none: the whole province"),
        sa.Column("topics", Json(), nullable=False, comment="fields of the regulation; none: all"),
        sa.Column("since", Instant(), nullable=False, comment="when the reader asked for it, proved"),
        sa.Column("recent", Json(), nullable=False, comment="when the last ones left, in microseconds (VN-6)"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_reader"),
        sa.UniqueConstraint("channel", "address_blind", name="uq_notice_reader_channel_address_blind"),
    )
    op.create_index("ix_notice_reader_subject", "notice_reader", ["subject_id"])
