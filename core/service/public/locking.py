"""
The lock on a report: code and PIN, with growing waits per report and per client.

Unknown code, wrong PIN and a report without PIN give the same answer. Mistakes are counted under keyed hashes: neither
a code nor an address stands in the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.contract.errors import NotFound
from core.identity.codes import check_pin
from core.identity.lockout import REPORT_PIN, Attempt, LockoutPolicy, wait_for
from core.privacy.blind import BlindIndex
from core.storage import people, reports
from core.storage.database import Connection

# A ward office or a mobile carrier may share one address: many may err before it has to wait.
CLIENT_PIN = LockoutPolicy(
    free=40, first_wait=timedelta(seconds=30), longest_wait=timedelta(minutes=10), forget_after=timedelta(hours=1)
)


@dataclass(frozen=True)
class Opened:
    """Code and PIN were right."""

    code: str


@dataclass(frozen=True)
class Refused:
    """They were not, or nobody looked because of earlier mistakes: `wait` is then how long."""

    wait: timedelta = timedelta(0)


@dataclass(frozen=True)
class Scopes:
    """Whom mistakes are counted against."""

    report: str
    client: str

    @classmethod
    def of(cls, code: str, client: str, *, blind: BlindIndex) -> Scopes:
        """One report, and whoever asks (a network address)."""
        return cls(f"pin:{blind.other('attempt', 'code', code)}", f"pin:{blind.other('attempt', 'client', client)}")


def attempt(
    connection: Connection, code: str, pin: str, *, scopes: Scopes, key: bytes, now: datetime
) -> Opened | Refused:
    """One try, looked at only where nobody has to wait, and counted. `code` is one that may exist."""
    wait = max(
        wait_of(connection, scopes.report, policy=REPORT_PIN, now=now),
        wait_of(connection, scopes.client, policy=CLIENT_PIN, now=now),
    )
    if wait:
        return Refused(wait)
    right = check_pin(pin, _stored_hash(connection, code), code=code, key=key)
    people.note_attempt(connection, scopes.report, ok=right, now=now)
    if right:
        return Opened(code)
    people.note_attempt(connection, scopes.client, ok=False, now=now)
    return Refused()


def wait_of(connection: Connection, scope: str, *, policy: LockoutPolicy, now: datetime) -> timedelta:
    """How long this scope still has to wait; zero: not at all."""
    failed = people.failures_since(connection, scope, now - policy.forget_after)
    return wait_for((Attempt(at, ok=False) for at in failed), policy, now)


def _stored_hash(connection: Connection, code: str) -> str:
    try:
        return reports.by_code(connection, code).pin_hash
    except NotFound:
        return ""
