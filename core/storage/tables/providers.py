"""What providers hand us: tokens, and grants that somebody began."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, String, Table

from core.storage.tables.base import metadata
from core.storage.types import Instant

provider_token = Table(
    "provider_token",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(200), primary_key=True),
    Column("generation", Integer, nullable=False, comment="goes up with every pair"),
    Column("pair_sealed", LargeBinary, nullable=False),
    Column("expires_at", Instant, nullable=False, comment="of the access token"),
    Column("refreshed_at", Instant, nullable=False, comment="when this pair came"),
    Column("needs_reauth", Boolean, nullable=False),
    Column("lease_owner", String(64), nullable=False),
    Column("lease_until", Instant),
    Column("unsettled", Boolean, nullable=False, comment="a renewal began, and nobody knows what came of it"),
)

grant_request = Table(
    "grant_request",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("user_id", String(32), nullable=False, comment="who began, and alone may end it"),
    Column("verifier_sealed", LargeBinary, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
