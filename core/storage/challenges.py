"""
One-time passwords at rest, and the moments that limit them; the doors of `core.otp` to the database.

A challenge is changed by compare-and-swap, so that parallel answers cannot multiply its tries nor use it twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, text, update

from core.otp.challenge import Challenge
from core.storage.people import note_attempt
from core.storage.tables import attempt, otp_challenge

_COLUMNS = tuple(otp_challenge.c[name] for name in Challenge.__dataclass_fields__)
_LOCK_BYTES = 8
_BATCH = 500


@dataclass(frozen=True)
class Challenges:
    """`ChallengeStore` in one transaction."""

    connection: Connection

    def get(self, challenge_id: str) -> Challenge | None:
        """One challenge."""
        row = self.connection.execute(select(*_COLUMNS).where(otp_challenge.c.id == challenge_id)).one_or_none()
        return None if row is None else Challenge(**row._mapping)

    def latest(self, recipient: str, purpose: str) -> Challenge | None:
        """The newest one of a recipient for a purpose: the one whose code counts."""
        ours = select(*_COLUMNS).where(otp_challenge.c.recipient == recipient, otp_challenge.c.purpose == purpose)
        newest = ours.order_by(otp_challenge.c.issued_at.desc(), otp_challenge.c.id).limit(1)
        row = self.connection.execute(newest).one_or_none()
        return None if row is None else Challenge(**row._mapping)

    def add(self, challenge: Challenge) -> None:
        """Store a new one; older ones of the same recipient and purpose end: the newest code counts."""
        older = update(otp_challenge).where(
            otp_challenge.c.recipient == challenge.recipient,
            otp_challenge.c.purpose == challenge.purpose,
            otp_challenge.c.expires_at > challenge.issued_at,
        )
        self.connection.execute(older.values(expires_at=challenge.issued_at))
        self.connection.execute(insert(otp_challenge).values(asdict(challenge)))

    def swap(self, old: Challenge, new: Challenge) -> bool:
        """Replace `old` only where it still stands as it was read."""
        standing = update(otp_challenge).where(
            otp_challenge.c.id == old.id,
            otp_challenge.c.tries_left == old.tries_left,
            otp_challenge.c.expires_at == old.expires_at,
            otp_challenge.c.used_at.is_(None) if old.used_at is None else otp_challenge.c.used_at == old.used_at,
        )
        changed = standing.values(tries_left=new.tries_left, expires_at=new.expires_at, used_at=new.used_at)
        return self.connection.execute(changed).rowcount == 1


@dataclass(frozen=True)
class Moments:
    """`LimitStore` in one transaction."""

    connection: Connection

    def times(self, scope: str, since: datetime) -> Sequence[datetime]:
        """Moments recorded for the scope after `since`."""
        query = select(attempt.c.at).where(attempt.c.scope == scope, attempt.c.at > since)
        return list(self.connection.scalars(query))

    def add(self, scope: str, at: datetime) -> None:
        """Record one moment."""
        note_attempt(self.connection, scope, ok=True, now=at)


def one_at_a_time(connection: Connection, scopes: Sequence[str]) -> None:
    """
    Until the transaction ends nobody else counts in these scopes.

    SQLite has one writer anyway; on PostgreSQL two transactions would not see each other's rows. Locks are taken in
    one order, or two requests would wait for each other.
    """
    if connection.dialect.name != "postgresql":
        return
    for number in sorted({_lock_number(scope) for scope in scopes}):
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": number})


def _lock_number(scope: str) -> int:
    return int.from_bytes(hashlib.blake2b(scope.encode(), digest_size=_LOCK_BYTES).digest(), "big", signed=True)


def expired(connection: Connection, *, before: datetime, most: int = _BATCH) -> list[str]:
    """Challenges whose time was over before an instant: their keys go, then they."""
    return list(connection.scalars(select(otp_challenge.c.id).where(otp_challenge.c.expires_at < before).limit(most)))


def remove(connection: Connection, ids: Sequence[str]) -> int:
    """Delete challenges; returns how many."""
    return connection.execute(delete(otp_challenge).where(otp_challenge.c.id.in_(ids))).rowcount
