"""
Periodic reports: owed, reminded of, prepared with their files, sent; who and when (TG-12.5, TG-13.4, LS-10.3, VN-9).

What was sent is kept under seal with the hash of each file, and never made anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256

import structlog

from core.clock.zone import VIETNAM, end_of
from core.contract.schema import new_id
from core.regulations.sections import PeriodReport
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.statistics.owed import NoCalendar, OwedReport, key_of, owed
from core.storage import period_reports
from core.storage.database import Database
from core.storage.period_reports import FileRow, ReportRow

log = structlog.get_logger()

MOST = 200


class AlreadySent(ValueError):
    """A report that has left is not prepared anew."""


@dataclass(frozen=True)
class Wanted:
    """A report to be made: an entry of the pack, for these days, by when."""

    name: str
    entry: PeriodReport
    first: date
    last: date
    late_from: datetime | None = None

    @property
    def key(self) -> str:
        """One report, one key."""
        return key_of(self.name, self.first, self.last)


@dataclass(frozen=True)
class Shelf:
    """
    What is owed with what became of it; reports on demand; and reports whose day cannot be told.

    `began`: when the first case came; None: none has come, and nobody is reminded of anything.
    """

    owed: tuple[tuple[OwedReport, ReportRow | None], ...]
    others: tuple[ReportRow, ...]
    unknown: tuple[NoCalendar, ...]
    hashes: Mapping[str, Mapping[str, str]]
    began: datetime | None = None


class PeriodReports:
    """The reports of a deployment. `by`: the id of the member of staff who does it."""

    def __init__(self, database: Database, *, safe: Safe, regulation: Regulation, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._regulation = regulation
        self._now = now

    async def shelf(self) -> Shelf:
        """All of it, as it stands now."""
        now = self._now()
        since = await self._database.read(period_reports.first_case)
        reports, unknown = owed(self._regulation.current, now=now, calendar=self._regulation.calendar(now), since=since)
        known = await self._database.read(partial(period_reports.since, day="", most=MOST))
        of_key = {row.key: row for row in known}
        listed = tuple((one, of_key.get(one.key)) for one in reports)
        mine = {one.key for one in reports}
        hashes = await self._database.read(partial(period_reports.hashes, report_ids=[row.id for row in known]))
        return Shelf(listed, tuple(row for row in known if row.key not in mine), tuple(unknown), hashes, since)

    def wanted(self, name: str, first: date, last: date) -> Wanted | None:
        """The report of these days, if the regulation knows it and its days are over; a day only where it is owed."""
        entry = self._regulation.current.reports.get(name)
        if entry is None or last < first or end_of(last) > self._now():
            return None
        if entry.every == "demand":
            return Wanted(name, entry, first, last)
        now = self._now()
        reports, _ = owed(self._regulation.current, now=now, calendar=self._regulation.calendar(now), since=_EVER)
        late = {one.key: one.due.late_from for one in reports}
        key = key_of(name, first, last)
        return Wanted(name, entry, first, last, late[key]) if key in late else None

    async def prepare(self, wanted: Wanted, files: Mapping[str, bytes], *, until: datetime, by: str) -> str:
        """Keep what was made; a draft of before gives way. AlreadySent, VersionConflict. Returns the id."""
        before = await self._of_key(wanted.key)
        if before is not None and before.sent_at is not None:
            raise AlreadySent
        row = ReportRow(
            id=new_id(),
            key=wanted.key,
            report=wanted.name,
            label=wanted.entry.label,
            first=wanted.first.isoformat(),
            last=wanted.last.isoformat(),
            late_from=wanted.late_from,
            until=until,
            prepared_by=by,
            prepared_at=self._now(),
        )
        sealed = await self._sealed(row.id, files)
        await self._database.write(partial(period_reports.prepare, row=row, files=list(sealed), instead=before))
        log.info("period_report_prepared", report=row.key, by=by)
        return row.id

    async def send(self, report_id: str, version: int, *, to: str, by: str) -> None:
        """Note that it left, and to whom. NotFound; VersionConflict: it was sent, or is another one by now."""
        row = await self._database.read(partial(period_reports.find, report_id=report_id))
        standing = ReportRow(**{**row.__dict__, "version": version})
        await self._database.write(partial(period_reports.send, row=standing, by=by, to=to, at=self._now()))
        log.info("period_report_sent", report=row.key, by=by)

    async def find(self, report_id: str) -> ReportRow:
        """One report. NotFound."""
        return await self._database.read(partial(period_reports.find, report_id=report_id))

    async def file(self, report_id: str, kind: str) -> bytes:
        """A file as it was made. NotFound."""
        row = await self._database.read(partial(period_reports.file, report_id=report_id, kind=kind))
        opening = partial(self._safe.vault.open_blob, subject_id=report_id, place=_place(report_id, kind))
        return await asyncio.to_thread(opening, row.body_sealed)

    async def _of_key(self, key: str) -> ReportRow | None:
        known = await self._database.read(partial(period_reports.since, day="", most=MOST))
        return next((row for row in known if row.key == key), None)

    async def _sealed(self, report_id: str, files: Mapping[str, bytes]) -> Sequence[FileRow]:
        await self._safe.bring(report_id, new=True)
        seal = self._safe.vault.seal_blob
        return [
            FileRow(
                report_id,
                kind,
                sha256(body).hexdigest(),
                seal(body, subject_id=report_id, place=_place(report_id, kind)),
            )
            for kind, body in files.items()
        ]


_EVER = datetime(1970, 1, 1, tzinfo=VIETNAM)


def _place(report_id: str, kind: str) -> str:
    return f"report_file:{report_id}:{kind}"
