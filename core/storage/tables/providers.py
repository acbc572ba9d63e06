"""What lies between providers and us: tokens, grants that somebody began, files that are still to be fetched."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, LargeBinary, String, Table

from core.storage.tables.base import metadata, partial
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

fetch = Table(
    "fetch",
    metadata,
    Column("stored_key", String(64), primary_key=True, comment="where the file will lie"),
    Column("channel", String(32), nullable=False),
    Column("conversation_id", String(32), nullable=False),
    Column("subject_id", String(32), nullable=False, comment="whose file it is"),
    Column("wanted_sealed", LargeBinary, nullable=False, comment="the Attachment as the provider told of it"),
    Column("state", String(8), nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", Instant, nullable=False, comment="also while it is being fetched: when it may be tried again"),
    Column("created_at", Instant, nullable=False),
    Column("reason", String(100), nullable=False, server_default=""),
)
partial("ix_fetch_waiting", fetch.c.channel, fetch.c.next_at, where="state = 'waiting'")
