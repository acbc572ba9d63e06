"""
Agencies and communes with their dates, and people: one account each, focal points, stand-ins, what they are told.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant, Json

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ALWAYS = "ISO date; empty: for as long as anybody remembers"
_PRESENT = sa.text("until IS NULL")


def upgrade() -> None:
    """New tables, and one column that is empty in every account there is."""
    _agencies()
    _communes()
    told = "keyed hash of the official's own number: one account each"
    op.add_column("user", sa.Column("identity_blind", sa.String(64), comment=told))
    op.create_index("ix_user_identity", "user", ["identity_blind"], unique=True)
    _people()
    _notices()


def _agencies() -> None:
    op.create_table(
        "agency_edition",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("note", sa.String(200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_agency_edition"),
    )
    op.create_table(
        "agency_entry",
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.String(64), nullable=False),
        sa.Column("since", sa.String(10), nullable=False, comment=_ALWAYS),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("kind", sa.String(48), nullable=False),
        sa.Column("short_name", sa.String(80), nullable=False),
        sa.Column("parent", sa.String(64)),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("commune_code", sa.String(16)),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("replaced_by", Json(), nullable=False),
        sa.ForeignKeyConstraint(["edition"], ["agency_edition.number"], name="fk_agency_entry_edition_agency_edition"),
        sa.PrimaryKeyConstraint("edition", "agency_id", "since", name="pk_agency_entry"),
    )


def _communes() -> None:
    op.create_table(
        "commune",
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("since", sa.String(10), nullable=False, comment=_ALWAYS),
        sa.Column("until", sa.String(10), nullable=False, comment="ISO date, its last day; empty: still there"),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False, comment="xã, phường, thị trấn, đặc khu"),
        sa.Column("district", sa.String(120), nullable=False),
        sa.Column("province", sa.String(120), nullable=False),
        sa.Column("province_code", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("code", "since", name="pk_commune"),
    )
    op.create_table(
        "commune_succession",
        sa.Column("old_code", sa.String(16), nullable=False),
        sa.Column("new_code", sa.String(16), nullable=False),
        sa.Column("since", sa.String(10), nullable=False, comment="ISO date of the change"),
        sa.Column("whole", sa.Boolean(), nullable=False, comment="all of the old one went there"),
        sa.PrimaryKeyConstraint("old_code", "new_code", "since", name="pk_commune_succession"),
    )


def _people() -> None:
    op.create_table(
        "focal_point",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agency_id", sa.String(64), nullable=False),
        sa.Column("part", sa.String(16), nullable=False, comment="leader or officer"),
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column(
            "document", sa.String(200), server_default="", nullable=False, comment="the writing that registered them"
        ),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), comment="when somebody else took over"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_focal_point_user_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_focal_point"),
    )
    op.create_index(
        "ix_focal_point_present",
        "focal_point",
        ["agency_id", "part"],
        unique=True,
        sqlite_where=_PRESENT,
        postgresql_where=_PRESENT,
    )
    op.create_index("ix_focal_point_user", "focal_point", ["user_id"])
    op.create_table(
        "stand_in",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("user_id", sa.String(32), nullable=False, comment="who is away"),
        sa.Column("deputy_id", sa.String(32), nullable=False, comment="who acts for them"),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False, comment="first instant that is over"),
        sa.Column("made_by", sa.String(64), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), comment="taken back before its time"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_stand_in_user_id_user"),
        sa.ForeignKeyConstraint(["deputy_id"], ["user.id"], name="fk_stand_in_deputy_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_stand_in"),
    )
    op.create_index("ix_stand_in_deputy", "stand_in", ["deputy_id", "until"])
    op.create_index("ix_stand_in_user", "stand_in", ["user_id", "until"])


_UNREAD = sa.text("state = 'shown'")
_UNREACHED = sa.text("state NOT IN ('shown', 'read', 'queued')")


def _notices() -> None:
    op.create_index("ix_role_grant_seat", "role_grant", ["role", "agency_id"])
    words = "words of ours and of the pack; nothing that people wrote"
    op.create_table(
        "staff_notice",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("dedupe_key", sa.String(300), nullable=False, comment="the same notice is written once"),
        sa.Column("user_id", sa.String(32), comment="empty: nobody holds the role there"),
        sa.Column("role", sa.String(48), nullable=False, comment="in which the person is told"),
        sa.Column("agency_id", sa.String(64), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("case_code", sa.String(12), nullable=False),
        sa.Column(
            "notification", sa.String(80), nullable=False, comment="entry of the pack, or the limit that caused it"
        ),
        sa.Column("form", sa.String(10), nullable=False, comment="console, push, sms, email: each its own delivery"),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.String(600), nullable=False, comment=words),
        sa.Column(
            "state", sa.String(12), nullable=False, comment="shown, read, queued, no_channel, no_address, nobody"
        ),
        sa.Column("outbox_id", sa.String(32)),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("read_at", Instant()),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_staff_notice_user_id_user"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_notice"),
        sa.UniqueConstraint("dedupe_key", name="uq_staff_notice_dedupe_key"),
    )
    op.create_index(
        "ix_staff_notice_unread",
        "staff_notice",
        ["user_id", "created_at"],
        sqlite_where=_UNREAD,
        postgresql_where=_UNREAD,
    )
    op.create_index(
        "ix_staff_notice_unreached",
        "staff_notice",
        ["created_at"],
        sqlite_where=_UNREACHED,
        postgresql_where=_UNREACHED,
    )
    op.create_index("ix_staff_notice_case", "staff_notice", ["case_id"])
    op.create_index("ix_staff_notice_user", "staff_notice", ["user_id", "created_at"])
    sealed = "number or address, under a key of this person"
    op.create_table(
        "staff_address",
        sa.Column("user_id", sa.String(32), nullable=False),
        sa.Column("form", sa.String(10), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=False, comment=sealed),
        sa.Column("set_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_staff_address_user_id_user"),
        sa.PrimaryKeyConstraint("user_id", "form", name="pk_staff_address"),
    )
