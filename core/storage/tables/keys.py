"""The keys of people, in a database of their own, which the backup leaves out."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, MetaData, String, Table

from core.storage.types import Instant

key_metadata = MetaData()
subject_key = Table(
    "subject_key",
    key_metadata,
    Column("subject_id", String(32), primary_key=True),
    Column("wrapped", LargeBinary, comment="NULL once destroyed"),
    Column("created_at", Instant, nullable=False),
    Column("destroyed_at", Instant),
)
