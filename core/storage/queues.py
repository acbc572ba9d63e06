"""What is to do: a queue's page in order of due times, and how many tasks wait, however many cases are done."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    Subquery,
    and_,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)

from core.storage.planning import walk_in_order
from core.storage.tables import case, case_task


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


def page(
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
