"""Records that were handed to state bodies: which cases a period holds, and the book of what was given to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, tuple_, update

from core.contract.errors import NotFound, VersionConflict
from core.storage.tables import case, handout, handout_case

ASKED, GIVEN, REFUSED = "asked", "given", "refused"
_DECIDED = ("state", "decided_by", "decided_at", "cases", "withheld", "digest")


@dataclass(frozen=True)
class HandoutRow:
    """
    One file that left the house, or that somebody wants to leave it (`ASKED`): it takes a second person to give it.

    Args:
        received_from, received_until: first and last day (Vietnamese time) on which its cases came in.
        withheld: how many of that time are not in it, because a state secret is suspected.
        digest: SHA-256 of the file, in hex; empty until it is made.
        document: number and date of the letter that asked for it; `ground`: the law its sender relies on.
        decided_by: the second person, who gave it (`GIVEN`) or refused it (`REFUSED`).
    """

    id: str
    at: datetime
    user_id: str
    recipient: str
    reason: str
    received_from: date
    received_until: date
    with_reporters: bool
    cases: int
    withheld: int
    digest: str
    document: str = ""
    ground: str = ""
    state: str = GIVEN
    decided_by: str | None = None
    decided_at: datetime | None = None


def count_between(connection: Connection, *, since: datetime, until: datetime) -> int:
    """How many cases came in from `since` and before `until`."""
    query = select(func.count()).where(case.c.received_at >= since, case.c.received_at < until)
    return int(connection.scalar(query) or 0)


def cases_between(
    connection: Connection, *, since: datetime, until: datetime, after: tuple[datetime, str] | None, most: int
) -> list[tuple[datetime, str]]:
    """(received_at, id) of cases that came in from `since` and before `until`, the oldest first."""
    query = select(case.c.received_at, case.c.id).where(case.c.received_at >= since, case.c.received_at < until)
    if after is not None:
        query = query.where(tuple_(case.c.received_at, case.c.id) > after)
    found = connection.execute(query.order_by(case.c.received_at, case.c.id).limit(most))
    return [(row.received_at, row.id) for row in found]


def note(connection: Connection, row: HandoutRow) -> None:
    """Into the book."""
    days: dict[str, Any] = {name: getattr(row, name).isoformat() for name in ("received_from", "received_until")}
    connection.execute(insert(handout).values(row.__dict__ | days))


def find(connection: Connection, handout_id: str) -> HandoutRow:
    """One of the book. NotFound."""
    row = connection.execute(select(handout).where(handout.c.id == handout_id)).one_or_none()
    if row is None:
        raise NotFound("no such hand-out")
    return _row(dict(row._mapping))


def decide(connection: Connection, row: HandoutRow, *, case_ids: Sequence[str] = ()) -> None:
    """The second person gave it, with these cases in it, or refused it. VersionConflict: somebody decided before."""
    decided: dict[str, Any] = {name: getattr(row, name) for name in _DECIDED}
    query = update(handout).where(handout.c.id == row.id, handout.c.state == ASKED).values(decided)
    if connection.execute(query).rowcount != 1:
        raise VersionConflict("somebody decided before")
    if case_ids:
        rows = [{"handout_id": row.id, "case_id": case_id} for case_id in dict.fromkeys(case_ids)]
        connection.execute(insert(handout_case), rows)


def cases_of(connection: Connection, handout_id: str) -> list[tuple[str, datetime | None]]:
    """Code and receipt of each case that was in it, in the order of the file; of one that is gone since, its id."""
    joined = handout_case.outerjoin(case, case.c.id == handout_case.c.case_id)
    query = select(handout_case.c.case_id, case.c.code, case.c.received_at).select_from(joined)
    ordered = query.where(handout_case.c.handout_id == handout_id).order_by(case.c.received_at, handout_case.c.case_id)
    return [(row.code or row.case_id, row.received_at) for row in connection.execute(ordered)]


def newest(connection: Connection, *, most: int = 50) -> list[HandoutRow]:
    """The last that were handed out, the newest first."""
    rows = connection.execute(select(handout).order_by(handout.c.at.desc()).limit(most))
    return [_row(dict(row._mapping)) for row in rows]


def _row(stored: dict[str, Any]) -> HandoutRow:
    days = {name: date.fromisoformat(stored[name]) for name in ("received_from", "received_until")}
    return HandoutRow(**stored | days)
