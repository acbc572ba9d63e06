"""Telephone calls: what came of each, which of them are owed a call back, and what agents note of them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from core.storage.tables.base import metadata, partial
from core.storage.types import Instant

phone_call = Table(
    "phone_call",
    metadata,
    Column("id", String(32), primary_key=True, comment="as the telephony process named it"),
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),
    Column("subject_id", String(32), nullable=False, comment="contact whose key it lies under"),
    Column("outcome", String(16), nullable=False, comment="served reported missed callback emergency"),
    Column("storm", Boolean, nullable=False, server_default=text("false")),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("facts_sealed", LargeBinary, comment="numbers, step, language"),
    Column("due_at", Instant, comment="by when somebody calls back; none: nobody is owed a call"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("settled_at", Instant),
    Column("settled_by", String(32), nullable=False, server_default=""),
    Column("result", String(24), nullable=False, server_default="", comment="of the last attempt"),
)
Index("ix_phone_call_began", phone_call.c.began_at, phone_call.c.id)
Index("ix_phone_call_conversation", phone_call.c.conversation_id)
OWED = "due_at IS NOT NULL AND settled_at IS NULL"
"""Somebody waits for our call; SQLite wants the very words of its index."""
partial("ix_phone_call_owed", phone_call.c.due_at, phone_call.c.id, where=OWED)

call_note = Table(
    "call_note",
    metadata,
    Column("id", String(32), primary_key=True, comment="of the call, as the telephony process named it"),
    Column("contact_id", String(32), nullable=False, comment="whom a report written in it will belong to"),
    Column("began_at", Instant, nullable=False),
    Column("agent", String(32), nullable=False, comment="who noted last"),
    Column("code", String(32), nullable=False, server_default="", comment="wrap-up code, as the agent chose"),
    Column("report", String(12), nullable=False, server_default="", comment="code of the report written in it"),
    Column("link", String(64), nullable=False, server_default="", comment="hash of the link that was sent"),
    Column("link_ends_at", Instant),
)
Index("ix_call_note_began", call_note.c.began_at, call_note.c.code)
partial("ix_call_note_link", call_note.c.link, where="link <> ''")

call_report = Table(
    "call_report",
    metadata,
    Column("report", String(12), primary_key=True, comment="code of a report that an agent wrote in a call"),
    Column("call_id", String(32), nullable=False),
)
Index("ix_call_report_call", call_report.c.call_id)
