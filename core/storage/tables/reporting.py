"""What superiors are told: figures kept between two looks, periodic reports with their files, hours of service."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table

from core.storage.tables.base import metadata
from core.storage.types import Instant

kept_figures = Table(
    "kept_figures",
    metadata,
    Column("key", String(64), primary_key=True, comment="digest of the question"),
    Column("first", Instant, nullable=False),
    Column("end", Instant, nullable=False),
    Column("until", Instant, nullable=False, comment="as of when"),
    Column("asked_at", Instant, nullable=False, comment="what nobody asks for is let go"),
    Column("numbers", LargeBinary, nullable=False, comment="JSON: facts and how often each holds"),
)

period_report = Table(
    "period_report",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key", String(160), nullable=False, unique=True, comment="the report of the pack and its days: one each"),
    Column("report", String(64), nullable=False, comment="its entry in the pack"),
    Column("label", String(200), nullable=False),
    Column("first", String(10), nullable=False, comment="first day covered, in Vietnam, ISO"),
    Column("last", String(10), nullable=False),
    Column("late_from", Instant, comment="empty: no day is set"),
    Column("until", Instant, nullable=False, comment="its figures are as of then"),
    Column("prepared_by", String(32), nullable=False),
    Column("prepared_at", Instant, nullable=False),
    Column("sent_by", String(32)),
    Column("sent_at", Instant),
    Column("sent_to", String(300), nullable=False, server_default=""),
    Column("version", Integer, nullable=False),
)

report_file = Table(
    "report_file",
    metadata,
    Column("report_id", String(32), ForeignKey("period_report.id"), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("body_sealed", LargeBinary, nullable=False, comment="under a key of this report"),
)

service_hour = Table(
    "service_hour",
    metadata,
    Column("hour", Instant, primary_key=True, comment="its beginning"),
    Column("minutes", Integer, nullable=False, comment="in which the service was there"),
    Column("last", Instant, nullable=False, comment="the newest of them"),
)
