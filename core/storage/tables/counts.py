"""Counts of messages: what a provider's daily quota has left, and how much usually comes at this hour."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from core.storage.tables.base import metadata
from core.storage.types import Instant

quota_day = Table(
    "quota_day",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("day", String(10), primary_key=True, comment="in Vietnam, ISO"),
    Column("spent", Integer, nullable=False, comment="messages of that day's quota"),
)
arrivals_hour = Table(
    "arrivals_hour",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("hour", Instant, primary_key=True, comment="its beginning"),
    Column("items", Integer, nullable=False, comment="messages that came in it"),
)
