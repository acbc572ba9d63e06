"""More about a report that is there: into the report itself, and to whoever waits for it."""

from __future__ import annotations

from functools import partial

from core.cases.decide import Actor, Refusal
from core.contract.schema import Report
from core.intake.effects import Supply
from core.service.amending import amended
from core.service.casefile import CaseFile
from core.service.desk import CaseDesk, clipped
from core.service.links.questions import Questions
from core.service.receiving import where
from core.service.regulation import pack_field
from core.service.safe import Safe
from core.service.talk import Talk
from core.service.work import Work
from core.storage import reports
from core.storage.database import Database


class Supplying:
    """Takes what a reporter adds or puts right."""

    def __init__(self, database: Database, *, safe: Safe, desk: CaseDesk, questions: Questions) -> None:
        self._database = database
        self._safe = safe
        self._desk = desk
        self._questions = questions

    async def supply(self, work: Work, talk: Talk, effect: Supply) -> str:
        """
        More about a report: into the report itself, and, where the case waits for it, into the case.

        A case that waits for several things goes on once all of them are there; of one that waits for nothing a partner
        that asked hears what was added. Returns: why a person has to read it; empty: nobody has to.
        """
        changed = await self.amend(work, talk, effect)
        if changed is None:
            return ""
        row, report = changed
        file = await self.case_of(work, row)
        if not file.now.asked_for:
            return "" if await self._questions.answer(work, file.now, effect, report) else "supplied"
        return "" if effect.awaited else await self._into_the_case(work, file, talk, effect)

    async def _into_the_case(self, work: Work, file: CaseFile, talk: Talk, effect: Supply) -> str:
        declared = {pack_field(name) for name in effect.declared_none}
        payload = {
            "fields": tuple(name for name in file.now.asked_for if name not in declared),
            "note": clipped(effect.text) or None,
            "files": tuple(file.stored_key for file in effect.attachments if file.stored_key),
        }
        actor = Actor.reporter(talk.contact_id)
        answer = await self._desk.issue(work, file.now.id, "supply_supplement", payload, actor)
        return answer.code if isinstance(answer, Refusal) else ""

    async def case_of(self, work: Work, row: reports.ReportRow) -> CaseFile:
        """The case in which a report is worked on: its own, or the one that was joined (A-3)."""
        own = await self._desk.open(work, row.case_id)
        return own if own.now.merged_into is None else await self._desk.open(work, own.now.merged_into)

    async def amend(self, work: Work, talk: Talk, effect: Supply) -> tuple[reports.ReportRow, Report] | None:
        """The report as it is now told; the case that it opened follows it to another place."""
        found = await self._report(effect.report_id, talk)
        if found is None:
            return None
        row, report = found
        changed = amended(report, effect)
        seal = partial(self._safe.seal, changed, subject_id=talk.contact_id, place=f"report:{report.id}")
        sealed = await self._safe.aside(seal, talk.contact_id)
        work.add(partial(reports.replace_content, report_id=report.id, content_sealed=sealed))
        if changed.place != report.place:
            await self._desk.issue(work, row.case_id, "correct_place", where(changed.place), Actor.system())
        return row, changed

    async def _report(self, report_id: str, talk: Talk) -> tuple[reports.ReportRow, Report] | None:
        """One of this person's own stored reports, opened."""
        rows = await self._database.read(partial(reports.find, report_ids=[report_id]))
        if not rows or rows[0].contact_id != talk.contact_id:
            return None
        content, place = rows[0].content_sealed, f"report:{report_id}"
        unseal = partial(self._safe.open_or_none, content, Report, subject_id=talk.contact_id, place=place)
        report = await self._safe.aside(unseal, talk.contact_id)
        return None if report is None else (rows[0], report)
