"""The two logs that an auditor reads: who looked at personal data, and who did what to cases."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from core.storage.tables import access_log, case, case_event, report
from core.storage.types import from_microseconds, to_microseconds


@dataclass(frozen=True)
class Look:
    """One person read one kind of data of a case, conversation or contact (`ref`)."""

    id: int
    at: datetime
    user_id: str
    what: str
    ref: str

    @property
    def place(self) -> tuple[int, str]:
        """Where a list goes on behind it."""
        return to_microseconds(self.at), str(self.id)


@dataclass(frozen=True)
class Act:
    """One event of a case; `body` as it was stored, without a word of what people wrote."""

    case_id: str
    version: int
    at: datetime
    actor: str
    body: bytes

    @property
    def place(self) -> tuple[int, str]:
        """Where a list goes on behind it."""
        return to_microseconds(self.at), f"{self.case_id}-{self.version}"


@dataclass(frozen=True)
class Window:
    """
    What is looked for, the newest first.

    Args:
        since, until: from this instant on, before that one; None: at any time.
        user_id: of this person; empty: of anybody. `refs`: about one of these; empty: about anything.
        after: where the page before ended: (microseconds, key).
    """

    since: datetime | None = None
    until: datetime | None = None
    user_id: str = ""
    refs: tuple[str, ...] = ()
    after: tuple[int, str] | None = None
    most: int = 100


def looks(connection: Connection, window: Window) -> list[Look]:
    """Who read what."""
    columns = access_log.c
    query = _within(select(access_log), columns.at, window)
    if window.user_id:
        query = query.where(columns.user_id == window.user_id)
    if window.refs:
        query = query.where(columns.ref.in_(window.refs))
    if window.after:
        at, key = from_microseconds(window.after[0]), int(window.after[1])
        query = query.where(tuple_(columns.at, columns.id) < (at, key))
    rows = connection.execute(query.order_by(columns.at.desc(), columns.id.desc()).limit(window.most))
    return [Look(**row._mapping) for row in rows]


def acts(connection: Connection, window: Window) -> list[Act]:
    """Who did what; `refs` are case ids."""
    columns = case_event.c
    chosen = select(columns.case_id, columns.version, columns.at, columns.actor, columns.body)
    query = _within(chosen, columns.at, window)
    if window.user_id:
        query = query.where(columns.actor == window.user_id)
    if window.refs:
        query = query.where(columns.case_id.in_(window.refs))
    if window.after:
        case_id, _, version = window.after[1].rpartition("-")
        place = (from_microseconds(window.after[0]), case_id, int(version))
        query = query.where(tuple_(columns.at, columns.case_id, columns.version) < place)
    order = (columns.at.desc(), columns.case_id.desc(), columns.version.desc())
    return [Act(**row._mapping) for row in connection.execute(query.order_by(*order).limit(window.most))]


def cases_behind(connection: Connection, refs: Collection[str]) -> dict[str, tuple[str, str]]:
    """(case id, code) by ref: of a case, of a report's code, of a conversation or contact with one case only."""
    found = {row.id: {(row.id, row.code)} for row in connection.execute(_cases().where(case.c.id.in_(refs)))}
    for column in (report.c.code, report.c.conversation_id, report.c.contact_id):
        query = _cases().add_columns(column.label("ref")).join(case, case.c.id == report.c.case_id)
        for row in connection.execute(query.where(column.in_(refs))):
            found.setdefault(row.ref, set()).add((row.id, row.code))
    return {ref: next(iter(behind)) for ref, behind in found.items() if len(behind) == 1}


def _cases() -> Select[Any]:
    return select(case.c.id, case.c.code)


def _within(query: Select[Any], at: Any, window: Window) -> Select[Any]:
    if window.since is not None:
        query = query.where(at >= window.since)
    return query if window.until is None else query.where(at < window.until)
