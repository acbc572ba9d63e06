"""Milestones of cases as rows: stored with the events that made them, or anew from the events of before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from core.storage import settings
from core.storage.tables import case, case_milestone
from core.storage.together import rows_into, store_together

MILESTONES = rows_into(case_milestone)
_ANEW = rows_into(case_milestone, repeated=True)
MISSING = "milestones_missing"


@dataclass(frozen=True)
class MilestoneRow:
    """One milestone as stored; what its fields mean: `core.cases.milestones.MilestoneKind`."""

    version: int
    place: int
    at: datetime
    kind: str
    name: str
    subject: str
    agency: str
    value: int


def missing_after(connection: Connection) -> str | None:
    """The case behind which milestones are still missing since an update, "" for all; None: every case has them."""
    noted = settings.get(connection, MISSING)
    return noted["after"] if noted else None


def note_missing(connection: Connection, after: str | None) -> None:
    """As `missing_after` answers from now on."""
    settings.put(connection, MISSING, {"after": after})


def cases_after(connection: Connection, after: str, *, most: int) -> list[tuple[str, str]]:
    """Cases and what pack they are under, in order of their ids."""
    query = select(case.c.id, case.c.regulation).where(case.c.id > after).order_by(case.c.id).limit(most)
    return [tuple(row) for row in connection.execute(query)]


def renew(connection: Connection, case_id: str, version: int, rows: Iterable[MilestoneRow]) -> None:
    """
    Those of one case up to a version, anew; what happened to it meanwhile stays.

    Two processes may do so at once.
    """
    old = (case_milestone.c.case_id == case_id) & (case_milestone.c.version <= version)
    connection.execute(delete(case_milestone).where(old))
    store_together(connection, ((_ANEW, {"case_id": case_id, **row.__dict__}) for row in rows))
