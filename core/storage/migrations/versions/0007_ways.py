"""
Several ways to tell one thing, and who lets us write to them where.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STOPPED = sa.text("state NOT IN ('pending', 'claimed', 'sent', 'passed_on', 'dropped')")


def upgrade() -> None:
    """One new table, four columns; what is to be sent is found by its channel."""
    op.create_table(
        "standing",
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("account", sa.String(200), nullable=False),
        sa.Column(
            "address_blind", sa.String(64), nullable=False, comment="who let us write to them there, or does not"
        ),
        sa.Column("reachable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False, server_default=""),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "account", "address_blind", name="pk_standing"),
    )
    op.create_index("ix_standing_address", "standing", ["address_blind"])
    for name, length, comment in (
        ("root", 32, "first of the entries that try to tell one thing"),
        ("way", 48, "channel/kind of address that this one tries"),
        ("why", 300, "why this way, for staff to read"),
    ):
        op.add_column("outbox", sa.Column(name, sa.String(length), nullable=False, server_default="", comment=comment))
    waits: sa.Column[bool] = sa.Column(
        "waits", sa.Boolean(), nullable=False, server_default=sa.text("false"), comment="not in the quiet hours (VN-6)"
    )
    op.add_column("outbox", waits)
    op.drop_index("ix_outbox_state", "outbox")
    op.create_index("ix_outbox_state", "outbox", ["state", "channel", "next_at", "seq"])
    op.drop_index("ix_outbox_stopped", "outbox")
    op.create_index("ix_outbox_stopped", "outbox", ["seq"], sqlite_where=_STOPPED, postgresql_where=_STOPPED)
