"""What the centre tells everybody: notices, warnings, bulletins of disasters."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from core.storage.tables.base import metadata
from core.storage.types import Instant, Json

public_notice = Table(
    "public_notice",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False, comment="notice, warning or disaster"),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("areas", Json, nullable=False, comment="names of places; none: the whole province"),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("state", String(12), nullable=False, comment="draft, published or withdrawn"),
    Column("version", Integer, nullable=False, comment="of the draft: what was previewed is what is published"),
    Column("seen_at", Instant, comment="since when readers see it, or see that it was withdrawn"),
    Column("written_by", String(32), nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("published_by", String(32)),
    Column("published_at", Instant),
    Column("withdrawn_by", String(32)),
    Column("withdrawn_at", Instant),
    Column("rung_to", String(32), nullable=False, server_default="", comment="devices are rung up to this owner"),
    Column("rung_at", Instant, comment="every device was rung, or none is"),
)
Index("ix_public_notice_written", public_notice.c.written_at, public_notice.c.id)
Index("ix_public_notice_seen", public_notice.c.seen_at, public_notice.c.id)
Index("ix_public_notice_state", public_notice.c.state, public_notice.c.valid_until)
