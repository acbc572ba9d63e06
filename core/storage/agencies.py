"""The agency tree as it is kept: editions, and the entries that each of them added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from core.agencies.history import AgencyHistory, Entry
from core.contract.errors import VersionConflict
from core.storage.tables import agency_edition, agency_entry


@dataclass(frozen=True)
class Edition:
    """Who changed the tree, when, and why; `entries`: how many lines."""

    number: int
    at: datetime
    by: str
    note: str
    entries: int


def history(connection: Connection) -> AgencyHistory:
    """Everything that was ever written down."""
    rows = connection.execute(select(agency_entry).order_by(agency_entry.c.edition, agency_entry.c.agency_id))
    return AgencyHistory(tuple(_entry(row) for row in rows))


def _entry(row: Row[Any]) -> Entry:
    """As it was checked when it was written."""
    since = date.fromisoformat(row.since) if row.since else None
    fields: dict[str, Any] = {**row._mapping, "since": since, "replaced_by": tuple(row.replaced_by)}
    return Entry.model_construct(**fields)


def newest(connection: Connection) -> int:
    """The number of the newest edition; 0 before the first."""
    return connection.scalar(select(func.coalesce(func.max(agency_edition.c.number), 0))) or 0


def record(
    connection: Connection, entries: Iterable[Entry], *, after: int, by: str, note: str, at: datetime
) -> AgencyHistory:
    """
    Write the edition that follows `after`; returns everything there is then.

    Raises: VersionConflict: somebody else wrote one meanwhile, and nothing is written.
    """
    if newest(connection) != after:
        raise VersionConflict("the tree of agencies was changed meanwhile")
    number = after + 1
    try:
        connection.execute(insert(agency_edition).values(number=number, at=at, by=by, note=note[:200]))
    except IntegrityError as error:
        raise VersionConflict("the tree of agencies was changed meanwhile") from error
    rows = [_row(item, number) for item in entries]
    if rows:
        connection.execute(insert(agency_entry), rows)
    return history(connection)


def taken_in(connection: Connection, *, by: str, note: str) -> set[int]:
    """The editions that one author wrote under this note."""
    query = select(agency_edition.c.number).where(agency_edition.c.by == by, agency_edition.c.note == note[:200])
    return set(connection.scalars(query))


def editions(connection: Connection, *, most: int = 50) -> list[Edition]:
    """The newest first."""
    counted = (
        select(agency_edition, func.count(agency_entry.c.agency_id).label("entries"))
        .join(agency_entry, agency_entry.c.edition == agency_edition.c.number, isouter=True)
        .group_by(agency_edition.c.number, agency_edition.c.at, agency_edition.c.by, agency_edition.c.note)
        .order_by(agency_edition.c.number.desc())
    )
    return [Edition(**row._mapping) for row in connection.execute(counted.limit(most))]


def _row(item: Entry, edition: int) -> dict[str, object]:
    said = item.model_dump() | {"edition": edition, "since": item.since.isoformat() if item.since else ""}
    return said | {"replaced_by": list(item.replaced_by)}
