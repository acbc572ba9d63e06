"""One-time passwords, what was typed before they were answered, and contacts proved to be one person."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from core.storage.tables.base import metadata
from core.storage.types import Instant

# The answer to it is not here: only its keyed hash, bound to this challenge and what it is for.
otp_challenge = Table(
    "otp_challenge",
    metadata,
    Column("id", String(32), primary_key=True, comment="also the subject of the key its message lies under"),
    Column("purpose", String(80), nullable=False, comment="what an answer permits"),
    Column("recipient", String(64), nullable=False, comment="keyed hash of the address"),
    Column("code_hash", String(64), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("used_at", Instant),
)
Index("ix_otp_challenge_recipient", otp_challenge.c.recipient, otp_challenge.c.purpose)
Index("ix_otp_challenge_expires", otp_challenge.c.expires_at)

kept_form = Table(
    "kept_form",
    metadata,
    Column("id", String(32), primary_key=True, comment="contact that the report will belong to"),
    Column("subject_id", String(32), nullable=False, comment="key of its own"),
    Column("sealed", LargeBinary, nullable=False, comment="what was typed"),
    Column("kept_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
Index("ix_kept_form_expires", kept_form.c.expires_at)

contact_link = Table(
    "contact_link",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("contact_id", String(32), nullable=False, comment="proved to be the same person as the other"),
    Column("kept_id", String(32), nullable=False, comment="the older contact, which stands for both"),
    Column("proof", String(16), nullable=False, comment="by what: otp, provider"),
    Column("at", Instant, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", String(64), nullable=False, server_default=""),
)
Index("ix_contact_link_contact", contact_link.c.contact_id)
Index("ix_contact_link_kept", contact_link.c.kept_id)
