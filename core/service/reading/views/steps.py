"""What a case goes through: limits, events, dispatches, answers, tasks and the moves that are open."""

from __future__ import annotations

from datetime import date, datetime

from core.contract.schema import Model
from core.service.reading.views.lines import Labelled, Person, Text


class ClockView(Model):
    """
    A time limit with its reason.

    Args:
        status: on_time · due_soon · overdue · paused · met · missed.
        limit: the due time in words. `remaining_s`: seconds until it is late, negative once it is; None when stopped.
        left: what is left in the limit's own unit ("45 phút làm việc").
        explanation: how the due time was counted, in one sentence, and the same in English. `rules`: what it rests on.
        in_working_time: whether what is left counts working time.
        late_s: of a stopped one, seconds too late.
        offer: a command that its end proposes.
    """

    id: str
    name: str
    label: str
    purpose: str
    state: str
    status: str
    role: Labelled | None
    dispatch_id: str | None
    coordination_id: str | None
    started_at: datetime
    due_at: datetime
    limit: str
    remaining_s: int | None
    left: str
    late_s: int
    explanation: str
    explanation_en: str
    in_working_time: bool
    rules: tuple[str, ...]
    offer: str = ""


class TimelineEntry(Model):
    """One event of the case in plain words. `rules` are what it rests on."""

    version: int
    at: datetime
    kind: str
    sentence: str
    by: Person
    texts: tuple[Text, ...] = ()
    files: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    dispatch_id: str | None = None
    coordination_id: str | None = None


class ResolutionView(Model):
    """What an agency reported. `interim`: a promise with a date; `approved_text`: what the leader mended."""

    at: datetime
    by: Person
    interim: bool
    promised_date: date | None
    handled_at: datetime | None
    result: str
    draft_answer: str
    files: tuple[str, ...]
    approved_at: datetime | None
    approved_text: str


class DispatchView(Model):
    """One agency's part."""

    id: str
    agency: Labelled
    stage: Labelled
    opened_at: datetime
    unit: Labelled | None
    staff: Person | None
    suggested_agency: Labelled | None
    resolutions: tuple[ResolutionView, ...]


class CoordinationView(Model):
    """Help another agency was asked for."""

    id: str
    dispatch_id: str | None
    agency: Labelled
    stage: Labelled
    opened_at: datetime
    ask: str
    information: str
    refusal: str
    files: tuple[str, ...]


class RatingView(Model):
    """One reporter's verdict."""

    report_id: str
    level: Labelled
    at: datetime
    comment: str


class AnswerView(Model):
    """One answer that went out, or the reason why none did. `kind`: public · private · agency · withheld."""

    kind: str
    at: datetime
    by: Person
    agency: str
    text: str
    interim: bool
    files: tuple[str, ...]
    ratings: tuple[RatingView, ...]


class FeedbackView(Model):
    """A reporter's question about the answer, and what was said to it."""

    at: datetime
    report_id: str | None
    text: str
    clarified_at: datetime | None
    clarification: str
    files: tuple[str, ...]


class InputView(Model):
    """
    One field of a command's form.

    `kind` says how it is filled in (core.cases.forms.InputKind); `either`: one of these fields must be filled.
    """

    name: str
    label: str
    kind: str
    required: bool
    choices: tuple[Labelled, ...] = ()
    either: tuple[str, ...] = ()


class MoveView(Model):
    """A command this person may issue now. `offered`: a limit that ran out proposes it."""

    command: str
    label: str
    dispatch_id: str | None
    coordination_id: str | None
    about: str
    fields: tuple[InputView, ...]
    rules: tuple[str, ...]
    beyond_text: bool = False
    offered: bool = False


class TaskView(Model):
    """One piece of open work: whose turn it is, and until when."""

    role: Labelled
    agency: Labelled | None
    step: str
    staff: Person | None
    due_at: datetime | None
    overdue: bool
    resting: bool
    clock_id: str | None
    rules: tuple[str, ...]
