"""Communes and their successions, as they were imported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from core.places import Commune, Gazetteer, Succession
from core.storage import settings
from core.storage.database import upsert
from core.storage.tables import commune, commune_succession

_EDITION = "places"


def edition(connection: Connection) -> int:
    """How many imports there were; 0 before the first."""
    return int(settings.get(connection, _EDITION) or 0)


def gazetteer(connection: Connection) -> tuple[int, Gazetteer]:
    """The edition, and everything in it."""
    communes = connection.execute(select(commune).order_by(commune.c.code, commune.c.since))
    changes = connection.execute(select(commune_succession).order_by(commune_succession.c.old_code))
    return edition(connection), Gazetteer(
        tuple(_commune(row) for row in communes), tuple(_succession(row) for row in changes)
    )


def store(connection: Connection, communes: Iterable[Commune], successions: Iterable[Succession]) -> int:
    """Take these in, what is known under the same code and day is replaced; returns the new edition."""
    rows = [{**one.model_dump(), "since": _written(one.since), "until": _written(one.until)} for one in communes]
    if rows:
        told = [name for name in rows[0] if name not in ("code", "since")]
        connection.execute(upsert(connection, commune, update=told), rows)
    changes = [{**one.model_dump(), "since": one.since.isoformat()} for one in successions]
    if changes:
        connection.execute(upsert(connection, commune_succession, update=["whole"]), changes)
    number = edition(connection) + 1
    settings.put(connection, _EDITION, number)
    return number


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


def _read(written: str) -> date | None:
    return date.fromisoformat(written) if written else None


def _commune(row: Row[Any]) -> Commune:
    """As it was checked when it was imported; thousands of them are read at once."""
    fields: dict[str, Any] = {**row._mapping, "since": _read(row.since), "until": _read(row.until)}
    return Commune.model_construct(**fields)


def _succession(row: Row[Any]) -> Succession:
    return Succession(**{**row._mapping, "since": date.fromisoformat(row.since)})
