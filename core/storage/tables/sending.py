"""The outbox: what has to be sent, once."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table, text

from core.storage.tables.base import Serial, metadata, partial
from core.storage.types import Instant

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True, comment="order of writing"),
    Column("id", String(32), nullable=False, unique=True),
    Column("dedupe_key", String(200), nullable=False, unique=True, comment="the same notice is written once"),
    Column("conversation_id", String(32), nullable=False),
    Column("case_id", String(32)),
    Column("channel", String(32), nullable=False),
    Column("payload_sealed", LargeBinary, comment="OutboundMessage, encrypted under the contact's key"),
    Column("subject_id", String(32), nullable=False),
    Column("forget", Boolean, nullable=False, server_default=text("false"), comment="destroy the subject once sent"),
    Column("state", String(10), nullable=False, server_default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", Instant, nullable=False),
    Column("owner", String(64)),
    Column("claimed_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("provider_message_id", String(300)),
    Column("outcome", String(12), nullable=False, server_default=""),
    Column("reason", String(300), nullable=False, server_default=""),
    Column(
        "root", String(32), nullable=False, server_default="", comment="first of the entries that try to tell one thing"
    ),
    Column("way", String(48), nullable=False, server_default="", comment="channel/kind of address that this one tries"),
    Column("why", String(300), nullable=False, server_default="", comment="why this way, for staff to read"),
    Column("waits", Boolean, nullable=False, server_default=text("false"), comment="not in the quiet hours (VN-6)"),
)
Index("ix_outbox_state", outbox.c.state, outbox.c.channel, outbox.c.next_at, outbox.c.seq)
STOPPED = "state NOT IN ('pending', 'claimed', 'sent', 'passed_on', 'dropped')"
"""
It failed on every way, or nobody knows. Said by what it is not, or SQLite would take the index over states and sort; it
also wants the very words of its index.
"""
partial("ix_outbox_stopped", outbox.c.seq, where=STOPPED)
Index("ix_outbox_conversation", outbox.c.conversation_id, outbox.c.seq)
Index("ix_outbox_provider", outbox.c.provider_message_id)
Index("ix_outbox_subject", outbox.c.subject_id)
Index("ix_outbox_case", outbox.c.case_id)
