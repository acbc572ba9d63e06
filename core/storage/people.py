"""Staff: users, what they may do, their sessions and tokens, attempts, and the log of what they read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    type_coerce,
    union_all,
    update,
)

from core.contract.errors import NotFound
from core.storage.tables import access_log, api_token, attempt, role_grant, session, stand_in, user


@dataclass(frozen=True)
class UserRow:
    """One person with an account of their own (LS-3.1); `identity_blind` is a keyed hash of their staff number."""

    id: str
    login: str
    display_name: str
    password_hash: str
    totp_sealed: bytes | None
    totp_last_step: int
    active: bool
    created_at: datetime
    identity_blind: str | None = None


@dataclass(frozen=True)
class Borrowed:
    """A role that somebody holds while another, who is away, cannot: `of` is the user it belongs to."""

    role: str
    agency_id: str
    of: str


@dataclass(frozen=True)
class SessionRow:
    """One browser that is signed in; the cookie itself is not stored. `case_id`: the only case it is good for."""

    id_hash: str
    user_id: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    second_factor: bool
    revoked_at: datetime | None
    case_id: str = ""


_NEVER_LENT = "admin"
_USER = tuple(user.c[name] for name in UserRow.__dataclass_fields__)
_SESSION = tuple(session.c[name] for name in SessionRow.__dataclass_fields__)

# Asked at every request of staff, so they are put together once.
_BY_ID = select(*_USER).where(user.c.id == bindparam("user_id"))
_BY_TOKEN = (
    select(api_token.c.id.label("token_id"), *_USER)
    .join(user, user.c.id == api_token.c.user_id)
    .where(api_token.c.token_hash == bindparam("token_hash"), api_token.c.revoked_at.is_(None))
)
_POWERS = union_all(
    select(role_grant.c.role, role_grant.c.agency_id, literal("").label("lender")).where(
        role_grant.c.user_id == bindparam("user_id")
    ),
    select(role_grant.c.role, role_grant.c.agency_id, stand_in.c.user_id)
    .join(stand_in, stand_in.c.user_id == role_grant.c.user_id)
    .where(stand_in.c.deputy_id == bindparam("user_id"), stand_in.c.ended_at.is_(None))
    .where(stand_in.c.since <= bindparam("now"), stand_in.c.until > bindparam("now"))
    .where(role_grant.c.role != _NEVER_LENT),
).order_by("lender", "role", "agency_id")


def add_user(connection: Connection, row: UserRow) -> None:
    """A new account."""
    connection.execute(insert(user).values(row.__dict__))


def user_by_login(connection: Connection, login: str) -> UserRow | None:
    """The account with this log-in name, or None."""
    row = connection.execute(select(*_USER).where(user.c.login == login)).one_or_none()
    return None if row is None else UserRow(**row._mapping)


def user_by_identity(connection: Connection, identity_blind: str) -> UserRow | None:
    """The account of this official, or None."""
    row = connection.execute(select(*_USER).where(user.c.identity_blind == identity_blind)).one_or_none()
    return None if row is None else UserRow(**row._mapping)


def set_identity(connection: Connection, user_id: str, identity_blind: str) -> None:
    """Say whose account this is."""
    connection.execute(update(user).where(user.c.id == user_id).values(identity_blind=identity_blind))


def user_by_id(connection: Connection, user_id: str) -> UserRow:
    """One account. NotFound."""
    row = connection.execute(_BY_ID, {"user_id": user_id}).one_or_none()
    if row is None:
        raise NotFound("no such user")
    return UserRow(**row._mapping)


def all_users(connection: Connection) -> list[UserRow]:
    """Every account, by log-in name."""
    return [UserRow(**row._mapping) for row in connection.execute(select(*_USER).order_by(user.c.login))]


def set_password(connection: Connection, user_id: str, password_hash: str) -> None:
    """A new password."""
    connection.execute(update(user).where(user.c.id == user_id).values(password_hash=password_hash))


def set_totp(connection: Connection, user_id: str, totp_sealed: bytes | None) -> None:
    """A new second factor, or none."""
    connection.execute(update(user).where(user.c.id == user_id).values(totp_sealed=totp_sealed, totp_last_step=0))


def use_totp_step(connection: Connection, user_id: str, step: int) -> bool:
    """Mark a one-time code's time step as used; False when it, or a later one, was used already."""
    used = update(user).where(user.c.id == user_id, user.c.totp_last_step < step).values(totp_last_step=step)
    return connection.execute(used).rowcount == 1


def set_active(connection: Connection, user_id: str, active: bool) -> None:
    """Switch an account on or off; off ends its sessions and tokens at the next request."""
    connection.execute(update(user).where(user.c.id == user_id).values(active=active))


def grant(connection: Connection, user_id: str, *, role: str, agency_id: str = "") -> None:
    """Give a role, of one agency where the role belongs to agencies."""
    connection.execute(insert(role_grant).values(user_id=user_id, role=role, agency_id=agency_id))


