"""The first factor: login and password against the stored argon2id hash, behind the limits, always the same way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from aiohttp import web

from core.identity.passwords import PasswordCheck, Passwords
from core.storage import people
from core.storage.database import Connection, Database
from core.storage.people import UserRow
from gateway.auth import limits, sessions
from gateway.auth.limits import Turnstile
from gateway.auth.sessions import Opened

AT_ONCE = 2
log = structlog.get_logger()


def normal_login(typed: str) -> str:
    """Log-in names are stored in small letters."""
    return typed.strip().lower()[:80]


@dataclass(frozen=True)
class Hashing:
    """Password hashing off the event loop; a check takes 64 MiB, so only a few run at once."""

    passwords: Passwords
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def hash(self, password: str) -> str:
        """The hash to store."""
        async with self._turns:
            return await asyncio.to_thread(self.passwords.hash, password)

    async def check(self, password: str, stored: str | None) -> PasswordCheck:
        """Takes as long for an unknown account (None) as for a known one."""
        async with self._turns:
            return await asyncio.to_thread(self.passwords.check, password, stored)


HASHING = web.AppKey("hashing", Hashing)


@dataclass(frozen=True)
class Door:
    """Where staff knock."""

    database: Database
    hashing: Hashing
    turnstile: Turnstile

    async def check(self, login: str, password: str, *, client: str, now: datetime) -> UserRow | None:
        """
        The account whose password this is, or None: unknown, wrong and switched off take the same way.

        Raises TooManyAttempts, for unknown accounts too.
        """
        scope, network = limits.by_login(login), limits.by_network(client)

        def begin(connection: Connection) -> UserRow | None:
            limits.admit(connection, [scope, network], now=now)
            limits.reserve(connection, scope, now=now)
            return people.user_by_login(connection, login)

        user = await self.turnstile.enter(self.database, begin)
        checked = await self.hashing.check(password, user.password_hash if user else None)
        known = user if user is not None and user.active and checked.ok else None

        def finish(connection: Connection) -> None:
            if known is None:
                limits.fail(connection, network, now=now)
                return
            limits.succeed(connection, scope, now=now)
            if checked.renewed:
                people.set_password(connection, known.id, checked.renewed)

        await self.database.write(finish)
        return known

    async def enter(self, user: UserRow, *, now: datetime) -> Opened:
        """A session in which the password is proved and nothing more."""

        def write(connection: Connection) -> Opened:
            return sessions.open_session(connection, user.id, second_factor=False, now=now)

        return await self.database.write(write)

    async def change_password(self, user: UserRow, password: str, *, second_factor: bool, now: datetime) -> Opened:
        """Store a new password, end every session of the account, and open a fresh one for who changed it."""
        hashed = await self.hashing.hash(password)

        def write(connection: Connection) -> Opened:
            people.set_password(connection, user.id, hashed)
            people.revoke_sessions(connection, user.id, now=now)
            return sessions.open_session(connection, user.id, second_factor=second_factor, now=now)

        return await self.database.write(write)
