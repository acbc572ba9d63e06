"""How answers, ratings and feedback change a case."""

from __future__ import annotations

from typing import Any, Literal

from core.cases.events import (
    AnswerPublished,
    AnswerRated,
    AnswerWithheld,
    Event,
    FeedbackClarified,
    FeedbackGiven,
    PrivateReplySent,
    ReporterAnswered,
)
from core.cases.evolve.change import apply, change
from core.cases.model import Case, Feedback, GivenRating, Publication
from core.cases.sealed import SealedText

Kind = Literal["public", "private", "agency", "withheld"]


def _answered(case: Case, kind: Kind, event: Event, text: SealedText, **fields: Any) -> Case:
    made = Publication(kind=kind, at=event.at, by=event.by.id, text=text, **fields)
    return change(case, publications=(*case.publications, made))


@apply.register
def _(event: AnswerPublished, case: Case) -> Case:
    return _answered(case, "public", event, event.text, media=event.media, interim=event.interim)


@apply.register
def _(event: PrivateReplySent, case: Case) -> Case:
    return _answered(case, "private", event, event.text, media=event.media, interim=event.interim)


@apply.register
def _(event: ReporterAnswered, case: Case) -> Case:
    return _answered(case, "agency", event, event.text, media=event.media, agency_id=event.by.agency_id)


@apply.register
def _(event: AnswerWithheld, case: Case) -> Case:
    return _answered(case, "withheld", event, event.reason)


@apply.register
def _(event: AnswerRated, case: Case) -> Case:
    rated = case.publications[event.answer - 1]
    given = GivenRating(report_id=event.report_id, level=event.level, at=event.at, comment=event.comment)
    rated = rated.model_copy(update={"ratings": (*rated.ratings, given)})
    return change(
        case, publications=(*case.publications[: event.answer - 1], rated, *case.publications[event.answer :])
    )


@apply.register
def _(event: FeedbackGiven, case: Case) -> Case:
    given = Feedback(at=event.at, report_id=event.report_id, text=event.text)
    return change(case, feedbacks=(*case.feedbacks, given))


@apply.register
def _(event: FeedbackClarified, case: Case) -> Case:
    """One clarification answers all feedback that waits."""
    answer = {"clarified_at": event.at, "clarification": event.text, "files": event.files}
    answered = (item if item.clarified_at else item.model_copy(update=answer) for item in case.feedbacks)
    return change(case, feedbacks=tuple(answered))
