"""Public notices as rows: written as drafts, published, withdrawn; none is ever changed once people have seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, exists, insert, select, tuple_, update

from core.contract.errors import NotFound, VersionConflict
from core.storage.tables import conversation, notice_step, outbox, public_notice, push_device
from core.storage.types import from_microseconds, to_microseconds

DRAFT, CHECKING, REVIEWING, PUBLISHED, WITHDRAWN = "draft", "checking", "reviewing", "published", "withdrawn"
LONGEST_PAGE = 100
TO_EVERYBODY = "everybody/"
"""How the dedupe key of a bell for a public notice begins: where it cannot ring, nobody has to look at it."""


@dataclass(frozen=True)
class NoticeRow:
    """
    One notice.

    Args:
        kind: notice, warning or disaster. `areas`: names of places, none: everywhere.
        version: of the draft. `seen_at`: since when readers see it, or see that it was withdrawn.
        rung_to: devices are rung up to this owner. `rung_at`: all were.
        agency: the unit that wrote it, "": the centre. `topic`: a field of the regulation, "": everybody's.
        note: why it came back. `told_to`: readers are written to up to this one. `told_at`: all were.
    """

    id: str
    kind: str
    title: str
    text: str
    areas: Sequence[str]
    valid_from: datetime
    valid_until: datetime
    state: str
    version: int
    written_by: str
    written_at: datetime
    seen_at: datetime | None = None
    published_by: str | None = None
    published_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    rung_to: str = ""
    rung_at: datetime | None = None
    agency: str = ""
    topic: str = ""
    note: str = ""
    told_to: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True)
class StepRow:
    """Who did what with a notice, and when; `note`: why, where it went back."""

    notice_id: str
    version: int
    act: str
    by: str
    at: datetime
    note: str = ""


_ROW = tuple(public_notice.c[name] for name in NoticeRow.__dataclass_fields__)


def add(connection: Connection, row: NoticeRow) -> None:
    """A new draft."""
    connection.execute(insert(public_notice).values({**row.__dict__, "areas": list(row.areas)}))


def find(connection: Connection, notice_id: str) -> NoticeRow:
    """One notice. NotFound."""
    row = connection.execute(select(*_ROW).where(public_notice.c.id == notice_id)).one_or_none()
    if row is None:
        raise NotFound("no such notice")
    return NoticeRow(**row._mapping)


def change(connection: Connection, notice_id: str, *, version: int, was: str, **values: Any) -> None:
    """Change a notice that stands in this state and version. VersionConflict: somebody else was faster."""
    standing = (public_notice.c.id == notice_id, public_notice.c.state == was, public_notice.c.version == version)
    query = update(public_notice).where(*standing).values(version=version + 1, **values)
    if connection.execute(query).rowcount != 1:
        raise VersionConflict("the notice was changed meanwhile")


def add_step(connection: Connection, step: StepRow) -> None:
    """Keep who did it."""
    connection.execute(insert(notice_step).values(step.__dict__))


def steps(connection: Connection, notice_id: str) -> list[StepRow]:
    """All that was done with a notice, in order."""
    query = select(notice_step).where(notice_step.c.notice_id == notice_id).order_by(notice_step.c.version)
    return [StepRow(**row._mapping) for row in connection.execute(query)]


def newest(
    connection: Connection,
    *,
    agencies: Sequence[str] | None = None,
    after: tuple[int, str] | None = None,
    most: int = LONGEST_PAGE,
) -> list[NoticeRow]:
    """Notices of these units, or all; the newest draft first; `after`: the place of the last of the page before."""
    order = (public_notice.c.written_at.desc(), public_notice.c.id.desc())
    query = select(*_ROW).order_by(*order).limit(most)
    if agencies is not None:
        query = query.where(public_notice.c.agency.in_(agencies))
    if after is not None:
        query = query.where(_place(public_notice.c.written_at) < (from_microseconds(after[0]), after[1]))
    return [NoticeRow(**row._mapping) for row in connection.execute(query)]


def in_force(connection: Connection, *, now: datetime) -> list[NoticeRow]:
    """What is told at this instant, in the order in which it was seen."""
    query = select(*_ROW).where(_is_told(now)).order_by(public_notice.c.seen_at, public_notice.c.id)
    return [NoticeRow(**row._mapping) for row in connection.execute(query)]


def since(connection: Connection, *, after: tuple[int, str], now: datetime, most: int) -> list[NoticeRow]:
    """What readers see, or see no more, since that place; in order."""
    come = and_(
        public_notice.c.seen_at <= now,
        _place(public_notice.c.seen_at) > (from_microseconds(after[0]), after[1]),
    )
    query = select(*_ROW).where(come).order_by(public_notice.c.seen_at, public_notice.c.id).limit(most)
    return [NoticeRow(**row._mapping) for row in connection.execute(query)]


def place_of(row: NoticeRow) -> tuple[int, str]:
    """The place of a notice that was seen, among those."""
    return (0 if row.seen_at is None else to_microseconds(row.seen_at)), row.id


def written_place_of(row: NoticeRow) -> tuple[int, str]:
    """The place of a notice among all."""
    return to_microseconds(row.written_at), row.id


def untold(connection: Connection, *, now: datetime) -> list[NoticeRow]:
    """What is told now and was not written to every reader, the gravest kinds first."""
    waits = (_is_told(now), public_notice.c.told_at.is_(None))
    gravest = case(
        *((public_notice.c.kind == kind, place) for place, kind in enumerate(("disaster", "warning"))), else_=9
    )
    query = select(*_ROW).where(*waits).order_by(gravest, public_notice.c.seen_at, public_notice.c.id)
    return [NoticeRow(**row._mapping) for row in connection.execute(query)]


def unrung(connection: Connection, *, kinds: Sequence[str], now: datetime) -> list[NoticeRow]:
    """What is told now and has not rung everywhere, the oldest first."""
    waits = (_is_told(now), public_notice.c.kind.in_(kinds), public_notice.c.rung_at.is_(None))
    query = select(*_ROW).where(*waits).order_by(public_notice.c.seen_at, public_notice.c.id)
    return [NoticeRow(**row._mapping) for row in connection.execute(query)]


def owners(connection: Connection, *, after: str, most: int) -> list[tuple[str, str]]:
    """Whose devices ring, citizens only: (conversation, whose key) in the order of conversations."""
    citizens = exists(select(conversation.c.id).where(conversation.c.id == push_device.c.owner))
    columns = (push_device.c.owner, push_device.c.subject_id)
    query = select(*columns).distinct().where(push_device.c.owner > after, citizens).order_by(*columns).limit(most)
    return [(row.owner, row.subject_id) for row in connection.execute(query)]


def rung(connection: Connection, notice_id: str, *, to: str, at: datetime | None) -> None:
    """Devices were rung up to this owner, unless another process came further; `at`: that was the last."""
    query = update(public_notice).where(public_notice.c.id == notice_id, public_notice.c.rung_to <= to)
    connection.execute(query.values(rung_to=to, rung_at=at))


def bell_key(notice_id: str, owner: str) -> str:
    """The dedupe key of one notice's bell for one owner."""
    return f"{TO_EVERYBODY}{notice_id}/{owner}"


def silence(connection: Connection, notice_id: str) -> None:
    """Bells of this notice that still wait for the morning never ring."""
    first, last = bell_key(notice_id, ""), bell_key(notice_id, "~")
    waiting = (outbox.c.dedupe_key.between(first, last), outbox.c.state == "pending")
    connection.execute(delete(outbox).where(*waiting))


def _place(at: ColumnElement[Any]) -> Any:
    return tuple_(at, public_notice.c.id)


def _is_told(now: datetime) -> ColumnElement[bool]:
    return and_(public_notice.c.state == PUBLISHED, public_notice.c.valid_until > now, public_notice.c.seen_at <= now)
