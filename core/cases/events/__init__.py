"""
What has happened to a case: past-tense facts, in the order they were decided.

Three sorts. A *fact* says that a command was carried out, with what it carried; its `command` names it. A *move* says
that a stage was entered. A *clock event* says what a time limit did, with the due time and its explanation inside, so
that folding needs neither pack nor calendar. Events hold ids and sealed texts, never a name or a word of free text.

`canonical` gives the bytes that are stored and hashed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Union

from pydantic import Field, TypeAdapter

from core.canonical import canonical_json
from core.cases.events.after import (
    AgencyReminded,
    AnswerRated,
    CaseJoined,
    CaseParted,
    CaseReopened,
    FeedbackClarified,
    FeedbackGiven,
    LatenessExplained,
    RegisteredExternally,
    ReportsLinked,
    ReportsUnlinked,
)
from core.cases.events.agency import (
    CoordinationAccepted,
    CoordinationProposed,
    CoordinationRefused,
    CoordinationRequested,
    DispatchAccepted,
    DispatchEscalated,
    DispatchSentBack,
    InformationSupplied,
    InterimCommitted,
    ResultConfirmed,
    ResultSubmitted,
    SendBackProposed,
    StaffAssigned,
    UnitAssigned,
)
from core.cases.events.answer import (
    AnswerPublished,
    AnswerWithheld,
    LetterSent,
    PrivateReplySent,
    ReporterAnswered,
    ReporterNotified,
    ResultAmended,
    ResultApproved,
    ResultReturned,
    RevisionRequested,
)
from core.cases.events.base import ActorRef, CoordinationFact, DispatchFact, Event, Fact, Opened, ReportRef
from core.cases.events.clocks import (
    ClockBreached,
    ClockEvent,
    ClockPaused,
    ClockRecomputed,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockWarned,
    Timing,
    WarningTime,
)
from core.cases.events.distribution import (
    AgenciesConsulted,
    BoardAsked,
    CaseDispatched,
    DeadlockReported,
    EmergencyDowngraded,
    EmergencyHandedOver,
    EmergencyRaised,
    LeadDecided,
)
from core.cases.events.flags import (
    ConfidentialitySet,
    FlagCleared,
    MarkedFalse,
    MarkedValuable,
    ReputationConfirmed,
    ReputationFlagged,
    SecretFlagged,
)
from core.cases.events.handing import WorkHandedOver
from core.cases.events.intake import (
    CaseAccepted,
    CaseCancelled,
    CaseClassified,
    CaseDeclined,
    CaseDiverted,
    CaseReceived,
    NoneDeclared,
    PlaceCorrected,
    RequestDelivered,
    RequestSent,
    SpamMarked,
    SupplementRequested,
    SupplementSupplied,
    VerificationCallLogged,
)
from core.cases.events.moves import CaseMoved, CoordinationMoved, DispatchMoved


def _leaves(base: type[Event]) -> tuple[type[Event], ...]:
    below = base.__subclasses__()
    return tuple(leaf for child in below for leaf in _leaves(child)) if below else (base,)


EVENT_TYPES: tuple[type[Event], ...] = _leaves(Event)
"""Every kind of event there is."""

_STORED: TypeAdapter[Event] = TypeAdapter(Annotated[Union[EVENT_TYPES], Field(discriminator="kind")])  # type: ignore[arg-type]  # noqa: UP007


def canonical(event: Event) -> bytes:
    """
    The bytes that are stored and hashed: JSON with sorted keys, UTF-8, no blanks.

    Raises: ValueError: a float is in it; different machines may write the same number differently.
    """
    data = event.model_dump(mode="json")
    if any(isinstance(value, float) for value in _values(data)):
        raise ValueError(f"{event.kind} holds a float; events hold whole numbers")
    return canonical_json(data)


def parse_event(stored: bytes | str) -> Event:
    """Read back what `canonical` wrote."""
    return _STORED.validate_json(stored)


def _values(data: Any) -> Iterable[Any]:
    if isinstance(data, dict | list):
        for item in data.values() if isinstance(data, dict) else data:
            yield from _values(item)
    else:
        yield data


__all__ = [
    "EVENT_TYPES",
    "ActorRef",
    "AgenciesConsulted",
    "AgencyReminded",
    "AnswerPublished",
    "AnswerRated",
    "AnswerWithheld",
    "BoardAsked",
    "CaseAccepted",
    "CaseCancelled",
    "CaseClassified",
    "CaseDeclined",
    "CaseDispatched",
    "CaseDiverted",
    "CaseJoined",
    "CaseMoved",
    "CaseParted",
    "CaseReceived",
    "CaseReopened",
    "ClockBreached",
    "ClockEvent",
    "ClockPaused",
    "ClockRecomputed",
    "ClockResumed",
    "ClockStarted",
    "ClockStopped",
    "ClockWarned",
    "ConfidentialitySet",
    "CoordinationAccepted",
    "CoordinationFact",
    "CoordinationMoved",
    "CoordinationProposed",
    "CoordinationRefused",
    "CoordinationRequested",
    "DeadlockReported",
    "DispatchAccepted",
    "DispatchEscalated",
    "DispatchFact",
    "DispatchMoved",
    "DispatchSentBack",
    "EmergencyDowngraded",
    "EmergencyHandedOver",
    "EmergencyRaised",
    "Event",
    "Fact",
    "FeedbackClarified",
    "FeedbackGiven",
    "FlagCleared",
    "InformationSupplied",
    "InterimCommitted",
    "LatenessExplained",
    "LeadDecided",
    "LetterSent",
    "MarkedFalse",
    "MarkedValuable",
    "NoneDeclared",
    "Opened",
    "PlaceCorrected",
    "PrivateReplySent",
    "RegisteredExternally",
    "ReportRef",
    "ReporterAnswered",
    "ReporterNotified",
    "ReportsLinked",
    "ReportsUnlinked",
    "ReputationConfirmed",
    "ReputationFlagged",
    "RequestDelivered",
    "RequestSent",
    "ResultAmended",
    "ResultApproved",
    "ResultConfirmed",
    "ResultReturned",
    "ResultSubmitted",
    "RevisionRequested",
    "SecretFlagged",
    "SendBackProposed",
    "SpamMarked",
    "StaffAssigned",
    "SupplementRequested",
    "SupplementSupplied",
    "Timing",
    "UnitAssigned",
    "VerificationCallLogged",
    "WarningTime",
    "WorkHandedOver",
    "canonical",
    "parse_event",
]
