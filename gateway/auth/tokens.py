"""
API tokens: a program acts as its owner, with `Authorization: Bearer ln_…`.

A token is shown once; the database holds its SHA-256. It ends with its revocation or its owner's deactivation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.contract.schema import new_id
from core.storage import people
from core.storage.database import Connection, Database
from gateway.auth import cookies
from gateway.auth.sessions import hash_secret, held
from gateway.auth.staff import Staff

PREFIX = "ln_"
SCHEME = "bearer"


@dataclass(frozen=True)
class NewToken:
    """`secret` is for the owner's eyes, now or never."""

    id: str
    secret: str = field(repr=False)


async def create_token(database: Database, user_id: str, *, name: str, now: datetime) -> NewToken:
    """A new token of a user; `name` says what it is for."""
    token = NewToken(new_id(), PREFIX + cookies.fresh())

    def write(connection: Connection) -> None:
        people.user_by_id(connection, user_id)
        people.add_token(
            connection, token_id=token.id, token_hash=hash_secret(token.secret), user_id=user_id, name=name, now=now
        )

    await database.write(write)
    return token


async def revoke_token(database: Database, token_id: str, *, now: datetime) -> None:
    """End a token; its next request is refused. NotFound."""
    await database.write(lambda connection: people.revoke_token(connection, token_id, now=now))


def owner(connection: Connection, secret: str, *, now: datetime) -> Staff | None:
    """Whom a token stands for now, or None where it is unknown, revoked, or its owner switched off."""
    if not secret.startswith(PREFIX):
        return None
    found = people.token_owner(connection, hash_secret(secret))
    if found is None:
        return None
    token_id, user = found
    if not user.active:
        return None
    grants, lent = held(connection, user.id, now=now)
    return Staff(user.id, user.login, user.display_name, grants, token_id=token_id, borrowed=lent)
