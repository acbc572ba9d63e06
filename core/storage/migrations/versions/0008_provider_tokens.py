"""
Tokens of providers that are renewed by a pair used once, and the requests of officials to be granted one.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "provider_token",
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False, comment="goes up with every pair"),
        sa.Column("pair_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False, comment="of the access token"),
        sa.Column("refreshed_at", Instant(), nullable=False, comment="when this pair came"),
        sa.Column("needs_reauth", sa.Boolean(), nullable=False),
        sa.Column("lease_owner", sa.String(64), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column(
            "unsettled", sa.Boolean(), nullable=False, comment="a renewal began, and nobody knows what came of it"
        ),
        sa.PrimaryKeyConstraint("channel", "account", name="pk_provider_token"),
    )
    op.create_table(
        "grant_request",
        sa.Column("state_hash", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False, comment="who began, and alone may end it"),
        sa.Column("verifier_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name="pk_grant_request"),
    )
