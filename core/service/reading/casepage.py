"""One case as one person may see it, built out of its rows; pure but for opening seals, so it runs in a thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.cases.decide import Actor, Context
from core.cases.decide.facts import missing_fields
from core.clock import BusinessCalendar
from core.contract.schema import Report
from core.identity.codes import format_code
from core.regulations.model import Pack
from core.service.reading.curtain import Curtain
from core.service.reading.gathering import CaseRows, Opener
from core.service.reading.held import held_files
from core.service.reading.moves import MoveReader
from core.service.reading.names import Names
from core.service.reading.parts import PartReader, task_views
from core.service.reading.talking import TalkReader, files
from core.service.reading.timeline import TimelineReader, clock_view
from core.service.reading.views import CaseView, File, Labelled, ReporterView, ReportView
from core.storage.reports import ReportRow


@dataclass(frozen=True)
class Reading:
    """Who reads, when, and how far the curtain is drawn."""

    actor: Actor
    now: datetime
    calendar: BusinessCalendar
    curtain: Curtain
    may_reveal: bool


@dataclass(frozen=True)
class CasePage:
    """The builder of a CaseView."""

    rows: CaseRows
    pack: Pack
    names: Names
    opener: Opener
    reading: Reading

    def view(self) -> CaseView:
        """Everything, field by field."""
        case, names, reading = self.rows.case, self.names, self.reading
        texts = self.opener.texts(self.rows.texts)
        reported = {row.id: self.opener.report(row) for row in self.rows.reports}
        known = [report for report in reported.values() if report is not None]
        reading = replace(reading, curtain=reading.curtain.about(report.reporter for report in known))
        held = held_files(case, known, names=names, curtain=reading.curtain)
        parts = PartReader(names, reading.curtain, texts)
        talks = TalkReader(self.opener, names, reading.curtain)
        timeline = TimelineReader(names, reading.curtain, texts)
        return CaseView(
            id=case.id,
            code=format_code(case.code),
            version=case.version,
            regulation=case.regulation,
            stage=names.stage("case", case.stage),
            public_stage=self._public_stage(),
            open=self.pack.stage("case", case.stage).kind in ("open", "aside"),
            category=names.category(case.category) if case.category else None,
            urgency=names.urgency(case.urgency),
            flags=names.flags(case.flags),
            channel=names.channel(case.channel),
            received_at=case.received_at,
            merged_into=case.merged_into,
            merged_cases=case.merged_cases,
            asked_for=tuple(map(names.field, case.asked_for)),
            missing=tuple(Labelled(id=one.field, label=one.label) for one in missing_fields(self.pack, case)),
            decline=names.reason(case.decline_code) if case.decline_code else "",
            cancellation=names.reason(case.cancel_code) if case.cancel_code else "",
            acting_for=names.agency(reading.actor.agency_id) if reading.actor.agency_id else None,
            revealed=reading.curtain.revealed,
            may_reveal=reading.may_reveal,
            tasks=tuple(task_views(case, names, now=reading.now)),
            clocks=tuple(
                clock_view(clock, names, now=reading.now, calendar=reading.calendar) for clock in case.clocks.values()
            ),
            reports=tuple(self._report(row, reported[row.id], reading.curtain) for row in self.rows.reports),
            conversations=tuple(talks.view(talk, cases=self._cases_of(talk.row.id)) for talk in self.rows.talks),
            dispatches=tuple(map(parts.dispatch, case.dispatches)),
            coordinations=tuple(map(parts.coordination, case.coordinations)),
            answers=tuple(map(parts.answer, case.publications)),
            feedbacks=tuple(map(parts.feedback, case.feedbacks)),
            timeline=tuple(timeline.entries(self.rows.events, case)),
            files=held,
            moves=tuple(self._moves(held).moves()),
        )

    def _public_stage(self) -> str:
        shown = [self.pack.stage("case", visit.stage).public for visit in self.rows.case.trail]
        return next((label for label in reversed(shown) if label), "")

    def _cases_of(self, conversation_id: str) -> dict[str, str]:
        return {one.code: self.rows.case.id for one in self.rows.case.reports if one.conversation_id == conversation_id}

    def _report(self, row: ReportRow, report: Report | None, curtain: Curtain) -> ReportView:
        received_in = {one.report_id: one.case_id for one in self.rows.case.reports}
        view = ReportView(
            id=row.id,
            code=format_code(row.code),
            case_id=received_in.get(row.id, row.case_id),
            received_at=row.received_at,
            channel=self.names.channel(row.channel),
            conversation_id=row.conversation_id,
            erased=report is None,
            reporter=ReporterView(contact_id=row.contact_id),
        )
        if report is None:
            return view
        return view.model_copy(
            update={
                "content": curtain.said(report.content),
                "content_as_sent": curtain.said(report.content_as_sent),
                "place": curtain.place(report.place),
                "occurred": report.occurred,
                "category_hint": report.category_hint,
                "confidential": report.confidential,
                "consent": report.consent,
                "terms": report.terms,
                "completeness": report.completeness,
                "declared_none": report.declared_none,
                "files": tuple(files(report.attachments, curtain, of=f"phản ánh {view.code}")),
                "reporter": curtain.reporter(report.reporter, row.contact_id),
            }
        )

    def _moves(self, held: tuple[File, ...]) -> MoveReader:
        reading, agencies = self.reading, self.names.agencies
        context = Context(self.pack, reading.actor, agencies, calendar=reading.calendar, now=reading.now)
        return MoveReader.of(context, self.rows.case, colleagues=self.rows.colleagues, held=held)
