"""Telephone calls as rows: noted once, settled by a person where a call back is owed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select, text, tuple_, union_all, update

from core.contract.errors import NotFound, VersionConflict
from core.storage.tables import OWED, call_note, call_report, phone_call, report
from core.storage.together import rows_into
from core.storage.types import from_microseconds, to_microseconds

LONGEST_PAGE = 100


@dataclass(frozen=True)
class CallRow:
    """
    One call.

    Args:
        outcome: of `core.contract.schema.CallOutcome`.
        due_at: by when somebody calls back; None: nobody is owed a call. `settled_at`: that was done, or given up.
        result: of the last attempt. `facts_sealed`: None once its caller was erased.
    """

    id: str
    conversation_id: str
    subject_id: str
    outcome: str
    storm: bool
    began_at: datetime
    ended_at: datetime
    facts_sealed: bytes | None
    due_at: datetime | None
    attempts: int = 0
    settled_at: datetime | None = None
    settled_by: str = ""
    result: str = ""


CALLS = rows_into(phone_call)
"""New calls."""
_ROW = tuple(phone_call.c[name] for name in CallRow.__dataclass_fields__)
_IS_OWED = text(OWED)


def find(connection: Connection, call_id: str) -> CallRow:
    """One call. NotFound."""
    row = connection.execute(select(*_ROW).where(phone_call.c.id == call_id)).one_or_none()
    if row is None:
        raise NotFound("no such call")
    return CallRow(**row._mapping)


def owed(connection: Connection, *, after: tuple[int, str] | None = None, most: int = LONGEST_PAGE) -> list[CallRow]:
    """Those whose caller waits for a call, the most urgent first; `after`: the place of the page before's last one."""
    query = select(*_ROW).where(_IS_OWED).order_by(phone_call.c.due_at, phone_call.c.id).limit(most)
    if after is not None:
        query = query.where(tuple_(phone_call.c.due_at, phone_call.c.id) > (from_microseconds(after[0]), after[1]))
    return [CallRow(**row._mapping) for row in connection.execute(query)]


def turns(connection: Connection, *, most: int) -> list[CallRow]:
    """Those who wait for a call, in the order in which they are called: whom nobody tried yet, then by due time."""
    order = (phone_call.c.attempts, phone_call.c.due_at, phone_call.c.id)
    query = select(*_ROW).where(_IS_OWED).order_by(*order).limit(most)
    return [CallRow(**row._mapping) for row in connection.execute(query)]


def count_owed(connection: Connection, *, before: datetime | None = None) -> int:
    """How many wait for a call; with `before` only those who should have had it by then."""
    query = select(func.count()).select_from(phone_call).where(_IS_OWED)
    if before is not None:
        query = query.where(phone_call.c.due_at < before)
    return int(connection.scalar(query) or 0)


def newest(connection: Connection, *, after: tuple[int, str] | None = None, most: int = LONGEST_PAGE) -> list[CallRow]:
    """All calls, the newest first; `after`: the place of the last one of the page before."""
    query = select(*_ROW).order_by(phone_call.c.began_at.desc(), phone_call.c.id.desc()).limit(most)
    if after is not None:
        query = query.where(tuple_(phone_call.c.began_at, phone_call.c.id) < (from_microseconds(after[0]), after[1]))
    return [CallRow(**row._mapping) for row in connection.execute(query)]


def some(connection: Connection, call_ids: Collection[str]) -> list[CallRow]:
    """These calls, the oldest first."""
    query = select(*_ROW).where(phone_call.c.id.in_(call_ids)).order_by(phone_call.c.began_at, phone_call.c.id)
    return [CallRow(**row._mapping) for row in connection.execute(query)]


def count_outcomes(connection: Connection, *, since: datetime, until: datetime) -> dict[tuple[str, bool], int]:
    """Calls that began in that time, by what came of them, and whether somebody still waits for ours."""
    still = case((_IS_OWED, 1), else_=0).label("owed")
    began = phone_call.c.began_at >= since, phone_call.c.began_at < until
    query = select(phone_call.c.outcome, still, func.count()).where(*began).group_by(phone_call.c.outcome, still)
    return {(row[0], bool(row[1])): row[2] for row in connection.execute(query)}


def place_of(row: CallRow) -> tuple[int, str]:
    """The place of a call in that list: its beginning in microseconds, its id."""
    return to_microseconds(row.began_at), row.id


def place_owed(row: CallRow) -> tuple[int, str]:
    """The place of a call in the list of those owed: its due time in microseconds, its id."""
    return to_microseconds(row.due_at) if row.due_at else 0, row.id


def attempt(
    connection: Connection, call_id: str, *, result: str, by: str, now: datetime, settles: bool, attempts: int
) -> None:
    """Somebody called. VersionConflict: it was settled, or tried, by somebody else since this page was read."""
    change = {"result": result, "attempts": attempts + 1, "settled_by": by, **({"settled_at": now} if settles else {})}
    query = update(phone_call).where(phone_call.c.id == call_id, _IS_OWED, phone_call.c.attempts == attempts)
    if connection.execute(query.values(change)).rowcount != 1:
        raise VersionConflict("the call was settled or tried meanwhile")


def called_back(connection: Connection, call_id: str, *, result: str, by: str, at: datetime, settles: bool) -> None:
    """Our own call back has ended at that instant; nothing where the call was settled meanwhile."""
    change = {"result": result, "attempts": phone_call.c.attempts + 1, "settled_by": by}
    query = update(phone_call).where(phone_call.c.id == call_id, _IS_OWED)
    connection.execute(query.values(change | ({"settled_at": at} if settles else {})))


def amend(connection: Connection, call_id: str, *, before: bytes, facts_sealed: bytes) -> bool:
    """The same for whoever has read it before; False where it has changed since."""
    query = update(phone_call).where(phone_call.c.id == call_id, phone_call.c.facts_sealed == before)
    return connection.execute(query.values(facts_sealed=facts_sealed)).rowcount == 1


def renew(connection: Connection, call_id: str, *, facts_sealed: bytes) -> None:
    """More is known of a call."""
    connection.execute(update(phone_call).where(phone_call.c.id == call_id).values(facts_sealed=facts_sealed))


def forget(connection: Connection, subject_id: str) -> None:
    """Nothing of what somebody said about themselves stays with their calls; nobody calls them any more."""
    connection.execute(
        update(phone_call).where(phone_call.c.subject_id == subject_id).values(facts_sealed=None, due_at=None)
    )


def same_person(connection: Connection, contact_id: str) -> list[str]:
    """Other contacts of theirs that a call has made: who called, and whose reports were written down in the call."""
    found = connection.scalars(select(_PEOPLE.c.call_id).where(_PEOPLE.c.contact_id == contact_id)).all()
    others = connection.scalars(select(_PEOPLE.c.contact_id).where(_PEOPLE.c.call_id.in_(found)))
    return sorted(set(others) - {contact_id})


_PEOPLE = union_all(
    select(phone_call.c.id.label("call_id"), phone_call.c.subject_id.label("contact_id")),
    select(call_note.c.id, call_note.c.contact_id).join(phone_call, phone_call.c.id == call_note.c.id),
    select(call_report.c.call_id, report.c.contact_id)
    .join(phone_call, phone_call.c.id == call_report.c.call_id)
    .join(report, report.c.code == call_report.c.report),
).subquery("people")
"""Every contact that a call made."""
