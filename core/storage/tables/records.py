"""What is kept about the use of the system: attempts, looks, hand-outs, settings."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from core.storage.tables.base import Serial, metadata
from core.storage.types import Instant, Json

attempt = Table(
    "attempt",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("scope", String(160), nullable=False, comment="what is limited, hashed where it is personal"),
    Column("at", Instant, nullable=False),
    Column("ok", Boolean, nullable=False),
)
Index("ix_attempt_scope", attempt.c.scope, attempt.c.at)

access_log = Table(
    "access_log",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("what", String(32), nullable=False),
    Column("ref", String(64), nullable=False),
)
Index("ix_access_log_ref", access_log.c.ref, access_log.c.at)
Index("ix_access_log_at", access_log.c.at, access_log.c.id)
Index("ix_access_log_user", access_log.c.user_id, access_log.c.at)

handout = Table(
    "handout",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("recipient", String(200), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("received_from", String(10), nullable=False, comment="ISO date, Vietnamese time"),
    Column("received_until", String(10), nullable=False, comment="ISO date, the last one that counts"),
    Column("with_reporters", Boolean, nullable=False),
    Column("cases", Integer, nullable=False),
    Column("withheld", Integer, nullable=False, comment="left out: state secret suspected"),
    Column("digest", String(64), nullable=False, comment="SHA-256 of the file"),
    Column("document", String(120), nullable=False, server_default="", comment="number and date of the request"),
    Column("ground", String(200), nullable=False, server_default="", comment="the law the receiver relies on"),
    Column("state", String(12), nullable=False, server_default="given", comment="asked, given or refused"),
    Column("decided_by", String(32), comment="the second person"),
    Column("decided_at", Instant),
)
Index("ix_handout_at", handout.c.at)

handout_case = Table(
    "handout_case",
    metadata,
    Column("handout_id", String(32), primary_key=True),
    Column("case_id", String(32), primary_key=True),
)
Index("ix_handout_case_case", handout_case.c.case_id)

setting = Table(
    "setting",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("value", Json, nullable=False),
)
