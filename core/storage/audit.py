"""Reading everything back for proof: cases with their events in pages, and the signed roots of past days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, tuple_

from core.storage.cases import CaseRow, EventRow
from core.storage.database import insert_or_ignore
from core.storage.tables import case, case_clock, case_event, chain_root

_CASE = tuple(case.c[name] for name in CaseRow.__dataclass_fields__)
_EVENT = tuple(case_event.c[name] for name in EventRow.__dataclass_fields__)


@dataclass(frozen=True)
class StoredCase:
    """One case exactly as it lies there: row, events in order, and its places in the due-time index."""

    row: CaseRow
    events: tuple[EventRow, ...]
    clocks: dict[str, datetime]


def case_page(connection: Connection, *, after: str = "", most: int = 50) -> list[StoredCase]:
    """The next cases in order of id, each with everything that belongs to it, as of one moment."""
    rows = [
        CaseRow(**row._mapping)
        for row in connection.execute(select(*_CASE).where(case.c.id > after).order_by(case.c.id).limit(most))
    ]
    ids = [row.id for row in rows]
    events, clocks = _events(connection, ids), _clocks(connection, ids)
    return [StoredCase(row, tuple(events[row.id]), clocks[row.id]) for row in rows]


def _events(connection: Connection, ids: Collection[str]) -> dict[str, list[EventRow]]:
    query = select(case_event.c.case_id, *_EVENT).where(case_event.c.case_id.in_(ids))
    found: dict[str, list[EventRow]] = defaultdict(list)
    for case_id, *columns in connection.execute(query.order_by(case_event.c.case_id, case_event.c.version)):
        found[case_id].append(EventRow(*columns))
    return found


def _clocks(connection: Connection, ids: Collection[str]) -> dict[str, dict[str, datetime]]:
    query = select(case_clock.c.case_id, case_clock.c.clock_id, case_clock.c.fire_at)
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for case_id, clock_id, fire_at in connection.execute(query.where(case_clock.c.case_id.in_(ids))):
        found[case_id][clock_id] = fire_at
    return found


def orphans(connection: Connection, *, most: int = 1000) -> list[str]:
    """Cases of which only events are left."""
    there = select(case.c.id).where(case.c.id == case_event.c.case_id).exists()
    query = select(case_event.c.case_id).where(case_event.c.version == 1, ~there).order_by(case_event.c.case_id)
    return list(connection.scalars(query.limit(most)))


@dataclass(frozen=True)
class RootRow:
    """One day's signed root (`core.privacy.roots`) with the packed leaves it was made of."""

    day: str
    cases: int
    record: bytes
    leaves: bytes


def add_root(connection: Connection, row: RootRow) -> bool:
    """Keep a day's root; False when another process has made it already."""
    return connection.execute(insert_or_ignore(connection, chain_root).values(row.__dict__)).rowcount == 1


def newest_root(connection: Connection) -> RootRow | None:
    """The last root made, or None."""
    return next(roots_backwards(connection, most=1), None)


def roots_backwards(connection: Connection, *, before: str = "", most: int = 1) -> Iterator[RootRow]:
    """Roots, the newest first; `before` is the day to go on from."""
    query = select(*(chain_root.c[name] for name in RootRow.__dataclass_fields__))
    if before:
        query = query.where(chain_root.c.day < before)
    for row in connection.execute(query.order_by(chain_root.c.day.desc()).limit(most)):
        yield RootRow(**row._mapping)


def hashes_at(connection: Connection, places: Collection[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
    """The stored hash of each (case id, event version); those that are not there are left out."""
    query = select(case_event.c.case_id, case_event.c.version, case_event.c.hash)
    query = query.where(tuple_(case_event.c.case_id, case_event.c.version).in_(places))
    return {(row[0], row[1]): row[2] for row in connection.execute(query)}


def living(connection: Connection, ids: Collection[str]) -> set[str]:
    """Which of these cases are there."""
    return set(connection.scalars(select(case.c.id).where(case.c.id.in_(ids))))


def all_heads(connection: Connection) -> list[tuple[str, int, bytes]]:
    """(case id, version, head) of every case, as of one moment."""
    return [(row[0], row[1], row[2]) for row in connection.execute(select(case.c.id, case.c.version, case.c.head))]
