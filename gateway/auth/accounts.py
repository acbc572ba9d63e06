"""What administrators do with accounts, from the command line, the demo start and the console."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.contract.schema import new_id
from core.storage import people
from core.storage.database import Connection, Database
from core.storage.people import UserRow
from gateway.auth.door import Hashing, normal_login


async def create_user(
    database: Database,
    hashing: Hashing,
    *,
    login: str,
    display_name: str,
    password: str,
    grants: Iterable[tuple[str, str]] = (),
    identity_blind: str | None = None,
    now: datetime,
) -> UserRow:
    """
    A new account (LS-3.1: one for each official), with (role, agency id) pairs.

    The password's strength is the caller's to check (`core.identity.passwords.weakness`). A taken login name, and an
    official who has an account already, violate a unique key.
    """
    hashed = await hashing.hash(password)
    row = UserRow(new_id(), normal_login(login), display_name, hashed, None, 0, True, now, identity_blind)

    def write(connection: Connection) -> None:
        people.add_user(connection, row)
        for role, agency_id in grants:
            people.grant(connection, row.id, role=role, agency_id=agency_id)

    await database.write(write)
    return row


async def reset_second_factor(database: Database, user_id: str, *, now: datetime) -> None:
    """Recovery after a lost phone: the next sign-in sets up a new second factor; every session ends."""

    def write(connection: Connection) -> None:
        people.set_totp(connection, user_id, None)
        people.revoke_sessions(connection, user_id, now=now)

    await database.write(write)


async def reset_password(database: Database, hashing: Hashing, user_id: str, password: str, *, now: datetime) -> None:
    """A new password from an administrator; every session ends."""
    hashed = await hashing.hash(password)

    def write(connection: Connection) -> None:
        people.set_password(connection, user_id, hashed)
        people.revoke_sessions(connection, user_id, now=now)

    await database.write(write)


async def deactivate(database: Database, user_id: str, *, now: datetime) -> None:
    """Switch an account off: its sessions end now, its tokens at their next request."""

    def write(connection: Connection) -> None:
        people.set_active(connection, user_id, False)
        people.revoke_sessions(connection, user_id, now=now)

    await database.write(write)
