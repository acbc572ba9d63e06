"""The queue for the national system as rows: waiting, entered there, or set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, tuple_, update

from core.contract.errors import VersionConflict
from core.storage.database import upsert
from core.storage.tables import national_item
from core.storage.types import from_microseconds, to_microseconds

WAITING, ENTERED, SET_ASIDE = "waiting", "entered", "set_aside"
LONGEST_PAGE = 100

After = tuple[int, str]


@dataclass(frozen=True)
class NationalItem:
    """
    One case.

    Args:
        since: when its case was received, or it was put in by hand. `added_by`: by whom; empty: the regulation.
        exported_at, exported_by: the last time its form was taken along.
        ended_at, ended_by: entered (`reference`: its number over there) or set aside (`reason`).
    """

    case_id: str
    state: str
    since: datetime
    added_by: str = ""
    exported_at: datetime | None = None
    exported_by: str | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    reference: str = ""
    reason: str = ""


_ITEM = tuple(national_item.c[name] for name in NationalItem.__dataclass_fields__)


def put_in(connection: Connection, item: NationalItem) -> None:
    """Wait for entry; what is there already stays as it is."""
    known = select(national_item.c.case_id).where(national_item.c.case_id == item.case_id)
    if connection.scalar(known) is None:
        connection.execute(upsert(connection, national_item, update=["case_id"]).values(item.__dict__))


def let_go(connection: Connection, case_id: str) -> None:
    """The regulation no longer asks for it; what a person put in, or ended, stays."""
    automatic = (national_item.c.case_id == case_id, national_item.c.state == WAITING, national_item.c.added_by == "")
    connection.execute(delete(national_item).where(*automatic))


def entered(connection: Connection, item: NationalItem) -> None:
    """It stands over there, whether or not it waited here."""
    changed = ["state", "ended_at", "ended_by", "reference"]
    connection.execute(upsert(connection, national_item, update=changed).values(item.__dict__))


def change(connection: Connection, case_id: str, *, was: str, **values: Any) -> None:
    """Change one that stands so. VersionConflict: a colleague was faster."""
    query = update(national_item).where(national_item.c.case_id == case_id, national_item.c.state == was)
    if connection.execute(query.values(**values)).rowcount != 1:
        raise VersionConflict("the item was changed meanwhile")


def note_export(connection: Connection, case_ids: Sequence[str], *, by: str, at: datetime) -> None:
    """Their forms were taken along."""
    query = update(national_item).where(national_item.c.case_id.in_(case_ids))
    connection.execute(query.values(exported_at=at, exported_by=by))


def waiting(connection: Connection, *, after: After | None = None, most: int = LONGEST_PAGE) -> list[NationalItem]:
    """What waits, the oldest first."""
    query = select(*_ITEM).where(national_item.c.state == WAITING)
    if after is not None:
        query = query.where(_place("since") > (from_microseconds(after[0]), after[1]))
    query = query.order_by(national_item.c.since, national_item.c.case_id).limit(most)
    return [NationalItem(*row) for row in connection.execute(query)]


def ended(connection: Connection, *, after: After | None = None, most: int = LONGEST_PAGE) -> list[NationalItem]:
    """What was entered or set aside, the newest first."""
    query = select(*_ITEM).where(national_item.c.state.in_((ENTERED, SET_ASIDE)))
    if after is not None:
        query = query.where(_place("ended_at") < (from_microseconds(after[0]), after[1]))
    query = query.order_by(national_item.c.ended_at.desc(), national_item.c.case_id.desc()).limit(most)
    return [NationalItem(*row) for row in connection.execute(query)]


def ended_place(item: NationalItem) -> After:
    """The place of one among those that ended."""
    return to_microseconds(item.ended_at or item.since), item.case_id


def _place(column: str) -> Any:
    return tuple_(national_item.c[column], national_item.c.case_id)
