"""What statistics count: facts about cases, without a word of anybody."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table

from core.storage.tables.base import metadata, partial
from core.storage.types import Instant

SAID = "kind IN ('answered', 'rated', 'complained')"
"""What is counted by when it happened, to whatever case."""

case_milestone = Table(
    "case_milestone",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("version", Integer, primary_key=True, comment="of the case after the event that made it"),
    Column("place", Integer, primary_key=True, comment="among those of one event"),
    Column("at", Instant, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("name", String(64), nullable=False, server_default=""),
    Column(
        "subject", String(80), nullable=False, server_default="", comment="the clock, dispatch or report it is about"
    ),
    Column(
        "agency", String(64), nullable=False, server_default="", comment="whom it is counted for; empty: the centre"
    ),
    Column("value", BigInteger, nullable=False, server_default="0"),
)
partial("ix_case_milestone_said", case_milestone.c.kind, case_milestone.c.at, where=SAID)
