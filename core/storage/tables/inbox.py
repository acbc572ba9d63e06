"""Intake: what channels brought, as it came, until it is worked off."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from core.storage.tables.base import Serial, metadata, partial
from core.storage.types import Instant

inbox_raw = Table(
    "inbox_raw",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(200), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body_sealed", LargeBinary, comment="NULL once erased or purged"),
    Column("wrapped_key", LargeBinary, comment="per-row key; forgetting it erases the body"),
)

partial("ix_inbox_raw_kept", inbox_raw.c.received_at, where="body_sealed IS NOT NULL")

inbox_item = Table(
    "inbox_item",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("raw_id", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("account", String(200), nullable=False),
    Column("dedupe_key", String(64), nullable=False, comment="keyed hash: provider ids may hold an address"),
    Column("conversation_key", String(64), nullable=False, comment="keyed hash"),
    Column("part", String(200), nullable=False, server_default=""),
    Column("provider_time", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("state", String(12), nullable=False, server_default="new", comment="new done quarantined ignored erased"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("reason", String(300), nullable=False, server_default=""),
    Column("subject_id", String(32), comment="contact it turned out to be from: found again on erasure"),
    UniqueConstraint("channel", "account", "dedupe_key"),
)
partial("ix_inbox_item_new", inbox_item.c.id, where="state = 'new'")
# Keys are hashes: each message would write a page at a random place of it, on SQLite a third of what storing it costs.
# There one worker reads all that waits, 20 ms for 100,000 messages; on a server many read side by side.
partial(
    "ix_inbox_item_conversation",
    inbox_item.c.conversation_key,
    inbox_item.c.provider_time,
    inbox_item.c.id,
    where="state = 'new'",
).ddl_if(dialect="postgresql")
partial("ix_inbox_item_quarantined", inbox_item.c.id, where="state = 'quarantined'")
Index("ix_inbox_item_raw", inbox_item.c.raw_id)
partial("ix_inbox_item_subject", inbox_item.c.subject_id, where="subject_id IS NOT NULL")  # known once it is read

inbox_lease = Table(
    "inbox_lease",
    metadata,
    Column("conversation_key", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("until", Instant, nullable=False),
)
