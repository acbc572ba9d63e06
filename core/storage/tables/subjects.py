"""What people ask about their data, what they agreed to, what is held back at their wish, and what was deleted."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from core.storage.tables.base import Serial, metadata, partial
from core.storage.types import Instant, Json

data_request = Table(
    "data_request",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("contact_id", String(32), ForeignKey("contact.id"), nullable=False),
    Column("right", String(16), nullable=False, comment="which right of VN-4"),
    Column("via", String(16), nullable=False),
    Column("proved_by", String(16), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("answer_due", Instant, nullable=False),
    Column("finish_due", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("processors", Boolean, nullable=False, comment="others process the data on our behalf"),
    Column("entered_by", String(32), nullable=False, server_default="", comment="staff id of a spoken request"),
    Column("answered_at", Instant),
    Column("extended_at", Instant),
    Column("ended_at", Instant),
    Column("ground", String(32), nullable=False, server_default="", comment="why it was refused"),
    Column("version", Integer, nullable=False),
    Column("code", String(12), nullable=False, server_default="", comment="of the report it was asked beside"),
    Column("words_sealed", LargeBinary, comment="what they asked for, what is to be corrected"),
)
Index("ix_data_request_contact", data_request.c.contact_id)
partial("ix_data_request_open", data_request.c.finish_due, data_request.c.id, where="ended_at IS NULL")
Index("ix_data_request_received", data_request.c.received_at, data_request.c.id)

data_step = Table(
    "data_step",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("request_id", String(32), ForeignKey("data_request.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(32), nullable=False, comment="staff id, reporter or system"),
    Column("move", String(16), nullable=False),
    Column("note_sealed", LargeBinary, comment="under the key of the person it is about"),
)
Index("ix_data_step_request", data_step.c.request_id, data_step.c.id)

consent = Table(
    "consent",
    metadata,
    Column("report_id", String(32), primary_key=True, comment="what it was given with"),
    Column("contact_id", String(32), ForeignKey("contact.id"), nullable=False),
    Column("wording", String(64), nullable=False, comment="SHA-256 of what was shown"),
    Column("covers", Json, nullable=False, comment="names of fields, never what stands in them"),
    Column("channel", String(32), nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Column("request_id", String(32), comment="by which it was withdrawn"),
)
Index("ix_consent_contact", consent.c.contact_id)

consent_wording = Table(
    "consent_wording",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("text", Text, nullable=False, comment="as it was shown, word for word"),
    Column("since", Instant, nullable=False),
)

restriction = Table(
    "restriction",
    metadata,
    Column("request_id", String(32), primary_key=True),
    Column("contact_id", String(32), ForeignKey("contact.id"), nullable=False),
    Column("right", String(16), nullable=False),
    Column("since", Instant, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", String(32)),
)
partial("ix_restriction_held", restriction.c.contact_id, where="lifted_at IS NULL")

deletion = Table(
    "deletion",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("what", String(32), nullable=False, comment="which sort of record"),
    Column("until", Instant, comment="everything older went; none: by another rule"),
    Column("count", Integer, nullable=False),
    Column("actor", String(32), nullable=False, comment="staff id, or system"),
)
Index("ix_deletion_at", deletion.c.at)
