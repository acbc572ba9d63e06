"""Which of a case's reporters an event is news to. Pure."""

from __future__ import annotations

from core.cases.events import Event, FeedbackClarified, ReportRef, ReportsLinked
from core.cases.model import Case


def readers_of(case: Case, event: Event) -> tuple[ReportRef, ...]:
    """
    All of them (A-3), but for what is about some: reports that were linked just now, and what was made clear, which is
    said to whoever asked about it. `case`: after the event.
    """
    match event:
        case ReportsLinked():
            return event.reports
        case FeedbackClarified():
            asked = {one.report_id for one in case.feedbacks if one.clarified_at == event.at}
            return tuple(report for report in case.reports if report.report_id in asked or None in asked)
        case _:
            return case.reports
