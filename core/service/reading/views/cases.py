"""One case with all that belongs to it: who reported what, where, and how it went on."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from core.contract.schema import Consent, FieldState, Model
from core.service.reading.views.lines import File, Labelled, PlaceView
from core.service.reading.views.steps import (
    AnswerView,
    ClockView,
    CoordinationView,
    DispatchView,
    FeedbackView,
    MoveView,
    TaskView,
    TimelineEntry,
)
from core.service.reading.views.talks import ConversationView


class ReporterView(Model):
    """
    Who reported: masked, or in clear where `revealed`.

    `identity_number` shows more than its last three digits only to those who check it (A-LS-7); `identity_legacy`: it
    is that of a CMND, no longer valid (VN-12).
    """

    contact_id: str
    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str = ""
    organisation: str = ""
    identity_number: str = ""
    identity_legacy: bool = False
    revealed: bool = False


class ReportView(Model):
    """What one reporter told us. `erased`: its words were erased on request; only the facts of receipt are left."""

    id: str
    code: str
    case_id: str
    received_at: datetime
    channel: Labelled
    conversation_id: str
    erased: bool = False
    content: str = ""
    content_as_sent: str = ""
    place: PlaceView = PlaceView()
    occurred: str = ""
    category_hint: str = ""
    confidential: bool = False
    consent: Consent | None = None
    terms: Consent | None = None
    completeness: dict[str, FieldState] = Field(default_factory=dict)
    declared_none: dict[str, str] = Field(default_factory=dict)
    files: tuple[File, ...] = ()
    reporter: ReporterView


class CaseView(Model):
    """
    One case, complete, as one person may see it.

    Args:
        version: goes into If-Match. `flags`: the marks that are set. `public_stage`: what outsiders read.
        acting_for: the agency whose work this person does here; None for the centre.
        conversations: shown to the centre only. `moves`: exactly the commands allowed now.
    """

    id: str
    code: str
    version: int
    regulation: str
    stage: Labelled
    public_stage: str
    open: bool
    category: Labelled | None
    urgency: Labelled
    flags: tuple[Labelled, ...]
    channel: Labelled
    received_at: datetime
    merged_into: str | None
    merged_cases: tuple[str, ...]
    asked_for: tuple[Labelled, ...]
    missing: tuple[Labelled, ...]
    decline: str
    cancellation: str
    acting_for: Labelled | None
    revealed: bool
    may_reveal: bool
    tasks: tuple[TaskView, ...]
    clocks: tuple[ClockView, ...]
    reports: tuple[ReportView, ...]
    conversations: tuple[ConversationView, ...]
    dispatches: tuple[DispatchView, ...]
    coordinations: tuple[CoordinationView, ...]
    answers: tuple[AnswerView, ...]
    feedbacks: tuple[FeedbackView, ...]
    timeline: tuple[TimelineEntry, ...]
    files: tuple[File, ...]
    moves: tuple[MoveView, ...]
