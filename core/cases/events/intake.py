"""Facts of intake: what happens to a report before it is sent to anybody."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from core.cases.events.base import DispatchFact, Fact, ReportRef
from core.cases.sealed import SealedText
from core.contract.schema import FieldState


class CaseReceived(Fact):
    """A report came in and opened the case, under a regulation pinned by id and digest."""

    command = "receive_report"
    kind: Literal["case_received"] = "case_received"
    case_id: str
    regulation: str
    stage: str
    report: ReportRef
    account: str = ""
    content: SealedText | None = None
    place: SealedText | None = None
    commune_code: str | None = None
    point: tuple[int, int] | None = None
    category: str | None = None
    urgency: str
    confidential: bool = False
    language: str = "vi"
    completeness: dict[str, FieldState] = Field(default_factory=dict)
    media: tuple[str, ...] = ()
    out_of_scope: bool = False


class CaseAccepted(Fact):
    """The report is complete and ours; `out_of_scope`: it lies outside a pilot's sectors or area (A-TG-14)."""

    command = "accept"
    kind: Literal["case_accepted"] = "case_accepted"
    out_of_scope: bool = False


class CaseClassified(DispatchFact):
    """It was put into a category, perhaps into a tier of urgency."""

    command = "classify"
    kind: Literal["case_classified"] = "case_classified"
    category: str
    urgency: str | None = None
    wording: SealedText | None = None
    reason: SealedText | None = None


class VerificationCallLogged(Fact):
    """The reporter was phoned."""

    command = "log_verification_call"
    kind: Literal["verification_call_logged"] = "verification_call_logged"
    outcome: Literal["reached", "not_reached", "not_the_reporter"]
    call_id: str | None = None
    note: SealedText | None = None


class NoneDeclared(Fact):
    """A required field the reporter does not have."""

    command = "declare_none"
    kind: Literal["none_declared"] = "none_declared"
    field: str
    reason: SealedText


class SupplementRequested(Fact):
    """The reporter was asked for what is missing."""

    command = "request_supplement"
    kind: Literal["supplement_requested"] = "supplement_requested"
    fields: tuple[str, ...]
    note: SealedText | None = None


class RequestSent(Fact):
    """The request for missing data has left for the reporter."""

    command = "request_sent"
    kind: Literal["request_sent"] = "request_sent"


class RequestDelivered(Fact):
    """The request for missing data has reached the reporter: the provider's receipt says so."""

    command = "request_delivered"
    kind: Literal["request_delivered"] = "request_delivered"


class SupplementSupplied(Fact):
    """What was asked for came."""

    command = "supply_supplement"
    kind: Literal["supplement_supplied"] = "supplement_supplied"
    fields: tuple[str, ...] = ()
    note: SealedText | None = None
    files: tuple[str, ...] = ()


class PlaceCorrected(Fact):
    """Where it happened, as the reporter put it right."""

    command = "correct_place"
    kind: Literal["place_corrected"] = "place_corrected"
    place: SealedText | None = None
    commune_code: str | None = None
    point: tuple[int, int] | None = None


class CaseDeclined(Fact):
    """Refused, and why."""

    command = "decline"
    kind: Literal["case_declined"] = "case_declined"
    reason_code: str | None = None
    reason: SealedText


class CaseCancelled(Fact):
    """Ended on a ground the regulation lists."""

    command = "cancel"
    kind: Literal["case_cancelled"] = "case_cancelled"
    reason_code: str
    same_as: str | None = None
    reason: SealedText | None = None


class SpamMarked(Fact):
    """Marked as junk, or (`undo`) no longer."""

    command = "mark_spam"
    kind: Literal["spam_marked"] = "spam_marked"
    reason: SealedText
    undo: bool = False


class CaseDiverted(Fact):
    """Not for this system: the person was told where to go."""

    command = "divert"
    kind: Literal["case_diverted"] = "case_diverted"
    diversion: str
