"""People and their access: accounts, roles, sessions, focal points, who stands in for whom."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table, text

from core.storage.tables.base import metadata
from core.storage.types import Instant

user = Table(
    "user",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(80), nullable=False, unique=True),
    Column("display_name", String(120), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("totp_sealed", LargeBinary),
    Column("totp_last_step", BigInteger, nullable=False, server_default="0", comment="a one-time code works once"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Instant, nullable=False),
    Column("identity_blind", String(64), comment="keyed hash of the official's own number: one account each"),
)
Index("ix_user_identity", user.c.identity_blind, unique=True)

role_grant = Table(
    "role_grant",
    metadata,
    Column("user_id", String(32), ForeignKey("user.id"), primary_key=True),
    Column("role", String(48), primary_key=True),
    Column("agency_id", String(64), primary_key=True, server_default=""),
)
Index("ix_role_grant_seat", role_grant.c.role, role_grant.c.agency_id)

session = Table(
    "session",
    metadata,
    Column("id_hash", String(64), primary_key=True, comment="SHA-256 of the cookie"),
    Column("user_id", String(32), ForeignKey("user.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("second_factor", Boolean, nullable=False),
    Column("revoked_at", Instant),
    Column("case_id", String(32), nullable=False, server_default="", comment="the only case it is good for"),
)
Index("ix_session_user", session.c.user_id)

api_token = Table(
    "api_token",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_id", String(32), ForeignKey("user.id"), nullable=False),
    Column("name", String(80), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

focal_point = Table(
    "focal_point",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("agency_id", String(64), nullable=False),
    Column("part", String(16), nullable=False, comment="leader or officer"),
    Column("user_id", String(32), ForeignKey("user.id"), nullable=False),
    Column("document", String(200), nullable=False, server_default="", comment="the writing that registered them"),
    Column("since", Instant, nullable=False),
    Column("until", Instant, comment="when somebody else took over"),
)
Index(
    "ix_focal_point_present",
    focal_point.c.agency_id,
    focal_point.c.part,
    unique=True,
    sqlite_where=text("until IS NULL"),
    postgresql_where=text("until IS NULL"),
)
Index("ix_focal_point_user", focal_point.c.user_id)

stand_in = Table(
    "stand_in",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), ForeignKey("user.id"), nullable=False, comment="who is away"),
    Column("deputy_id", String(32), ForeignKey("user.id"), nullable=False, comment="who acts for them"),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False, comment="first instant that is over"),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant, comment="taken back before its time"),
)
Index("ix_stand_in_deputy", stand_in.c.deputy_id, stand_in.c.until)
Index("ix_stand_in_user", stand_in.c.user_id, stand_in.c.until)

seen_mark = Table(
    "seen_mark",
    metadata,
    Column("user_id", String(32), ForeignKey("user.id"), primary_key=True),
    Column("ref", String(40), primary_key=True, comment="case:ID or talk:ID"),
    Column("upto", BigInteger, nullable=False, comment="version of the case, instant of the newest message"),
    Column("at", Instant, nullable=False, comment="when they looked"),
)
Index("ix_seen_mark_at", seen_mark.c.at)
