"""Reading everything back for proof: cases with their events in pages, and the signed roots of past days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, LargeBinary, select, tuple_, type_coerce

from core.storage.database import insert_or_ignore
from core.storage.tables import case, case_clock, case_event, chain_root

PAGE = 400


class CaseBytes(NamedTuple):
    """One case row as it lies there: instants in microseconds UTC, `state` as the bytes that were written."""

    id: str
    code: str
    regulation: str
    version: int
    head: bytes
    stage: str
    urgency: str
    category: str
    received_at: int
    published_at: int | None
    next_due_at: int | None
    state: bytes


class EventBytes(NamedTuple):
    """One event as it lies there; `at` in microseconds UTC."""

    case_id: str
    version: int
    name: str
    at: int
    actor: str
    body: bytes
    hash: bytes


@dataclass(frozen=True)
class CasePage:
    """
    Cases in order of id, all events between them (also of cases that are gone), and their due-time index.

    `last`: up to which id, included; empty for the page behind the last case. `clocks`: microseconds by case and clock.
    """

    last: str
    cases: Sequence[CaseBytes]
    events: dict[str, list[EventBytes]]
    clocks: dict[str, dict[str, int]]


_INSTANTS = {"received_at", "published_at", "next_due_at"}
_CASE = tuple(
    type_coerce(case.c[name], LargeBinary if name == "state" else BigInteger)
    if name == "state" or name in _INSTANTS
    else case.c[name]
    for name in CaseBytes._fields
)
_EVENT = tuple(
    type_coerce(case_event.c.at, BigInteger) if name == "at" else case_event.c[name] for name in EventBytes._fields
)


def case_page(connection: Connection, *, after: str = "", most: int = PAGE) -> CasePage:
    """The next cases with everything that belongs to them, as of one moment."""
    query = select(*_CASE).where(case.c.id > after).order_by(case.c.id).limit(most)
    cases = [CaseBytes._make(row) for row in connection.execute(query)]
    last = cases[-1].id if len(cases) == most else ""
    return CasePage(last, cases, _events(connection, after, last), _clocks(connection, after, last))


def _events(connection: Connection, after: str, last: str) -> dict[str, list[EventBytes]]:
    query = select(*_EVENT).where(*_between(case_event.c.case_id, after, last))
    found: dict[str, list[EventBytes]] = defaultdict(list)
    for row in connection.execute(query.order_by(case_event.c.case_id, case_event.c.version)):
        found[row[0]].append(EventBytes._make(row))
    return dict(found)


def _clocks(connection: Connection, after: str, last: str) -> dict[str, dict[str, int]]:
    query = select(case_clock.c.case_id, case_clock.c.clock_id, type_coerce(case_clock.c.fire_at, BigInteger))
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for case_id, clock_id, fire_at in connection.execute(query.where(*_between(case_clock.c.case_id, after, last))):
        found[case_id][clock_id] = fire_at
    return dict(found)


def _between(column: Any, after: str, last: str) -> list[Any]:
    return [column > after, column <= last] if last else [column > after]


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


def newest_record(connection: Connection) -> tuple[str, bytes] | None:
    """(day, record) of the last root, without its leaves."""
    query = select(chain_root.c.day, chain_root.c.record).order_by(chain_root.c.day.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else (row.day, row.record)


def record_before(connection: Connection, day: str) -> bytes | None:
    """The record of the root before a day's, without its leaves."""
    query = select(chain_root.c.record).where(chain_root.c.day < day).order_by(chain_root.c.day.desc()).limit(1)
    found: bytes | None = connection.scalar(query)
    return found


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


def heads(
    connection: Connection, *, since: datetime | None, after: str = "", most: int = 5000
) -> list[tuple[str, int, bytes]]:
    """(case id, version, head) of the next cases in order of id: of those with an event from `since` on, or of all."""
    query = select(case.c.id, case.c.version, case.c.head).where(case.c.id > after)
    if since is not None:
        query = query.where(case.c.id.in_(select(case_event.c.case_id).where(case_event.c.at >= since)))
    return [(row[0], row[1], row[2]) for row in connection.execute(query.order_by(case.c.id).limit(most))]
