"""The parts of a case: whose turn it is, each agency's work, help asked for, answers and what was said to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.cases.model import Case, Coordination, Dispatch, Feedback, Publication, Resolution
from core.cases.sealed import SealedText
from core.cases.tasks import queued
from core.service.reading.curtain import Curtain
from core.service.reading.names import Names
from core.service.reading.views import (
    AnswerView,
    CoordinationView,
    DispatchView,
    FeedbackView,
    RatingView,
    ResolutionView,
    TaskView,
)


def task_views(case: Case, names: Names, *, now: datetime) -> Iterator[TaskView]:
    """The open work of a case: whose turn it is, and until when."""
    for task in queued(names.pack, case):
        yield TaskView(
            role=names.role(task.role),
            agency=names.maybe_agency(task.agency_id),
            step=task.label,
            staff=names.maybe_staff(task.staff_id),
            due_at=task.due_at,
            overdue=task.late_from is not None and not task.resting and now >= task.late_from,
            resting=task.resting,
            clock_id=task.clock_id,
            rules=task.rules,
        )


@dataclass(frozen=True)
class PartReader:
    """Puts the parts into words. `texts`: opened free text by id."""

    names: Names
    curtain: Curtain
    texts: Mapping[str, str]

    def dispatch(self, item: Dispatch) -> DispatchView:
        """One agency's part."""
        return DispatchView(
            id=item.id,
            agency=self.names.agency(item.agency_id),
            stage=self.names.stage("dispatch", item.stage),
            opened_at=item.opened_at,
            unit=self.names.maybe_agency(item.unit_id),
            staff=self.names.maybe_staff(item.staff_id),
            suggested_agency=self.names.maybe_agency(item.sent_back_to),
            resolutions=tuple(map(self._resolution, item.resolutions)),
        )

    def _resolution(self, made: Resolution) -> ResolutionView:
        return ResolutionView(
            at=made.at,
            by=self.names.staff(made.by),
            interim=made.interim,
            promised_date=made.promised_date,
            handled_at=made.handled_at,
            result=self._written(made.result),
            draft_answer=self._written(made.draft_answer),
            files=made.evidence,
            approved_at=made.approved_at,
            approved_text=self._written(made.text),
        )

    def coordination(self, item: Coordination) -> CoordinationView:
        """Help another agency was asked for."""
        return CoordinationView(
            id=item.id,
            dispatch_id=item.dispatch_id,
            agency=self.names.agency(item.agency_id),
            stage=self.names.stage("coordination", item.stage),
            opened_at=item.opened_at,
            ask=self._written(item.ask),
            information=self._written(item.information),
            refusal=self._written(item.refusal),
            files=(*item.files, *item.supplied),
        )

    def answer(self, made: Publication) -> AnswerView:
        """One answer that went out, or why none did."""
        return AnswerView(
            kind=made.kind,
            at=made.at,
            by=self.names.staff(made.by),
            agency=self.names.agency(made.agency_id).label if made.agency_id else "",
            text=self._written(made.text),
            interim=made.interim,
            files=made.media,
            ratings=tuple(
                RatingView(
                    report_id=given.report_id,
                    level=self.names.level(given.level),
                    at=given.at,
                    comment=self._said(given.comment),
                )
                for given in made.ratings
            ),
        )

    def feedback(self, item: Feedback) -> FeedbackView:
        """What a reporter asked about the answer."""
        return FeedbackView(
            at=item.at,
            report_id=item.report_id,
            text=self._said(item.text),
            clarified_at=item.clarified_at,
            clarification=self._written(item.clarification),
            files=item.files,
        )

    def _written(self, sealed: SealedText | None) -> str:
        """What an official wrote."""
        return self.texts.get(sealed.id, "") if sealed else ""

    def _said(self, sealed: SealedText | None) -> str:
        """What a reporter wrote."""
        return self.curtain.said(self._written(sealed))
