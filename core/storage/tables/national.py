"""What is also entered in the national system for phản ánh, kiến nghị (VN-7); the words stay with the case."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from core.storage.tables.base import metadata
from core.storage.types import Instant

national_item = Table(
    "national_item",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("state", String(12), nullable=False, comment="waiting, entered or set_aside"),
    Column("since", Instant, nullable=False, comment="when the case was received, or put in by hand"),
    Column("added_by", String(32), nullable=False, server_default="", comment="empty: by the regulation"),
    Column("exported_at", Instant),
    Column("exported_by", String(32)),
    Column("ended_at", Instant),
    Column("ended_by", String(64)),
    Column("reference", String(200), nullable=False, server_default="", comment="its number over there"),
    Column("reason", String(200), nullable=False, server_default="", comment="why it is none of theirs"),
)
Index("ix_national_item_state", national_item.c.state, national_item.c.since, national_item.c.case_id)
Index("ix_national_item_ended", national_item.c.state, national_item.c.ended_at, national_item.c.case_id)
