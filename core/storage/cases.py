"""
Cases and their events: appended under a version check, in the transaction of everything that follows from them.

The row is the fold of the events; tasks and clocks are small tables beside it, so that queues and the due-time index
stay flat however many finished cases there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Integer,
    Select,
    Subquery,
    and_,
    bindparam,
    delete,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
    update,
)

from core.contract.errors import NotFound, VersionConflict
from core.storage import agency_lists, wordsearch
from core.storage.milestones import MILESTONES, MilestoneRow
from core.storage.planning import walk_in_order
from core.storage.search_indexes import CASES as CASE_WORDS
from core.storage.tables import case, case_clock, case_event, case_task
from core.storage.together import Entry, rows_into


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


def replace(connection: Connection, row: CaseRow, *, expected: int) -> None:
    """
    Bring the row of a case that stands at version `expected` up to date, and clear its tasks and clocks for the new
    ones; nothing for a case that is only being opened. VersionConflict when it stands elsewhere.
    """
    if expected == 0:
        return
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


_COLUMNS = tuple(case.c[name] for name in CaseRow.__dataclass_fields__)

# Asked at every page and command, so they are put together once.
_BY_ID = select(*_COLUMNS).where(case.c.id == bindparam("case_id"))
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


@dataclass(frozen=True)
class QueueRow:
    """One line of a queue page."""

    case_id: str
    code: str
    role: str
    agency_id: str
    stage: str
    category: str
    urgency: str
    received_at: datetime
    due_at: datetime | None
    version: int


# A place for "no due time" behind every real one, so that a page can be continued from its last line.
_FAR = 2**62
_TASK = (case_task.c.case_id, case_task.c.role, case_task.c.agency_id, case_task.c.stage, case_task.c.due_at)


def queue(
    connection: Connection,
    *,
    seats: Collection[tuple[str, str]],
    after: tuple[int, str] | None = None,
    most: int = 50,
) -> list[QueueRow]:
    """
    What these seats (role, agency id; "" = any agency) have to do, the nearest due time first.

    `after` is (due time in microseconds or far, case id) of the last line of the page before. Each seat's next lines
    are read in the order of an index, first those with a due time; only what one page needs is sorted.
    """
    parts = [part for seat in _distinct(seats) for part in _parts(seat, after, most)]
    if not parts:
        return []
    merged = union_all(*parts).subquery("merged")
    # Limited before any case is looked up.
    task = select(merged).order_by(*_by_due(merged)).limit(_number(most)).subquery("task")
    of_case = (case.c.code, case.c.category, case.c.urgency, case.c.received_at, case.c.version)
    query = (
        select(*(task.c[one.name] for one in _TASK), *of_case)
        .join(case, case.c.id == task.c.case_id)
        .order_by(*_by_due(task))
    )
    walk_in_order(connection)
    return [QueueRow(**row._mapping) for row in connection.execute(query)]


def _by_due(task: Subquery) -> tuple[Any, Any]:
    return func.coalesce(type_coerce(task.c.due_at, BigInteger), _FAR), task.c.case_id


def _distinct(seats: Collection[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without the seats in one agency of those who sit in all of them."""
    wide = {role for role, agency in seats if not agency}
    return sorted((role, agency) for role, agency in set(seats) if not agency or role not in wide)


def _parts(seat: tuple[str, str], after: tuple[int, str] | None, most: int) -> Iterator[Select[Any]]:
    role, agency = seat
    own = [case_task.c.role == role, *([case_task.c.agency_id == agency] if agency else [])]
    due, case_id = type_coerce(case_task.c.due_at, BigInteger), case_task.c.case_id
    if after is None or after[0] < _FAR:
        limited = [case_task.c.due_at.is_not(None), *([tuple_(due, case_id) > after] if after else [])]
        yield _first(select(*_TASK).where(*own, *limited).order_by(case_task.c.due_at, case_id), most)
    unlimited = [case_task.c.due_at.is_(None), *([case_id > after[1]] if after and after[0] >= _FAR else [])]
    yield _first(select(*_TASK).where(*own, *unlimited).order_by(case_task.c.due_at, case_id), most)


def _first(query: Select[Any], most: int) -> Select[Any]:
    """A limited query as a part of another: SQLite takes it in brackets only."""
    return select(query.limit(_number(most)).subquery())


def _number(most: int) -> Any:
    """A limit that stands in the statement: of one that it is told each time, PostgreSQL thinks the worst."""
    return literal_column(str(int(most)))


def _seated(seats: Collection[tuple[str, str]]) -> Any:
    wide = [role for role, agency in seats if not agency]
    exact = [and_(case_task.c.role == role, case_task.c.agency_id == agency) for role, agency in seats if agency]
    return or_(case_task.c.role.in_(wide), *exact)


def count_tasks(connection: Connection, *, seats: Collection[tuple[str, str]]) -> dict[str, int]:
    """How many tasks wait per role, for the badges."""
    query = select(case_task.c.role, func.count()).where(_seated(seats)).group_by(case_task.c.role)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


@dataclass(frozen=True)
class DueClock:
    """A clock whose next look is due."""

    case_id: str
    clock_id: str
    fire_at: datetime


def due_clocks(connection: Connection, *, now: datetime, most: int = 100) -> list[DueClock]:
    """Clocks to fire, the longest waiting first."""
    return [DueClock(*row) for row in connection.execute(_DUE_CLOCKS, {"now": now, "most": most})]


