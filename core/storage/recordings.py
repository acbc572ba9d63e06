"""Recordings of calls that have served: no call is owed, and every case they led to has long been closed (VN-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from core.storage.retention import SYSTEM
from core.storage.tables import access_log, case, fetch, phone_call, report

OVER = "over"
"""State of a file that was here and went when its time had come."""
ERASED = "recordings_erased"
"""What the access log says of it, beside the conversation of the call; its words are shown by the console."""
_PAGE = 200


@dataclass(frozen=True)
class ServedCall:
    """A call whose recordings go; `stored_keys` are their places in the media store."""

    id: str
    conversation_id: str
    stored_keys: tuple[str, ...]


def due(connection: Connection, *, before: datetime, most: int) -> list[ServedCall]:
    """Calls that ended, were settled and have cases closed by an instant, and are heard still; in order of id."""
    found: list[ServedCall] = []
    after = ""
    while len(found) < most and (page := _page(connection, before, after)):
        served = (row for row in page if not _in_use(connection, row[1], before))
        found += [ServedCall(*row, stored_keys=_recordings(connection, row[1])) for row in served]
        after = page[-1][0]
    return found[:most]


def let_go(connection: Connection, call: ServedCall, *, now: datetime) -> None:
    """The files are gone: whatever names one says so from now on, and the access log since when."""
    gone = update(fetch).where(fetch.c.stored_key.in_(call.stored_keys), fetch.c.state == "here")
    if connection.execute(gone.values(state=OVER)).rowcount:
        row = {"at": now, "user_id": SYSTEM, "what": ERASED, "ref": call.conversation_id}
        connection.execute(insert(access_log).values(row))


def _page(connection: Connection, before: datetime, after: str) -> list[tuple[str, str]]:
    """(id, conversation) of calls with recordings, whose callers are owed nothing; whatever became of their cases."""
    calls = (
        select(phone_call.c.id, phone_call.c.conversation_id)
        .where(
            phone_call.c.id > after,
            phone_call.c.ended_at <= before,
            phone_call.c.due_at.is_(None) | (phone_call.c.settled_at <= before),
            phone_call.c.conversation_id.in_(select(fetch.c.conversation_id).where(fetch.c.state == "here")),
        )
        .order_by(phone_call.c.id)
    )
    return [(row[0], row[1]) for row in connection.execute(calls.limit(_PAGE))]


def _recordings(connection: Connection, conversation_id: str) -> tuple[str, ...]:
    """A call is a conversation of its own: what was fetched for it was said in it."""
    here = select(fetch.c.stored_key).where(fetch.c.conversation_id == conversation_id, fetch.c.state == "here")
    return tuple(connection.scalars(here.order_by(fetch.c.stored_key)))


def _in_use(connection: Connection, conversation_id: str, before: datetime) -> bool:
    """Whether a case that answers this call is open, or was closed later."""
    own = connection.scalars(select(report.c.case_id).where(report.c.conversation_id == conversation_id))
    ends = (_closed_at(connection, case_id) for case_id in own.all())
    return any(end is None or end > before for end in ends)


def _closed_at(connection: Connection, case_id: str) -> datetime | None:
    """When the case was closed that this one was joined to at last, or itself; None while that is open."""
    seen, closed_at, following = set[str](), None, case_id
    while following and following not in seen:
        seen.add(following)
        query = select(case.c.closed_at, case.c.state).where(case.c.id == following)
        closed_at, state = connection.execute(query).one()
        following = state["merged_into"]
    return closed_at
