"""Recordings of calls that have served: no call is owed, and every case they led to has long been closed (VN-5)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, insert, select, update

from core.storage.calls import CallRow
from core.storage.retention import SYSTEM
from core.storage.tables import access_log, call_report, case, fetch, phone_call, report

OVER = "over"
"""State of a file that was here and went when its time had come."""
ERASED = "recordings_erased"
"""What the access log says of it, beside the conversation of the call; its words are shown by the console."""
_PAGE = 200
_ROW = tuple(phone_call.c[name] for name in CallRow.__dataclass_fields__)


@dataclass(frozen=True)
class ServedCall:
    """A call whose recordings go. `stored_keys`: their places in the media store; `refs`: beside what it is noted."""

    stored_keys: tuple[str, ...]
    refs: tuple[str, ...]
    call_id: str


def settled(connection: Connection, *, before: datetime, after: str = "", most: int = _PAGE) -> list[CallRow]:
    """Calls with recordings that ended by an instant, and were returned by then where that was owed; in order of id."""
    heard = select(fetch.c.conversation_id).where(fetch.c.state == "here")
    calls = select(*_ROW).where(
        phone_call.c.id > after,
        phone_call.c.facts_sealed.is_not(None),
        phone_call.c.conversation_id.in_(heard),
        _over(before),
    )
    return [CallRow(**row._mapping) for row in connection.execute(calls.order_by(phone_call.c.id).limit(most))]


def in_use(connection: Connection, conversation_id: str, about: str, *, before: datetime) -> bool:
    """
    Whether somebody may still need to hear a call: a case it led to, or was about, is not closed since then.

    Args:
        about: what a call of ours was for, "case:" or "call:" and id; another call is over when it was returned itself.
    """
    kind, _, told = about.partition(":")
    own = {told} if kind == "case" else set[str]()
    talks = {conversation_id}
    if kind == "call":
        returned = select(phone_call.c.conversation_id).where(phone_call.c.id == told, _over(before))
        talk = connection.scalar(returned)
        if talk is None:
            return True
        talks.add(talk)
    own.update(connection.scalars(select(report.c.case_id).where(report.c.conversation_id.in_(talks))))
    own.update(connection.scalars(_written_in(talks)))
    ends = (end for case_id in own for end in _closed_at(connection, case_id))
    return any(end is None or end > before for end in ends)


def _written_in(talks: Collection[str]) -> Select[tuple[str]]:
    """The cases of what an agent wrote down in a call: their reports have conversations of their own."""
    written = phone_call.join(call_report, call_report.c.call_id == phone_call.c.id).join(
        report, report.c.code == call_report.c.report
    )
    return select(report.c.case_id).select_from(written).where(phone_call.c.conversation_id.in_(talks))


def let_go(connection: Connection, call: ServedCall, *, now: datetime) -> None:
    """The files are gone: whatever names one says so from now on, and the access log since when."""
    gone = update(fetch).where(fetch.c.stored_key.in_(call.stored_keys), fetch.c.state == "here")
    if connection.execute(gone.values(state=OVER)).rowcount:
        rows = [{"at": now, "user_id": SYSTEM, "what": ERASED, "ref": ref} for ref in call.refs]
        connection.execute(insert(access_log), rows)


def _over(before: datetime) -> ColumnElement[bool]:
    """It ended, and whoever was owed a call had it."""
    return and_(phone_call.c.ended_at <= before, phone_call.c.due_at.is_(None) | (phone_call.c.settled_at <= before))


def _closed_at(connection: Connection, case_id: str) -> Iterator[datetime | None]:
    """When the case was closed that this one was joined to at last, or itself; None: open."""
    query = select(case.c.closed_at, case.c.state).where(case.c.id == case_id)
    for closed_at, state in connection.execute(query).all():
        if state["merged_into"]:
            yield from _closed_at(connection, state["merged_into"])
        else:
            yield closed_at
