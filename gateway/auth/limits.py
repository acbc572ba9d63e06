"""
How often sign-in may be tried: per account and per network, with growing waits.

A try is written down as wrong before it is looked at and made good afterwards, and tries enter one by one, so that a
hundred tries at once are a hundred tries. Tries made while waiting are refused unseen and not counted.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from aiohttp import web

from core.identity.lockout import STAFF_LOGIN, Attempt, LockoutPolicy, wait_for
from core.storage import people
from core.storage.database import Connection, Database
from gateway.auth.errors import TooManyAttempts
from gateway.auth.network import network_of

# A whole office may share one address: many free tries, forgotten after an hour, and no success clears the slate.
NETWORK = LockoutPolicy(
    free=40, first_wait=timedelta(seconds=15), longest_wait=timedelta(minutes=15), forget_after=timedelta(hours=1)
)


T = TypeVar("T")


@dataclass(frozen=True)
class Turnstile:
    """Lets tries in one after the other: on PostgreSQL transactions side by side would not see each other's rows."""

    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def enter(self, database: Database, work: Callable[[Connection], T]) -> T:
        """Run the counting transaction alone in this process."""
        async with self._turn:
            return await database.write(work)


TURNSTILE = web.AppKey("turnstile", Turnstile)


@dataclass(frozen=True)
class Scope:
    """What is limited, and how."""

    name: str
    policy: LockoutPolicy


def by_login(login: str) -> Scope:
    """One account, whether or not it exists."""
    return Scope(f"login:{_digest(login)}", STAFF_LOGIN)


def by_network(client: str) -> Scope:
    """Everybody who comes from one network."""
    return Scope(f"login-network:{_digest(network_of(client))}", NETWORK)


def by_second_factor(user_id: str) -> Scope:
    """The one-time codes of one account."""
    return Scope(f"totp:{user_id}", STAFF_LOGIN)


def admit(connection: Connection, scopes: Iterable[Scope], *, now: datetime) -> None:
    """Let one more try pass. Raises TooManyAttempts with the longest wait."""
    wait = max(_wait(connection, scope, now) for scope in scopes)
    if wait > timedelta(0):
        raise TooManyAttempts(wait)


def reserve(connection: Connection, scope: Scope, *, now: datetime) -> None:
    """Admit a try and count it as wrong until `succeed` says otherwise. Raises TooManyAttempts."""
    admit(connection, [scope], now=now)
    people.note_attempt(connection, scope.name, ok=False, now=now)


def succeed(connection: Connection, scope: Scope, *, now: datetime) -> None:
    """The try was right: all wrong ones before it are forgiven."""
    people.note_attempt(connection, scope.name, ok=True, now=now)


def fail(connection: Connection, scope: Scope, *, now: datetime) -> None:
    """Count a wrong try that was not reserved."""
    people.note_attempt(connection, scope.name, ok=False, now=now)


def _wait(connection: Connection, scope: Scope, now: datetime) -> timedelta:
    failed = people.failures_since(connection, scope.name, now - scope.policy.forget_after)
    return wait_for((Attempt(at, ok=False) for at in failed), scope.policy, now)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()[:32]