def revoke_grant(connection: Connection, user_id: str, *, role: str, agency_id: str = "") -> None:
    """Take a role away."""
    connection.execute(
        delete(role_grant).where(
            role_grant.c.user_id == user_id, role_grant.c.role == role, role_grant.c.agency_id == agency_id
        )
    )


def grants(connection: Connection, user_id: str) -> list[tuple[str, str]]:
    """(role, agency id) pairs of a user."""
    query = select(role_grant.c.role, role_grant.c.agency_id).where(role_grant.c.user_id == user_id)
    return [(row[0], row[1]) for row in connection.execute(query.order_by(role_grant.c.role))]


def powers(
    connection: Connection, user_id: str, *, now: datetime
) -> tuple[tuple[tuple[str, str], ...], tuple[Borrowed, ...]]:
    """
    (role, agency id) pairs of a user's own, and what they hold for colleagues who are away at this instant.

    Administration is never lent.
    """
    rows = connection.execute(_POWERS, {"user_id": user_id, "now": now}).all()
    own = tuple((row.role, row.agency_id) for row in rows if not row.lender)
    return own, tuple(Borrowed(*row) for row in rows if row.lender)


def open_session(connection: Connection, row: SessionRow) -> None:
    """A browser has signed in."""
    connection.execute(insert(session).values(row.__dict__))


def find_session(connection: Connection, id_hash: str) -> SessionRow | None:
    """A session that is not revoked, or None."""
    query = select(*_SESSION).where(session.c.id_hash == id_hash, session.c.revoked_at.is_(None))
    row = connection.execute(query).one_or_none()
    return None if row is None else SessionRow(**row._mapping)


def touch_session(connection: Connection, id_hash: str, *, now: datetime) -> None:
    """The session was used."""
    connection.execute(update(session).where(session.c.id_hash == id_hash).values(seen_at=now))


def revoke_session(connection: Connection, id_hash: str, *, now: datetime) -> None:
    """Sign one browser out."""
    connection.execute(update(session).where(session.c.id_hash == id_hash).values(revoked_at=now))


def revoke_sessions(connection: Connection, user_id: str, *, now: datetime) -> int:
    """Sign a user out everywhere."""
    still = update(session).where(session.c.user_id == user_id, session.c.revoked_at.is_(None))
    return connection.execute(still.values(revoked_at=now)).rowcount


def sessions_of(connection: Connection, user_id: str) -> list[SessionRow]:
    """Living sessions of a user, the last used first."""
    query = select(*_SESSION).where(session.c.user_id == user_id, session.c.revoked_at.is_(None))
    return [SessionRow(**row._mapping) for row in connection.execute(query.order_by(session.c.seen_at.desc()))]


def add_token(
    connection: Connection, *, token_id: str, token_hash: str, user_id: str, name: str, now: datetime
) -> None:
    """A new API token; only its hash is kept."""
    values = {"id": token_id, "token_hash": token_hash, "user_id": user_id, "name": name, "created_at": now}
    connection.execute(insert(api_token).values(values))


def token_owner(connection: Connection, token_hash: str) -> tuple[str, UserRow] | None:
    """The id of a living token and whose it is, or None."""
    row = connection.execute(_BY_TOKEN, {"token_hash": token_hash}).one_or_none()
    return None if row is None else (row.token_id, UserRow(*row[1:]))


def revoke_token(connection: Connection, token_id: str, *, now: datetime) -> None:
    """End a token. NotFound."""
    ended = connection.execute(update(api_token).where(api_token.c.id == token_id).values(revoked_at=now))
    if not ended.rowcount:
        raise NotFound(f"no token {token_id}")


def note_attempt(connection: Connection, scope: str, *, ok: bool, now: datetime) -> None:
    """Remember a try (log-in, PIN, OTP) for the limits."""
    connection.execute(insert(attempt).values(scope=scope, ok=ok, at=now))


def failures_since(connection: Connection, scope: str, since: datetime) -> list[datetime]:
    """Failed tries after the last success, not older than `since`."""
    last_ok = select(func.max(type_coerce(attempt.c.at, BigInteger))).where(attempt.c.scope == scope, attempt.c.ok)
    query = (
        select(attempt.c.at)
        .where(attempt.c.scope == scope, ~attempt.c.ok, attempt.c.at >= since)
        .where(type_coerce(attempt.c.at, BigInteger) > func.coalesce(last_ok.scalar_subquery(), 0))
        .order_by(attempt.c.at)
    )
    return list(connection.scalars(query))


def log_access(connection: Connection, *, user_id: str, what: str, ref: str, now: datetime) -> None:
    """Somebody read personal data: who, what, of which case."""
    connection.execute(insert(access_log).values(at=now, user_id=user_id, what=what, ref=ref))


def accesses(connection: Connection, ref: str) -> list[tuple[datetime, str, str]]:
    """(when, user id, what) was read of one case, the newest first."""
    query = select(access_log.c.at, access_log.c.user_id, access_log.c.what).where(access_log.c.ref == ref)
    return [(row[0], row[1], row[2]) for row in connection.execute(query.order_by(access_log.c.at.desc()))]
