"""Requests of people about their data, with every move that was made; words and notes are sealed under their key."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, tuple_, update

from core.contract.errors import NotFound, VersionConflict
from core.storage.tables import data_request, data_step
from core.storage.types import from_microseconds
from core.subjects.request import ProvedBy, Request, State, Via, finish, refuse
from core.subjects.rights import Right

LONGEST_PAGE = 100
_FIELDS = tuple(Request.__dataclass_fields__)
_REQUEST = tuple(data_request.c[name] for name in _FIELDS)


@dataclass(frozen=True)
class Kept:
    """A request as it lies there: beside which report it was asked (its code, or none), and its sealed words."""

    request: Request
    code: str = ""
    words_sealed: bytes | None = None


@dataclass(frozen=True)
class StepRow:
    """One move: `actor` is the id of a member of staff, "reporter" or "system"."""

    at: datetime
    actor: str
    move: str
    note_sealed: bytes | None = None


def add(connection: Connection, kept: Kept, step: StepRow) -> None:
    """A new request."""
    values = kept.request.__dict__ | {"code": kept.code, "words_sealed": kept.words_sealed}
    connection.execute(insert(data_request).values(values))
    _note(connection, kept.request.id, step)


def move(connection: Connection, request: Request, step: StepRow) -> None:
    """The request as it is after a move. VersionConflict: somebody else was faster."""
    standing = (data_request.c.id == request.id, data_request.c.version == request.version - 1)
    if connection.execute(update(data_request).where(*standing).values(request.__dict__)).rowcount != 1:
        raise VersionConflict("the request was changed meanwhile")
    _note(connection, request.id, step)


def _note(connection: Connection, request_id: str, step: StepRow) -> None:
    connection.execute(insert(data_step).values(step.__dict__ | {"request_id": request_id}))


def find(connection: Connection, request_id: str) -> Kept:
    """One request. NotFound."""
    rows = _kept(connection, data_request.c.id == request_id, most=1)
    if not rows:
        raise NotFound("no such request")
    return rows[0]


def steps(connection: Connection, request_id: str) -> list[StepRow]:
    """Every move of a request in its order; the first is its receipt."""
    columns = (data_step.c[name] for name in StepRow.__dataclass_fields__)
    query = select(*columns).where(data_step.c.request_id == request_id).order_by(data_step.c.id)
    return [StepRow(*row) for row in connection.execute(query)]


def open_ones(connection: Connection, *, most: int = LONGEST_PAGE) -> list[Kept]:
    """What is still to be done, the soonest due first."""
    return _kept(connection, data_request.c.ended_at.is_(None), most=most, soonest=True)


def ended_ones(
    connection: Connection, *, before: tuple[int, str] | None = None, most: int = LONGEST_PAGE
) -> list[Kept]:
    """What is over, the newest receipt first."""
    over: ColumnElement[bool] = data_request.c.ended_at.is_not(None)
    if before is not None:
        place = (from_microseconds(before[0]), before[1])
        over = over & (tuple_(data_request.c.received_at, data_request.c.id) < place)
    return _kept(connection, over, most=most)


def of_contacts(connection: Connection, contact_ids: Collection[str]) -> list[Kept]:
    """What these people asked for, the newest first."""
    return _kept(connection, data_request.c.contact_id.in_(contact_ids), most=LONGEST_PAGE)


def open_of(connection: Connection, contact_id: str, right: Right) -> Kept | None:
    """The open request of a person for the same right, if there is one: asking twice is asking once."""
    same = (data_request.c.contact_id == contact_id) & (data_request.c.right == right)
    return next(iter(_kept(connection, same & data_request.c.ended_at.is_(None), most=1)), None)


def late(connection: Connection, *, now: datetime) -> int:
    """How many wait beyond what is due next."""
    over = (data_request.c.finish_due < now) | (
        (data_request.c.state == State.ASKED) & (data_request.c.answer_due < now)
    )
    query = select(func.count()).select_from(data_request).where(data_request.c.ended_at.is_(None), over)
    return int(connection.scalar(query) or 0)


def forget(connection: Connection, contact_id: str, *, now: datetime) -> None:
    """
    Words and notes go with their person; that there was a request, and how it ended, stays.

    What was still open ends here: an erasure is done, and for the rest nothing is held any more.
    """
    for kept in of_contacts(connection, [contact_id]):
        if kept.request.open:
            erased = kept.request.right is Right.ERASURE and kept.request.proved_by is not ProvedBy.NOTHING
            ended = finish(kept.request, now=now) if erased else refuse(kept.request, "not_held", now=now)
            move(connection, ended, StepRow(now, "system", ended.state))
    ours = data_request.c.contact_id == contact_id
    ids = select(data_request.c.id).where(ours)
    connection.execute(update(data_step).where(data_step.c.request_id.in_(ids)).values(note_sealed=None))
    connection.execute(update(data_request).where(ours).values(words_sealed=None, code=""))


def _kept(connection: Connection, where: ColumnElement[bool], *, most: int, soonest: bool = False) -> list[Kept]:
    order = (
        (data_request.c.finish_due, data_request.c.id)
        if soonest
        else (data_request.c.received_at.desc(), data_request.c.id.desc())
    )
    query = select(*_REQUEST, data_request.c.code, data_request.c.words_sealed).where(where).order_by(*order)
    return [_row(tuple(row)) for row in connection.execute(query.limit(most))]


def _row(row: tuple[Any, ...]) -> Kept:
    facts = dict(zip(_FIELDS, row, strict=False))
    words: dict[str, Callable[[str], Any]] = {"right": Right, "via": Via, "proved_by": ProvedBy, "state": State}
    facts |= {name: kind(facts[name]) for name, kind in words.items()}
    return Kept(Request(**facts), row[-2], row[-1])
