"""The vault, what the public sees, and the counter of what was shown another way."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text

from core.storage.tables.base import metadata
from core.storage.types import Instant, Json

vault = Table(
    "vault",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("subject_id", String(32), nullable=False),
    Column("sealed", LargeBinary),
)
Index("ix_vault_subject", vault.c.subject_id)

publication = Table(
    "publication",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("published_at", Instant, nullable=False),
    Column("view", Json, nullable=False, comment="what the public sees, built from the allow-list"),
    Column("kind", String(12), nullable=False, comment="result or declined"),
    Column("search_text", Text, nullable=False, server_default=""),
)
Index("ix_publication_at", publication.c.kind, publication.c.published_at, publication.c.case_id)

diversion = Table(
    "diversion",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("day", String(10), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
)
