"""
Figures kept between two looks, periodic reports with their files, and hours of service.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Four new tables."""
    op.create_table(
        "kept_figures",
        sa.Column("key", sa.String(64), nullable=False, comment="digest of the question"),
        sa.Column("first", Instant(), nullable=False),
        sa.Column("end", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False, comment="as of when"),
        sa.Column("asked_at", Instant(), nullable=False, comment="what nobody asks for is let go"),
        sa.Column("numbers", sa.LargeBinary(), nullable=False, comment="JSON: facts and how often each holds"),
        sa.PrimaryKeyConstraint("key", name="pk_kept_figures"),
    )
    op.create_table(
        "period_report",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(160), nullable=False, comment="the report of the pack and its days: one each"),
        sa.Column("report", sa.String(64), nullable=False, comment="its entry in the pack"),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("first", sa.String(10), nullable=False, comment="first day covered, in Vietnam, ISO"),
        sa.Column("last", sa.String(10), nullable=False),
        sa.Column("late_from", Instant(), comment="empty: no day is set"),
        sa.Column("until", Instant(), nullable=False, comment="its figures are as of then"),
        sa.Column("prepared_by", sa.String(32), nullable=False),
        sa.Column("prepared_at", Instant(), nullable=False),
        sa.Column("sent_by", sa.String(32)),
        sa.Column("sent_at", Instant()),
        sa.Column("sent_to", sa.String(300), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_period_report"),
        sa.UniqueConstraint("key", name="uq_period_report_key"),
    )
    op.create_table(
        "report_file",
        sa.Column("report_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("body_sealed", sa.LargeBinary(), nullable=False, comment="under a key of this report"),
        sa.ForeignKeyConstraint(["report_id"], ["period_report.id"], name="fk_report_file_report_id_period_report"),
        sa.PrimaryKeyConstraint("report_id", "kind", name="pk_report_file"),
    )
    op.create_table(
        "service_hour",
        sa.Column("hour", Instant(), nullable=False, comment="its beginning"),
        sa.Column("minutes", sa.Integer(), nullable=False, comment="in which the service was there"),
        sa.Column("last", Instant(), nullable=False, comment="the newest of them"),
        sa.PrimaryKeyConstraint("hour", name="pk_service_hour"),
    )
