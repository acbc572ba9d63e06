"""Cases: reports, the chain of events and what is kept beside it for lists, queues and clocks."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from core.storage.tables.base import metadata, partial
from core.storage.types import Instant, Json

report = Table(
    "report",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("code", String(12), nullable=False, unique=True),
    Column("pin_hash", String(200), nullable=False, server_default=""),
    Column("case_id", String(32), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),
    Column("contact_id", String(32), ForeignKey("contact.id"), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("regulation", String(64), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("content_sealed", LargeBinary, comment="the whole Report, encrypted under its contact's key"),
    Column("erased_at", Instant),
)
Index("ix_report_case", report.c.case_id)
Index("ix_report_contact", report.c.contact_id)
Index("ix_report_conversation", report.c.conversation_id)

case = Table(
    "case",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("code", String(12), nullable=False, comment="report code of its first report: what staff say to each other"),
    Column("regulation", String(128), nullable=False, comment="pack id@hash, pinned"),
    Column("version", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False, comment="hash of the last event"),
    Column("stage", String(48), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("urgency", String(12), nullable=False),
    Column("category", String(64), nullable=False, server_default=""),
    Column("received_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("published_at", Instant),
    Column("next_due_at", Instant),
    Column("state", Json, nullable=False, comment="the fold of its events"),
    Column("search_text", Text, nullable=False, server_default="", comment="masked, folded working text"),
    Column("agencies", Text, nullable=False, server_default="[]", comment="JSON: every agency with a part in it"),
    Column("latitude", Integer, comment="of its place, in thousandths of a degree"),
    Column("longitude", Integer),
    Column("commune_code", String(16)),
)
PLACED = "latitude IS NOT NULL OR commune_code IS NOT NULL"
"""Of cases that are known to have happened somewhere: what the map and its list of communes are made of."""
OPEN = {"sqlite": "open = 1", "postgresql": "open"}
"""Of cases that are not closed, by dialect, in the very words of the indexes over them."""
partial(
    "ix_case_placed",
    *(case.c[name] for name in ("latitude", "longitude", "commune_code", "category", "urgency", "next_due_at", "id")),
    where=f"{OPEN['postgresql']} AND ({PLACED})",
    sqlite=f"{OPEN['sqlite']} AND ({PLACED})",
)
partial("ix_case_open", case.c.received_at, case.c.id, where=OPEN["postgresql"], sqlite=OPEN["sqlite"])
partial("ix_case_published", case.c.published_at, case.c.id, where="published_at IS NOT NULL")
Index("ix_case_closed", case.c.closed_at)
Index("ix_case_received", case.c.received_at, case.c.id)
Index("ix_case_stage", case.c.stage, case.c.received_at, case.c.id)
Index("ix_case_code", case.c.code)

case_event = Table(
    "case_event",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", String(48), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False, comment="canonical JSON, hashed as stored"),
    Column("hash", LargeBinary, nullable=False),
)
Index("ix_case_event_at", case_event.c.at)

case_task = Table(
    "case_task",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("key", String(80), primary_key=True, comment="role:dispatch"),
    Column("role", String(48), nullable=False),
    Column("agency_id", String(64), nullable=False, server_default=""),
    Column("stage", String(48), nullable=False),
    Column("due_at", Instant),
)
Index("ix_case_task_queue", case_task.c.role, case_task.c.agency_id, case_task.c.due_at, case_task.c.case_id)
Index("ix_case_task_role", case_task.c.role, case_task.c.due_at, case_task.c.case_id)

case_clock = Table(
    "case_clock",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("clock_id", String(80), primary_key=True),
    Column("fire_at", Instant, nullable=False, comment="next warning or due instant"),
)
Index("ix_case_clock_fire", case_clock.c.fire_at)

chain_root = Table(
    "chain_root",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("cases", Integer, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("leaves", LargeBinary, nullable=False, comment="case ids, versions and heads the root was made of"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("body_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("response", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
)
