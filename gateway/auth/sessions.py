"""
Sessions of browsers: a random cookie of which only the SHA-256 is stored, ended by idleness, age or a hand.

The right password opens a session that is worth nothing until the second factor is given; at that moment, and at every
change of password or second factor, it is replaced by a new one. Functions over a connection run inside the caller's
transaction.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.contract.errors import NotFound
from core.storage import people
from core.storage.database import Connection
from core.storage.people import SessionRow, UserRow
from gateway.auth import cookies

IDLE = timedelta(hours=8)
LONGEST = timedelta(hours=24)
UNFINISHED = timedelta(minutes=10)
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Opened:
    """A new session; `cookie` is shown to the browser once and stored nowhere."""

    cookie: str
    row: SessionRow


@dataclass(frozen=True)
class Found:
    """A living session, its owner and what the owner may do; `borrowed`: for whom, where that is somebody else."""

    session: SessionRow
    user: UserRow
    grants: tuple[tuple[str, str], ...]
    borrowed: tuple[people.Borrowed, ...] = ()

    def is_complete(self, *, second_factor_required: bool) -> bool:
        """Whether nothing more has to be proved; who has set up a second factor is always asked for it."""
        return self.session.second_factor or not (second_factor_required or self.user.totp_sealed)


def hash_secret(value: str) -> str:
    """SHA-256 of 256 random bits, hex: nothing slower is needed against guessing."""
    return hashlib.sha256(value.encode()).hexdigest()


def open_session(
    connection: Connection, user_id: str, *, second_factor: bool, now: datetime, case_id: str = ""
) -> Opened:
    """A fresh session with a fresh CSRF token; `case_id`: it is good for this case alone."""
    cookie = cookies.fresh()
    row = SessionRow(hash_secret(cookie), user_id, cookies.fresh(), now, now, second_factor, None, case_id)
    people.open_session(connection, row)
    return Opened(cookie, row)


def replace_session(connection: Connection, old: SessionRow, *, second_factor: bool, now: datetime) -> Opened:
    """End a session and open one with more standing: a cookie seen before is worth nothing afterwards."""
    people.revoke_session(connection, old.id_hash, now=now)
    return open_session(connection, old.user_id, second_factor=second_factor, now=now)


def is_alive(row: SessionRow, now: datetime) -> bool:
    """Neither idle nor old; aware `now`."""
    return row.revoked_at is None and now - row.seen_at < IDLE and now - row.created_at < LONGEST


def find(connection: Connection, cookie: str, *, now: datetime) -> Found | None:
    """The living session behind a cookie. An account that was switched off is found no more."""
    row = people.find_session(connection, hash_secret(cookie))
    if row is None or not is_alive(row, now):
        return None
    try:
        user = people.user_by_id(connection, row.user_id)
    except NotFound:
        return None
    return Found(row, user, *held(connection, user.id, now=now))


def held(
    connection: Connection, user_id: str, *, now: datetime
) -> tuple[tuple[tuple[str, str], ...], tuple[people.Borrowed, ...]]:
    """Everything a user may act as now, and what of it belongs to colleagues who are away."""
    own, borrowed = people.powers(connection, user_id, now=now)
    lent = tuple(one for one in borrowed if (one.role, one.agency_id) not in own)
    return (*own, *dict.fromkeys((one.role, one.agency_id) for one in lent)), lent


def living(connection: Connection, user_id: str, *, now: datetime) -> list[SessionRow]:
    """Where a user is signed in, the last used first."""
    return [row for row in people.sessions_of(connection, user_id) if is_alive(row, now)]


def revoke_own(connection: Connection, user_id: str, id_hash: str, *, now: datetime) -> None:
    """End one of a user's own sessions. NotFound for anybody else's."""
    if id_hash not in {row.id_hash for row in people.sessions_of(connection, user_id)}:
        raise NotFound("no such session of this user")
    people.revoke_session(connection, id_hash, now=now)
