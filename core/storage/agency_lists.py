"""
The cases in which an agency has a part, the newest first: a small table kept by triggers (see `search_schema`).

An authority above others sees theirs as well: each agency's newest are read in the order of an index and merged, so
that a page costs as much as there are agencies, however many cases each of them has.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, column, literal_column, select, table, tuple_, union

from core.storage.tables import OPEN
from core.storage.types import from_microseconds, to_microseconds
from core.storage.wordsearch import Hit

_LIST = table("case_agency", column("agency_id"), column("received_at", BigInteger), column("case_id"))


def newest(
    connection: Connection,
    agencies: Collection[str],
    *,
    open_only: bool = False,
    before: tuple[datetime, str] | None = None,
    most: int = 50,
) -> list[Hit]:
    """Cases of any of these agencies. `before`: (received_at, id) of the last hit of the page before."""
    if not agencies:
        return []
    conditions: list[Any] = []
    if open_only:
        conditions.append(literal_column(OPEN[connection.dialect.name]))  # the very words of the partial index
    if before is not None:
        conditions.append(tuple_(_LIST.c.received_at, _LIST.c.case_id) < (to_microseconds(before[0]), before[1]))
    parts = [_of(agency, most).where(*conditions).subquery() for agency in sorted(set(agencies))]
    merged = union(*map(select, parts)).subquery()  # a case of two of them counts once
    query = select(merged).order_by(merged.c.received_at.desc(), merged.c.case_id.desc()).limit(most)
    return [Hit(row.case_id, from_microseconds(row.received_at)) for row in connection.execute(query)]


def having_open(connection: Connection) -> frozenset[str]:
    """The agencies with a part in any case that is open."""
    is_open: Any = literal_column(OPEN[connection.dialect.name])
    return frozenset(connection.scalars(select(_LIST.c.agency_id).where(is_open).distinct()))


def _of(agency: str, most: int) -> Select[Any]:
    query = select(_LIST.c.received_at, _LIST.c.case_id).where(_LIST.c.agency_id == agency)
    return query.order_by(_LIST.c.received_at.desc(), _LIST.c.case_id.desc()).limit(most)
