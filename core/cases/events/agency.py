"""Facts of an agency's work, and of the help others give it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from core.cases.events.base import CoordinationFact, DispatchFact, Opened
from core.cases.sealed import SealedText
from core.contract.schema import Instant


class DispatchAccepted(DispatchFact):
    """The agency, or the unit inside it, took it on."""

    command = "accept_dispatch"
    kind: Literal["dispatch_accepted"] = "dispatch_accepted"


class UnitAssigned(DispatchFact):
    """The unit that does the work was named."""

    command = "assign_unit"
    kind: Literal["unit_assigned"] = "unit_assigned"
    unit: str
    note: SealedText | None = None


class StaffAssigned(DispatchFact):
    """The person who does the work was named."""

    command = "assign_staff"
    kind: Literal["staff_assigned"] = "staff_assigned"
    staff: str
    note: SealedText | None = None


class DispatchSentBack(DispatchFact):
    """Wrong authority: one step up."""

    command = "send_back"
    kind: Literal["dispatch_sent_back"] = "dispatch_sent_back"
    reason: SealedText
    suggested_agency: str | None = None
    agency_unknown: bool = False
    field_check: bool = False


class SendBackProposed(DispatchFact):
    """An officer proposed the return."""

    command = "propose_send_back"
    kind: Literal["send_back_proposed"] = "send_back_proposed"
    reason: SealedText


class CoordinationProposed(DispatchFact):
    """An officer proposed to ask for help."""

    command = "propose_coordination"
    kind: Literal["coordination_proposed"] = "coordination_proposed"
    reason: SealedText
    agency: str | None = None


class DispatchEscalated(DispatchFact):
    """Passed to the level above; `opened` is the dispatch there, None when the centre takes it over."""

    command = "escalate"
    kind: Literal["dispatch_escalated"] = "dispatch_escalated"
    reason: SealedText
    field_check: bool = False
    opened: Opened | None = None


class CoordinationRequested(DispatchFact):
    """Another agency was asked to help."""

    command = "request_coordination"
    kind: Literal["coordination_requested"] = "coordination_requested"
    opened: Opened
    ask: SealedText
    files: tuple[str, ...] = ()


class CoordinationAccepted(CoordinationFact):
    """It will help."""

    command = "accept_coordination"
    kind: Literal["coordination_accepted"] = "coordination_accepted"
    staff: str | None = None


class InformationSupplied(CoordinationFact):
    """What it was asked for."""

    command = "supply_information"
    kind: Literal["information_supplied"] = "information_supplied"
    information: SealedText
    files: tuple[str, ...] = ()


class CoordinationRefused(CoordinationFact):
    """It will not help, and why."""

    command = "refuse_coordination"
    kind: Literal["coordination_refused"] = "coordination_refused"
    reason: SealedText


class ResultSubmitted(DispatchFact):
    """What was done."""

    command = "submit_result"
    kind: Literal["result_submitted"] = "result_submitted"
    handled_at: Instant | None = None
    result: SealedText
    draft_answer: SealedText | None = None
    evidence: tuple[str, ...] = ()


class InterimCommitted(DispatchFact):
    """Not done yet: a date was promised."""

    command = "commit_interim"
    kind: Literal["interim_committed"] = "interim_committed"
    status: SealedText
    promised_date: date
    draft_answer: SealedText | None = None
    evidence: tuple[str, ...] = ()


class ResultConfirmed(DispatchFact):
    """A managing unit agreed with the result."""

    command = "confirm_result"
    kind: Literal["result_confirmed"] = "result_confirmed"
    note: SealedText | None = None
