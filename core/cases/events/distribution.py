"""Facts of distribution: who is to act, and what happens when that is not clear or cannot wait."""

from __future__ import annotations

from typing import Literal

from core.cases.events.base import Fact, Opened
from core.cases.sealed import SealedText
from core.contract.schema import Instant


class CaseDispatched(Fact):
    """Sent to agencies; each got a dispatch of its own."""

    command = "dispatch"
    kind: Literal["case_dispatched"] = "case_dispatched"
    opened: tuple[Opened, ...]
    urgency: str | None = None
    note: SealedText | None = None


class EmergencyRaised(Fact):
    """Both tracks at once from here."""

    command = "raise_emergency"
    kind: Literal["emergency_raised"] = "emergency_raised"
    urgency: str
    target: str | None = None
    reason: SealedText | None = None


class EmergencyHandedOver(Fact):
    """Told by word of mouth."""

    command = "hand_over_emergency"
    kind: Literal["emergency_handed_over"] = "emergency_handed_over"
    target: str
    spoken_to: SealedText
    spoken_at: Instant


class EmergencyDowngraded(Fact):
    """No emergency after all."""

    command = "downgrade_emergency"
    kind: Literal["emergency_downgraded"] = "emergency_downgraded"
    urgency: str
    reason: SealedText


class AgenciesConsulted(Fact):
    """Agencies were asked who should lead."""

    command = "consult"
    kind: Literal["agencies_consulted"] = "agencies_consulted"
    agencies: tuple[str, ...]
    note: SealedText


class BoardAsked(Fact):
    """The board was asked to decide."""

    command = "refer_to_board"
    kind: Literal["board_asked"] = "board_asked"
    reason: SealedText


class LeadDecided(Fact):
    """The agency that leads was named."""

    command = "decide_lead"
    kind: Literal["lead_decided"] = "lead_decided"
    agency: str
    note: SealedText | None = None


class DeadlockReported(Fact):
    """No agreement between agencies: reported upwards."""

    command = "report_deadlock"
    kind: Literal["deadlock_reported"] = "deadlock_reported"
    reason: SealedText
