"""What officers are told, and where they are reached."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, String, Table

from core.storage.tables.base import metadata, partial
from core.storage.types import Instant

staff_notice = Table(
    "staff_notice",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("dedupe_key", String(300), nullable=False, unique=True, comment="the same notice is written once"),
    Column("user_id", String(32), ForeignKey("user.id"), comment="empty: nobody holds the role there"),
    Column("role", String(48), nullable=False, comment="in which the person is told"),
    Column("agency_id", String(64), nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("case_code", String(12), nullable=False),
    Column("notification", String(80), nullable=False, comment="entry of the pack, or the limit that caused it"),
    Column("form", String(10), nullable=False, comment="console, push, sms, email: each its own delivery"),
    Column("subject", String(200), nullable=False),
    Column("text", String(600), nullable=False, comment="words of ours and of the pack; nothing that people wrote"),
    Column("state", String(12), nullable=False, comment="shown, read, queued, no_channel, no_address, nobody"),
    Column("outbox_id", String(32)),
    Column("created_at", Instant, nullable=False),
    Column("read_at", Instant),
)
UNREAD = "state = 'shown'"
UNREACHED = "state NOT IN ('shown', 'read', 'queued')"
partial("ix_staff_notice_unread", staff_notice.c.user_id, staff_notice.c.created_at, where=UNREAD)
partial("ix_staff_notice_unreached", staff_notice.c.created_at, where=UNREACHED)
Index("ix_staff_notice_case", staff_notice.c.case_id)
Index("ix_staff_notice_user", staff_notice.c.user_id, staff_notice.c.created_at)

staff_address = Table(
    "staff_address",
    metadata,
    Column("user_id", String(32), ForeignKey("user.id"), primary_key=True),
    Column("form", String(10), primary_key=True),
    Column("address_sealed", LargeBinary, nullable=False, comment="number or address, under a key of this person"),
    Column("set_at", Instant, nullable=False),
)
