"""When upkeep was last done, and what came of it: small facts that an alarm looks at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.storage import settings
from core.storage.database import Connection, insert_or_ignore
from core.storage.tables import setting

_PREFIX = "upkeep:"
SINCE = "since"
BACKUP, KEY_BACKUP, AUDIT, TRIAGE = "backup", "key_backup", "audit", "triage"


def note(connection: Connection, work: str, *, at: datetime, facts: Mapping[str, int]) -> None:
    """A piece of work was done at this instant; `facts` are what came of it."""
    settings.put(connection, _PREFIX + work, {"at": at.isoformat(), **facts})


def begin(connection: Connection, *, now: datetime) -> None:
    """From when on this deployment runs, once: what was never done is as old as that."""
    row = {"key": _PREFIX + SINCE, "value": {"at": now.isoformat()}}
    connection.execute(insert_or_ignore(connection, setting).values(row))


def noted(connection: Connection) -> dict[str, dict[str, Any]]:
    """Every fact by the work it is about; `at` is an aware datetime."""
    rows = connection.execute(setting.select().where(setting.c.key.startswith(_PREFIX, autoescape=True)))
    return {row.key.removeprefix(_PREFIX): row.value | {"at": datetime.fromisoformat(row.value["at"])} for row in rows}
