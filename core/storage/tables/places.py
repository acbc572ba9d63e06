"""The agency tree in its editions, and communes with what became of them."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table

from core.storage.tables.base import metadata
from core.storage.types import Instant, Json

agency_edition = Table(
    "agency_edition",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", String(64), nullable=False),
    Column("note", String(200), nullable=False, server_default=""),
)

agency_entry = Table(
    "agency_entry",
    metadata,
    Column("edition", Integer, ForeignKey("agency_edition.number"), primary_key=True),
    Column("agency_id", String(64), primary_key=True),
    Column("since", String(10), primary_key=True, comment="ISO date; empty: for as long as anybody remembers"),
    Column("name", String(300), nullable=False),
    Column("kind", String(48), nullable=False),
    Column("short_name", String(80), nullable=False),
    Column("parent", String(64)),
    Column("code", String(64), nullable=False),
    Column("commune_code", String(16)),
    Column("ended", Boolean, nullable=False),
    Column("replaced_by", Json, nullable=False),
)

commune = Table(
    "commune",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("since", String(10), primary_key=True, comment="ISO date; empty: for as long as anybody remembers"),
    Column("until", String(10), nullable=False, comment="ISO date, its last day; empty: still there"),
    Column("name", String(120), nullable=False),
    Column("kind", String(24), nullable=False, comment="xã, phường, thị trấn, đặc khu"),
    Column("district", String(120), nullable=False),
    Column("province", String(120), nullable=False),
    Column("province_code", String(8), nullable=False),
)

commune_succession = Table(
    "commune_succession",
    metadata,
    Column("old_code", String(16), primary_key=True),
    Column("new_code", String(16), primary_key=True),
    Column("since", String(10), primary_key=True, comment="ISO date of the change"),
    Column("whole", Boolean, nullable=False, comment="all of the old one went there"),
)
