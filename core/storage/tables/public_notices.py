"""What the centre tells everybody: notices, warnings, bulletins of disasters."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

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
    Column("state", String(12), nullable=False, comment="draft, checking, reviewing, published or withdrawn"),
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
    Column("agency", String(64), nullable=False, server_default="", comment="the unit that wrote it; none: the centre"),
    Column("topic", String(80), nullable=False, server_default="", comment="field of the regulation; none: all"),
    Column("note", String(500), nullable=False, server_default="", comment="why it came back"),
    Column("told_to", String(32), nullable=False, server_default="", comment="readers are written to up to this one"),
    Column("told_at", Instant, comment="every reader was written to, or none is"),
)
Index("ix_public_notice_written", public_notice.c.written_at, public_notice.c.id)
Index("ix_public_notice_seen", public_notice.c.seen_at, public_notice.c.id)
Index("ix_public_notice_state", public_notice.c.state, public_notice.c.valid_until)

notice_step = Table(
    "notice_step",
    metadata,
    Column("notice_id", String(32), ForeignKey("public_notice.id"), primary_key=True),
    Column("version", Integer, primary_key=True, comment="of the notice that the step made"),
    Column("act", String(12), nullable=False),
    Column("by", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("note", String(500), nullable=False, server_default=""),
)

notice_reader = Table(
    "notice_reader",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("subject_id", String(32), nullable=False, comment="whose key seals the address"),
    Column("channel", String(24), nullable=False),
    Column("address_blind", String(64), nullable=False, comment="the same address is kept once"),
    Column("address_sealed", LargeBinary, nullable=False),
    Column("areas", Json, nullable=False, comment="names of places; none: the whole province"),
    Column("topics", Json, nullable=False, comment="fields of the regulation; none: all"),
    Column("since", Instant, nullable=False, comment="when the reader asked for it, proved"),
    Column("recent", Json, nullable=False, comment="when the last ones left, in microseconds (VN-6)"),
    UniqueConstraint("channel", "address_blind"),
)
Index("ix_notice_reader_subject", notice_reader.c.subject_id)
