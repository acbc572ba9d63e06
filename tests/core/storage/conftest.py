"""An inbox over the test's database, with a real cipher and a real journal."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.privacy.intake_zone import IntakeZone
from core.privacy.master import KeyRing, MasterKey
from core.storage.database import Database
from core.storage.inbox import Inbox
from core.storage.journal import Journal
from core.storage.postgres import PostgresDatabase
from core.storage.sqlite import SqliteDatabase

MakeInbox = Callable[[Database], Inbox]


def blind(value: str) -> str:
    """A keyed hash that is good enough to tell keys apart."""
    return hashlib.blake2b(value.encode(), key=b"test", digest_size=32).hexdigest()


@pytest.fixture
def zone() -> IntakeZone:
    """A cipher with a key of this test's own."""
    return IntakeZone(KeyRing([MasterKey(1, os.urandom(32))]))


@pytest.fixture
def make_inbox(zone: IntakeZone, tmp_path: Path) -> MakeInbox:
    """
    Builds an inbox over a database; its journal lies in the test's folder.

    A real database is given all the time it wants: on a busy machine a commit may take longer than a sender waits.
    """

    def make(database: Database) -> Inbox:
        journal = Journal(tmp_path / "journal")
        budget = 60.0 if isinstance(database, SqliteDatabase | PostgresDatabase) else 0.3
        return Inbox(database, zone=zone, blind=blind, journal=journal, now=lambda: datetime.now(UTC), budget=budget)

    return make
