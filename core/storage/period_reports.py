"""Periodic reports as rows: prepared once for their days, sent once, with the files that were sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from core.contract.errors import NotFound, VersionConflict
from core.storage.tables import case, case_event, period_report, report_file


@dataclass(frozen=True)
class ReportRow:
    """
    One report.

    Args:
        key: the pack's entry and the days, which no other report has. first, last: both included, ISO.
        late_from: None: no day is set. until: as of when its figures are.
    """

    id: str
    key: str
    report: str
    label: str
    first: str
    last: str
    late_from: datetime | None
    until: datetime
    prepared_by: str
    prepared_at: datetime
    sent_by: str | None = None
    sent_at: datetime | None = None
    sent_to: str = ""
    version: int = 1


@dataclass(frozen=True)
class FileRow:
    """One file of a report. `sha256`: of what is inside the seal, in hexadecimal."""

    report_id: str
    kind: str
    sha256: str
    body_sealed: bytes


_ROW = tuple(period_report.c[name] for name in ReportRow.__dataclass_fields__)


def prepare(connection: Connection, row: ReportRow, files: list[FileRow], *, instead: ReportRow | None) -> None:
    """A report that is ready; `instead`: of what was prepared before. VersionConflict: that was sent or made anew."""
    if instead is not None:
        connection.execute(delete(report_file).where(report_file.c.report_id == instead.id))
        gone = delete(period_report).where(_standing(instead))
        if connection.execute(gone).rowcount != 1:
            raise VersionConflict("the report was sent or prepared anew")
    elif connection.scalar(select(func.count()).where(period_report.c.key == row.key)):
        raise VersionConflict("somebody else prepared this report")
    connection.execute(insert(period_report).values(row.__dict__))
    connection.execute(insert(report_file), [one.__dict__ for one in files])


def send(connection: Connection, row: ReportRow, *, by: str, to: str, at: datetime) -> None:
    """Note that it left. VersionConflict: it was sent or prepared anew."""
    sent = {"sent_by": by, "sent_to": to, "sent_at": at, "version": row.version + 1}
    if connection.execute(update(period_report).where(_standing(row)).values(sent)).rowcount != 1:
        raise VersionConflict("the report was sent or prepared anew")


def find(connection: Connection, report_id: str) -> ReportRow:
    """One report. NotFound."""
    row = connection.execute(select(*_ROW).where(period_report.c.id == report_id)).one_or_none()
    if row is None:
        raise NotFound("no such report")
    return ReportRow(**row._mapping)


def since(connection: Connection, day: str, *, most: int) -> list[ReportRow]:
    """Reports whose days ended on this day or later, the newest first."""
    query = select(*_ROW).where(period_report.c.last >= day)
    ordered = query.order_by(period_report.c.last.desc(), period_report.c.prepared_at.desc()).limit(most)
    return [ReportRow(**row._mapping) for row in connection.execute(ordered)]


def file(connection: Connection, report_id: str, kind: str) -> FileRow:
    """One of its files. NotFound."""
    where = (report_file.c.report_id == report_id, report_file.c.kind == kind)
    row = connection.execute(select(report_file).where(*where)).one_or_none()
    if row is None:
        raise NotFound("no such file")
    return FileRow(**row._mapping)


def hashes(connection: Connection, report_ids: list[str]) -> Mapping[str, dict[str, str]]:
    """Report → kind of file → hash."""
    query = select(report_file.c.report_id, report_file.c.kind, report_file.c.sha256)
    found: dict[str, dict[str, str]] = {}
    for report_id, kind, digest in connection.execute(query.where(report_file.c.report_id.in_(report_ids))):
        found.setdefault(report_id, {})[kind] = digest
    return found


def confirmed(connection: Connection, *, first: datetime, until: datetime) -> list[tuple[str, datetime]]:
    """Cases whose harm to a reputation was confirmed between these instants, and when, in order."""
    at = case_event.c.at
    query = select(case_event.c.case_id, func.min(at)).where(at >= first, at < until)
    named = query.where(case_event.c.name == "reputation_confirmed").group_by(case_event.c.case_id)
    return [(row[0], row[1]) for row in connection.execute(named.order_by(func.min(at), case_event.c.case_id))]


def first_case(connection: Connection) -> datetime | None:
    """When the oldest case came in: nobody owes a report of what was before it."""
    found: datetime | None = connection.scalar(select(func.min(case.c.received_at)))
    return found


def _standing(row: ReportRow) -> ColumnElement[bool]:
    return (period_report.c.id == row.id) & (period_report.c.version == row.version) & period_report.c.sent_at.is_(None)
