"""Telephone calls: what came of each, and which of them are owed a call back."""

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