_DUE_CLOCKS = (
    select(*(case_clock.c[name] for name in DueClock.__dataclass_fields__))
    .where(case_clock.c.fire_at <= bindparam("now"))
    .order_by(case_clock.c.fire_at)
    .limit(bindparam("most", type_=Integer))
)
_OLDEST_DUE = select(func.min(case_clock.c.fire_at))


def oldest_due(connection: Connection) -> datetime | None:
    """The earliest instant at which some clock wants to be looked at."""
    oldest: datetime | None = connection.scalar(_OLDEST_DUE)
    return oldest


@dataclass(frozen=True)
class Search:
    """
    What staff look for; empty fields do not filter. `text` is folded by the caller (`core.storage.wordsearch`).

    `agencies`: only cases in which one of these has a part; None: all cases.
    """

    text: str = ""
    code: str = ""
    stage: str = ""
    open_only: bool = False
    agencies: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Found:
    """Cases of one look, the newest first. `last`: (received_at, id) to look on from; None: there are no more."""

    rows: list[CaseRow]
    last: tuple[datetime, str] | None


_LOOKED_AT = 2_000


def search(
    connection: Connection, wanted: Search, *, before: tuple[datetime, str] | None = None, most: int = 50
) -> list[CaseRow]:
    """Cases, the newest first. `before` is (received_at, id) of the last line of the page before."""
    return look(connection, wanted, before=before, most=most).rows


def look(
    connection: Connection, wanted: Search, *, before: tuple[datetime, str] | None = None, most: int = 50
) -> Found:
    """
    Cases, the newest first, and where to go on.

    A search by words that also filters by stage looks at no more than the newest two thousand that hold the words:
    a page may then be short, or empty, and still be continued.
    """
    if not wanted.text and wanted.agencies is None:
        rows = _rows(connection, _filtered(wanted, before).limit(most))
        return Found(rows, (rows[-1].received_at, rows[-1].id) if len(rows) == most else None)
    filters = bool(wanted.code or wanted.stage or (wanted.open_only and wanted.text))
    looked_at = max(most, _LOOKED_AT) if filters else most
    hits = _hits(connection, wanted, before, looked_at)
    place = {hit.id: number for number, hit in enumerate(hits)}
    # Put in order here: asked for some ids in order of age, PostgreSQL would walk through all cases by age.
    query = _filtered(wanted if filters else Search(), None).order_by(None)
    told = _rows(connection, query.where(case.c.id.in_(list(place))))
    rows = sorted(told, key=lambda row: place[row.id])[:most]
    last = hits[-1] if len(hits) == looked_at else None
    if len(rows) == most:
        last = hits[place[rows[-1].id]]
    return Found(rows, (last.at, last.id) if last else None)


def _hits(
    connection: Connection, wanted: Search, before: tuple[datetime, str] | None, most: int
) -> Sequence[wordsearch.Hit]:
    if not wanted.text:
        return agency_lists.newest(
            connection, wanted.agencies or (), open_only=wanted.open_only, before=before, most=most
        )
    asked = wordsearch.phrases(wanted.text)
    if not asked or wanted.agencies == ():
        return ()
    return wordsearch.newest(connection, CASE_WORDS, asked, marks=wanted.agencies or (), before=before, most=most)


def _filtered(wanted: Search, before: tuple[datetime, str] | None) -> Select[Any]:
    query: Select[Any] = select(*_COLUMNS).order_by(case.c.received_at.desc(), case.c.id.desc())
    if wanted.code:
        query = query.where(case.c.code == wanted.code)
    if wanted.stage:
        query = query.where(case.c.stage == wanted.stage)
    if wanted.open_only:
        query = query.where(case.c.open)
    if before is not None:
        query = query.where(tuple_(case.c.received_at, case.c.id) < before)
    return query


def _rows(connection: Connection, query: Select[Any]) -> list[CaseRow]:
    return [CaseRow(**row._mapping) for row in connection.execute(query)]


def open_cases_since(connection: Connection, since: datetime, *, most: int = 200) -> list[CaseRow]:
    """Recent open cases, for finding duplicates."""
    query = select(*_COLUMNS).where(case.c.open, case.c.received_at >= since)
    return [
        CaseRow(**row._mapping) for row in connection.execute(query.order_by(case.c.received_at.desc()).limit(most))
    ]


def of_ids(connection: Connection, ids: Collection[str]) -> list[CaseRow]:
    """These cases in any order; unknown ids are left out."""
    return _rows(connection, select(*_COLUMNS).where(case.c.id.in_(ids))) if ids else []


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
    query = select(*_COLUMNS).where(case.c.received_at >= since, case.c.received_at < until)
    if before is not None:
        query = query.where(place < before)
    if categories:
        query = query.where(case.c.category.in_(categories))
    if is_open is not None:
        query = query.where(case.c.open == is_open)
    return _rows(connection, query.order_by(case.c.received_at.desc(), case.c.id.desc()).limit(most))


def heads(connection: Connection, *, after: str = "", most: int = 10_000) -> list[tuple[str, int, bytes]]:
    """(case id, version, head) of every case in order of id, for the daily root."""
    query = select(case.c.id, case.c.version, case.c.head).where(case.c.id > after).order_by(case.c.id).limit(most)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]
