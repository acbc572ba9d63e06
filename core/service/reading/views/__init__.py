"""
What staff read, as values: the console renders them, the API sends them, both see the same.

Codes and ids are for machines; every `label` and `sentence` is Vietnamese. Instants are UTC. Words that citizens wrote
and everything that tells who they are come masked unless the view was asked for with `reveal` (`revealed` says so).
"""

from __future__ import annotations

from core.service.reading.views.cases import CaseView, ReporterView, ReportView
from core.service.reading.views.contacts import ContactView, IdentityView, JoinedView
from core.service.reading.views.lines import CaseLine, File, Labelled, Page, Person, PlaceView, QueueLine, Text
from core.service.reading.views.steps import (
    AnswerView,
    ClockView,
    CoordinationView,
    DispatchView,
    FeedbackView,
    InputView,
    MoveView,
    RatingView,
    ResolutionView,
    TaskView,
    TimelineEntry,
)
from core.service.reading.views.talks import (
    ConversationLine,
    ConversationView,
    DeliveryStep,
    DeliveryView,
    MessageView,
    SenderProof,
)

__all__ = [
    "AnswerView",
    "CaseLine",
    "CaseView",
    "ClockView",
    "ContactView",
    "ConversationLine",
    "ConversationView",
    "CoordinationView",
    "DeliveryStep",
    "DeliveryView",
    "DispatchView",
    "FeedbackView",
    "File",
    "IdentityView",
    "InputView",
    "JoinedView",
    "Labelled",
    "MessageView",
    "MoveView",
    "Page",
    "Person",
    "PlaceView",
    "QueueLine",
    "RatingView",
    "ReportView",
    "ReporterView",
    "ResolutionView",
    "SenderProof",
    "TaskView",
    "Text",
    "TimelineEntry",
]
