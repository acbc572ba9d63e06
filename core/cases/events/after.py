"""Facts after the answer, and those that join cases or press agencies."""

from __future__ import annotations

from typing import Literal

from core.cases.events.base import DispatchFact, Event, Fact, ReportRef
from core.cases.sealed import SealedText


class AnswerRated(Fact):
    """A reporter's verdict on the answer of this number."""

    command = "rate"
    kind: Literal["answer_rated"] = "answer_rated"
    answer: int
    report_id: str
    level: str
    comment: SealedText | None = None


class FeedbackGiven(Fact):
    """A reporter asked for clarification."""

    command = "give_feedback"
    kind: Literal["feedback_given"] = "feedback_given"
    report_id: str | None = None
    text: SealedText


class FeedbackClarified(Fact):
    """The agency answered the feedback."""

    command = "clarify"
    kind: Literal["feedback_clarified"] = "feedback_clarified"
    text: SealedText
    files: tuple[str, ...] = ()


class CaseReopened(Fact):
    """It is handled again."""

    command = "reopen"
    kind: Literal["case_reopened"] = "case_reopened"
    reason: SealedText


class ReportsLinked(Fact):
    """The reports of another case are answered here too."""

    command = "link_report"
    kind: Literal["reports_linked"] = "reports_linked"
    other_case: str
    reports: tuple[ReportRef, ...]
    reason: SealedText | None = None


class CaseJoined(Event):
    """(On the other case) Its reports are answered by that case from now on."""

    kind: Literal["case_joined"] = "case_joined"
    main_case: str


class ReportsUnlinked(Fact):
    """The other case goes its own way again."""

    command = "unlink_report"
    kind: Literal["reports_unlinked"] = "reports_unlinked"
    other_case: str
    reason: SealedText


class CaseParted(Event):
    """(On the other case) It stands for itself again."""

    kind: Literal["case_parted"] = "case_parted"
    main_case: str


class AgencyReminded(DispatchFact):
    """An agency was pressed."""

    command = "remind"
    kind: Literal["agency_reminded"] = "agency_reminded"
    text: SealedText


class LatenessExplained(DispatchFact):
    """The agency said why it was late."""

    command = "explain_lateness"
    kind: Literal["lateness_explained"] = "lateness_explained"
    clock_id: str
    text: SealedText


class RegisteredExternally(Fact):
    """Entered in the national system."""

    command = "register_external"
    kind: Literal["registered_externally"] = "registered_externally"
    reference: str
