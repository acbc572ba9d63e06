"""What agents note of calls: the wrap-up code, the reports written in it, the link that was sent during it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from core.storage.database import insert_or_ignore
from core.storage.tables import call_note, call_report


@dataclass(frozen=True)
class NoteRow:
    """
    One call's note; it begins when an agent first notes something, and the call itself may not be over then.

    Args:
        contact_id: drawn beforehand: whom a report written in it, and what the caller sends for it, will belong to.
        report: code of the first report that was written in it. `link`: hash of the link that is open, empty: none is.
    """

    id: str
    contact_id: str
    began_at: datetime
    agent: str
    code: str = ""
    report: str = ""
    link: str = ""
    link_ends_at: datetime | None = None


_COLUMNS = tuple(call_note.c[name] for name in NoteRow.__dataclass_fields__)


def begin(connection: Connection, row: NoteRow) -> NoteRow:
    """The call's note; this one where there was none."""
    found = find(connection, row.id)
    if found is not None:
        return found
    connection.execute(insert(call_note).values(asdict(row)))
    return row


def find(connection: Connection, call_id: str) -> NoteRow | None:
    """The note of one call."""
    return next(iter(of_calls(connection, [call_id]).values()), None)


def of_calls(connection: Connection, call_ids: Collection[str]) -> Mapping[str, NoteRow]:
    """Notes by call."""
    rows = connection.execute(select(*_COLUMNS).where(call_note.c.id.in_(call_ids)))
    return {row.id: NoteRow(**row._mapping) for row in rows}


def of_report(connection: Connection, codes: Collection[str]) -> list[str]:
    """Ids of the calls in which these reports were written."""
    query = select(call_report.c.call_id).where(call_report.c.report.in_(codes)).distinct()
    return list(connection.scalars(query.order_by(call_report.c.call_id)))


def add_report(connection: Connection, call_id: str, report: str) -> None:
    """A report was written in a call; noted twice, it is there once."""
    connection.execute(insert_or_ignore(connection, call_report).values(report=report, call_id=call_id))


def reports_of(connection: Connection, call_ids: Collection[str]) -> list[tuple[str, str]]:
    """Call and code of every report that was written in one of these."""
    query = select(call_report.c.call_id, call_report.c.report).where(call_report.c.call_id.in_(call_ids))
    return [(row.call_id, row.report) for row in connection.execute(query)]


def by_link(connection: Connection, link: str) -> NoteRow | None:
    """The note whose open link this is, by its hash."""
    row = connection.execute(select(*_COLUMNS).where(call_note.c.link == link, call_note.c.link != "")).one_or_none()
    return None if row is None else NoteRow(**row._mapping)


def change(connection: Connection, call_id: str, *, values: Mapping[str, object]) -> None:
    """Note something else."""
    connection.execute(update(call_note).where(call_note.c.id == call_id).values(values))


def close_link(connection: Connection, link: str) -> bool:
    """It opens nothing any more; False where somebody was quicker."""
    return connection.execute(update(call_note).where(call_note.c.link == link).values(link="")).rowcount == 1


def close_links_of(connection: Connection, contact_ids: Collection[str]) -> None:
    """Nothing more comes for the calls in which these people's reports were written."""
    connection.execute(update(call_note).where(call_note.c.contact_id.in_(contact_ids)).values(link=""))


def count_codes(connection: Connection, *, since: datetime, until: datetime) -> Mapping[str, int]:
    """How often each wrap-up code was chosen for calls noted from `since` on, before `until`."""
    noted = call_note.c.began_at >= since, call_note.c.began_at < until, call_note.c.code != ""
    rows = connection.execute(select(call_note.c.code, func.count()).where(*noted).group_by(call_note.c.code))
    return {row[0]: row[1] for row in rows}
