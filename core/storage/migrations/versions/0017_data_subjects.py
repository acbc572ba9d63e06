"""
Requests of people about their data, the ledger of consents, what is held back, what was deleted; two people hand out.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.storage.types import Instant, Json

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Seven new tables, and who decided of what is handed out."""
    _requests()
    _consents()
    _held_back()
    _deleted()
    _handed_out()


def _requests() -> None:
    op.create_table(
        "data_request",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("contact_id", sa.String(32), nullable=False),
        sa.Column("right", sa.String(16), nullable=False, comment="which right of VN-4"),
        sa.Column("via", sa.String(16), nullable=False),
        sa.Column("proved_by", sa.String(16), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("answer_due", Instant(), nullable=False),
        sa.Column("finish_due", Instant(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("processors", sa.Boolean(), nullable=False, comment="others process the data on our behalf"),
        sa.Column(
            "entered_by", sa.String(32), server_default="", nullable=False, comment="staff id of a spoken request"
        ),
        sa.Column("answered_at", Instant()),
        sa.Column("extended_at", Instant()),
        sa.Column("ended_at", Instant()),
        sa.Column("ground", sa.String(32), server_default="", nullable=False, comment="why it was refused"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(12), server_default="", nullable=False, comment="of the report it was asked beside"
        ),
        sa.Column("words_sealed", sa.LargeBinary(), comment="what they asked for, what is to be corrected"),
        sa.PrimaryKeyConstraint("id", name="pk_data_request"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_data_request_contact_id"),
    )
    op.create_index("ix_data_request_contact", "data_request", ["contact_id"])
    op.create_index("ix_data_request_received", "data_request", ["received_at", "id"])
    open_ones = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_data_request_open", "data_request", ["finish_due", "id"], sqlite_where=open_ones, postgresql_where=open_ones
    )
    op.create_table(
        "data_step",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("request_id", sa.String(32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(32), nullable=False, comment="staff id, reporter or system"),
        sa.Column("move", sa.String(16), nullable=False),
        sa.Column("note_sealed", sa.LargeBinary(), comment="under the key of the person it is about"),
        sa.PrimaryKeyConstraint("id", name="pk_data_step"),
        sa.ForeignKeyConstraint(["request_id"], ["data_request.id"], name="fk_data_step_request_id"),
    )
    op.create_index("ix_data_step_request", "data_step", ["request_id", "id"])


def _consents() -> None:
    op.create_table(
        "consent",
        sa.Column("report_id", sa.String(32), nullable=False, comment="what it was given with"),
        sa.Column("contact_id", sa.String(32), nullable=False),
        sa.Column("wording", sa.String(64), nullable=False, comment="SHA-256 of what was shown"),
        sa.Column("covers", Json(), nullable=False, comment="names of fields, never what stands in them"),
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant()),
        sa.Column("request_id", sa.String(32), comment="by which it was withdrawn"),
        sa.PrimaryKeyConstraint("report_id", name="pk_consent"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_consent_contact_id"),
    )
    op.create_index("ix_consent_contact", "consent", ["contact_id"])
    op.create_table(
        "consent_wording",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="as it was shown, word for word"),
        sa.Column("since", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_consent_wording"),
    )


def _held_back() -> None:
    op.create_table(
        "restriction",
        sa.Column("request_id", sa.String(32), nullable=False),
        sa.Column("contact_id", sa.String(32), nullable=False),
        sa.Column("right", sa.String(16), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("lifted_at", Instant()),
        sa.Column("lifted_by", sa.String(32)),
        sa.PrimaryKeyConstraint("request_id", name="pk_restriction"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name="fk_restriction_contact_id"),
    )
    held = sa.text("lifted_at IS NULL")
    op.create_index("ix_restriction_held", "restriction", ["contact_id"], sqlite_where=held, postgresql_where=held)


def _deleted() -> None:
    op.create_table(
        "deletion",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("what", sa.String(32), nullable=False, comment="which sort of record"),
        sa.Column("until", Instant(), comment="everything older went; none: by another rule"),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(32), nullable=False, comment="staff id, or system"),
        sa.PrimaryKeyConstraint("id", name="pk_deletion"),
    )
    op.create_index("ix_deletion_at", "deletion", ["at"])


def _handed_out() -> None:
    for column in (
        sa.Column(
            "document", sa.String(120), server_default="", nullable=False, comment="number and date of the request"
        ),
        sa.Column(
            "ground", sa.String(200), server_default="", nullable=False, comment="the law the receiver relies on"
        ),
        sa.Column("state", sa.String(12), server_default="given", nullable=False, comment="asked, given or refused"),
        sa.Column("decided_by", sa.String(32), comment="the second person"),
        sa.Column("decided_at", Instant()),
    ):
        op.add_column("handout", column)
    op.create_table(
        "handout_case",
        sa.Column("handout_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("handout_id", "case_id", name="pk_handout_case"),
    )
    op.create_index("ix_handout_case_case", "handout_case", ["case_id"])
