"""Browsers, and later apps, that may be rung when there is news."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, String, Table, UniqueConstraint

from core.storage.tables.base import metadata
from core.storage.types import Instant

push_device = Table(
    "push_device",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(32), nullable=False, comment="conversation of a citizen, or user: whose news it rings for"),
    Column("subject_id", String(32), nullable=False, comment="contact or user whose key it lies under"),
    Column("service", String(16), nullable=False, comment="channel that rings it"),
    Column("endpoint_blind", String(64), nullable=False, comment="keyed hash: one device is kept once for an owner"),
    Column("device_sealed", LargeBinary, nullable=False, comment="address and keys"),
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("owner", "endpoint_blind", name="uq_push_device_owner"),
)
Index("ix_push_device_subject", push_device.c.subject_id)
