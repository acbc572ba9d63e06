"""
Cases and their events: appended under a version check, in the transaction of everything that follows from them.

The row is the fold of the events; tasks and clocks are small tables beside it, so that queues and the due-time index
stay flat however many finished cases there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    select,
    tuple_,
    update,
)

from core.contract.errors import NotFound, VersionConflict
from core.storage.milestones import MILESTONES, MilestoneRow
from core.storage.tables import case, case_clock, case_event, case_task
from core.storage.together import Entry, locking, rows_into


@dataclass(frozen=True)
class EventRow:
    """One event as stored: `body` is the canonical JSON that `hash` was taken over."""

    version: int
    name: str
    at: datetime
    actor: str
    body: bytes
    hash: bytes


@dataclass(frozen=True)
class CaseRow:
    """
    The case as the fold of its events left it, with the columns that lists are sorted and filtered by.

    `agencies`: a JSON list of every agency with a part in it; lists and search of agencies follow it by trigger.
    `latitude`, `longitude`: of its place, in thousandths of a degree.
    """

    id: str
    code: str
    regulation: str
    version: int
    head: bytes
    stage: str
    open: bool
    urgency: str
    category: str
    received_at: datetime
    closed_at: datetime | None
    published_at: datetime | None
    next_due_at: datetime | None
    state: Any
    search_text: str
    agencies: str = "[]"
    latitude: int | None = None
    longitude: int | None = None
    commune_code: str | None = None


@dataclass(frozen=True)
class TaskRow:
    """Something a role (of an agency) has to do now."""

    key: str
    role: str
    agency_id: str
    stage: str
    due_at: datetime | None


@dataclass(frozen=True)
class ClockRow:
    """The next instant at which a clock wants to be looked at."""

    clock_id: str
    fire_at: datetime


CASES = rows_into(case)
EVENTS = rows_into(case_event)
TASKS = rows_into(case_task)
CLOCKS = rows_into(case_clock)


_REPLACE = update(case).where(case.c.id == bindparam("case_id"), case.c.version == bindparam("expected"))
_CLEAR = tuple(delete(table).where(table.c.case_id == bindparam("case_id")) for table in (case_task, case_clock))


def _replace_all(connection: Connection, changed: Sequence[tuple[CaseRow, int]]) -> None:
    for row, expected in sorted(changed, key=lambda one: one[0].id):
        replace(connection, row, expected=expected)


REPLACED = locking("case", _replace_all)
"""(case row, the version it stood at) of cases to `replace`."""


def replace(connection: Connection, row: CaseRow, *, expected: int) -> None:
    """
    Bring the row of a case that stands at version `expected` up to date, and clear its tasks and clocks for the new
    ones. VersionConflict when it stands elsewhere.
    """
    values = {name: getattr(row, name) for name in CaseRow.__dataclass_fields__}
    del values["search_text"]  # words of the reporter: written once, and never again after an erasure
    changed = connection.execute(_REPLACE, values | {"case_id": row.id, "expected": expected})
    if changed.rowcount != 1:
        raise VersionConflict(f"case {row.id} is no longer at version {expected}")
    for clear in _CLEAR:
        connection.execute(clear, {"case_id": row.id})


def entries(
    row: CaseRow,
    events: Sequence[EventRow],
    *,
    tasks: Sequence[TaskRow],
    clocks: Sequence[ClockRow],
    milestones: Sequence[MilestoneRow] = (),
) -> list[Entry]:
    """The rows to store beside `replace`: the case where it is only being opened, what happened, and what is to do."""
    opened: list[Entry] = [(CASES, dict(row.__dict__))] if row.version == len(events) else []
    parts = ((EVENTS, events), (TASKS, tasks), (CLOCKS, clocks), (MILESTONES, milestones))
    return opened + [(sort, {"case_id": row.id, **one.__dict__}) for sort, rows in parts for one in rows]


COLUMNS = tuple(case.c[name] for name in CaseRow.__dataclass_fields__)

# Asked at every page and command, so they are put together once.
_BY_ID = select(*COLUMNS).where(case.c.id == bindparam("case_id"))
_EVENTS_OF = (
    select(*(case_event.c[name] for name in EventRow.__dataclass_fields__))
    .where(case_event.c.case_id == bindparam("case_id"))
    .order_by(case_event.c.version)
)


def load(connection: Connection, case_id: str) -> CaseRow:
    """One case. NotFound."""
    found = connection.execute(_BY_ID, {"case_id": case_id}).one_or_none()
    if found is None:
        raise NotFound(f"no case {case_id}")
    return CaseRow(*found)


def load_events(connection: Connection, case_id: str) -> list[EventRow]:
    """All events of a case, in order."""
    return [EventRow(*row) for row in connection.execute(_EVENTS_OF, {"case_id": case_id})]


def events_named(connection: Connection, name: str, case_ids: Collection[str]) -> list[tuple[str, bytes]]:
    """(case, body) of every event of this name of these cases, in order."""
    query = select(case_event.c.case_id, case_event.c.body)
    of_them = query.where(case_event.c.case_id.in_(case_ids), case_event.c.name == name)
    return [tuple(row) for row in connection.execute(of_them.order_by(case_event.c.case_id, case_event.c.version))]


def rows_of(connection: Connection, query: Select[Any]) -> list[CaseRow]:
    """What a query for `COLUMNS` finds."""
    return [CaseRow(**row._mapping) for row in connection.execute(query)]


def open_cases_since(connection: Connection, since: datetime, *, most: int = 200) -> list[CaseRow]:
    """Recent open cases, for finding duplicates."""
    query = select(*COLUMNS).where(case.c.open, case.c.received_at >= since)
    return [
        CaseRow(**row._mapping) for row in connection.execute(query.order_by(case.c.received_at.desc()).limit(most))
    ]


def of_ids(connection: Connection, ids: Collection[str]) -> list[CaseRow]:
    """These cases in any order; unknown ids are left out."""
    return rows_of(connection, select(*COLUMNS).where(case.c.id.in_(ids))) if ids else []


def received(
    connection: Connection,
    *,
    since: datetime,
    until: datetime,
    before: tuple[datetime, str] | None = None,
    categories: Collection[str] = (),
    is_open: bool | None = None,
    most: int = 100,
) -> list[CaseRow]:
    """Cases received in [since, until), the newest first; `before`: behind this one. Empty or None: any."""
    place = tuple_(case.c.received_at, case.c.id)
    query = select(*COLUMNS).where(case.c.received_at >= since, case.c.received_at < until)
    if before is not None:
        query = query.where(place < before)
    if categories:
        query = query.where(case.c.category.in_(categories))
    if is_open is not None:
        query = query.where(case.c.open == is_open)
    return rows_of(connection, query.order_by(case.c.received_at.desc(), case.c.id.desc()).limit(most))


def heads(connection: Connection, *, after: str = "", most: int = 10_000) -> list[tuple[str, int, bytes]]:
    """(case id, version, head) of every case in order of id, for the daily root."""
    query = select(case.c.id, case.c.version, case.c.head).where(case.c.id > after).order_by(case.c.id).limit(most)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]
