"""
One-time passwords that wait for their answer, forms that wait for one, and contacts that are one person.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three new tables."""
    _challenges()
    _kept_forms()
    _contact_links()


def _challenges() -> None:
    op.create_table(
        "otp_challenge",
        sa.Column("id", sa.String(32), nullable=False, comment="also the subject of the key its message lies under"),
        sa.Column("purpose", sa.String(80), nullable=False, comment="what an answer permits"),
        sa.Column("recipient", sa.String(64), nullable=False, comment="keyed hash of the address"),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("used_at", Instant()),
        sa.PrimaryKeyConstraint("id", name="pk_otp_challenge"),
    )
    op.create_index("ix_otp_challenge_recipient", "otp_challenge", ["recipient", "purpose"])
    op.create_index("ix_otp_challenge_expires", "otp_challenge", ["expires_at"])


def _kept_forms() -> None:
    op.create_table(
        "kept_form",
        sa.Column("id", sa.String(32), nullable=False, comment="contact that the report will belong to"),
        sa.Column("subject_id", sa.String(32), nullable=False, comment="key of its own"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False, comment="what was typed"),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kept_form"),
    )
    op.create_index("ix_kept_form_expires", "kept_form", ["expires_at"])


def _contact_links() -> None:
    op.create_table(
        "contact_link",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("contact_id", sa.String(32), nullable=False, comment="proved to be the same person as the other"),
        sa.Column("kept_id", sa.String(32), nullable=False, comment="the older contact, which stands for both"),
        sa.Column("proof", sa.String(16), nullable=False, comment="by what: otp, provider"),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("undone_at", Instant()),
        sa.Column("undone_by", sa.String(64), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_contact_link"),
    )
    op.create_index("ix_contact_link_contact", "contact_link", ["contact_id"])
    op.create_index("ix_contact_link_kept", "contact_link", ["kept_id"])
