"""
Letters on their way to reporters: with a notice, or asked for on the tracking page after code and PIN.

Each reporter gets their own, under their own name, and nobody else's (TG-9.1b, QB-IV.1.4a.2: the answer to somebody
who asked for secrecy goes to that person only).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from core.cases.model import Case, Publication
from core.contract.schema import Attachment, Report, Reporter
from core.privacy.errors import Tampered
from core.regulations.model import Pack
from core.service.letters import LetterDesk, Made, Told, numbered
from core.service.public.following import Reading
from core.service.public.progress import answers_of
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.texts import Texts
from core.storage import reports
from core.storage.database import Database
from core.storage.reports import ReportRow

SHORT = frozenset({"sms"})
"""Channels that take one or two sentences and the link."""


class LettersOut:
    """Writes the result letter for its own reporter."""

    def __init__(
        self, database: Database, *, safe: Safe, regulation: Regulation, texts: Texts, desk: LetterDesk
    ) -> None:
        self.desk = desk
        self._database = database
        self._safe = safe
        self._regulation = regulation
        self._texts = texts

    async def write(self, case: Case, pack: Pack, report_id: str, *, answer: str) -> Made | None:
        """The letter about the last answer of a case for one of its reporters; None where none may be written."""
        rows = await self._database.read(partial(reports.find, report_ids=[report_id]))
        return await self._make(case, pack, rows[0], answer) if rows else None

    async def of_report(self, code: str) -> Made | None:
        """The letter about the last answer to a report; None before there is one. Only after code and PIN."""
        reading = await self._database.read(partial(Reading.of, code=code))
        if reading is None or reading.case is None:
            return None
        answers = answers_of(reading.case)
        if not answers:
            return None
        words = await self._texts.read([answers[-1].text])
        pack = self._regulation.packs.get(reading.case.regulation)
        return await self._make(reading.case, pack, reading.report, words[answers[-1].text.id])

    async def attach(self, made: Made, *, contact_id: str) -> tuple[Attachment, ...]:
        """The PDF for a mail, kept under the person it goes to; nothing where it could not be drawn."""
        drawn = await self.desk.attach(made, subject_id=contact_id)
        return (drawn,) if drawn else ()

    async def _make(self, case: Case, pack: Pack, row: ReportRow, answer: str) -> Made | None:
        answers = answers_of(case)
        if case.flags.secret or not answers or not pack.letter.forms():
            return None
        report = await self._safe.aside(partial(self._open, row), row.contact_id)
        return await self.desk.make(pack, self._told(case, pack, row, report, answers[-1], answer))

    def _open(self, row: ReportRow) -> Report | None:
        try:
            return self._safe.open_or_none(
                row.content_sealed, Report, subject_id=row.contact_id, place=f"report:{row.id}"
            )
        except Tampered:  # told by the audit; the answer goes out all the same
            return None

    def _told(
        self, case: Case, pack: Pack, row: ReportRow, report: Report | None, made: Publication, answer: str
    ) -> Told:
        category = pack.intake.categories.get(case.category or "")
        handled = [part.resolutions[-1].handled_at for part in case.dispatches if part.resolutions]
        who = report.reporter if report else Reporter()
        return Told(
            code=row.code,
            answer=answer,
            at=made.at,
            name=who.name,
            organisation=who.organisation,
            content=report.content if report else "",
            place=report.place.text if report else "",
            category=category.label if category else "",
            received_at=row.received_at,
            handled_at=max(filter(None, handled), default=None),
            units=tuple(dict.fromkeys(self._units(case, made))),
            media=made.media,
            labels=numbered(made.media),
        )

    def _units(self, case: Case, made: Publication) -> Iterator[str]:
        """Who answers: the agency that spoke for itself, else those that reported a result, else whoever had it."""
        name = self._regulation.agencies.name
        if made.agency_id:
            yield name(made.agency_id)
            return
        answering = [part for part in case.dispatches if part.resolutions] or case.dispatches[-1:]
        yield from (name(part.unit_id or part.agency_id) for part in answering)
