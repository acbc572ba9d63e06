"""
The case (hồ sơ phản ánh): the fold of its events.

A case is the processing of one or more reports under one regulation. It holds a dispatch for every agency that was
asked to act, each with a stage of its own. Nothing here decides anything; `decide` reads it, `evolve` builds it.
Everything round-trips through JSON; instants are UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from core.cases.events import ReportRef, WarningTime
from core.cases.sealed import SealedText
from core.clock import Clock, sentence_vi
from core.contract.schema import FieldState, Instant, Model


class Mark(Model):
    """The last time a command was carried out, by whom, and on which dispatch."""

    at: Instant
    by: str
    dispatch_id: str | None = None


class Visit(Model):
    """A stage that was entered."""

    stage: str
    at: Instant


class Resolution(Model):
    """
    What an agency reported (kết quả xử lý), approved or not.

    `interim`: a dated promise instead of a result; `text` is what the leader mended.
    """

    at: Instant
    by: str
    interim: bool = False
    promised_date: date | None = None
    handled_at: Instant | None = None
    result: SealedText
    draft_answer: SealedText | None = None
    evidence: tuple[str, ...] = ()
    approved_at: Instant | None = None
    text: SealedText | None = None


class Dispatch(Model):
    """One agency's part: `unit_id` inside it does the work where the pack has two levels, `staff_id` is the person."""

    id: str
    agency_id: str
    stage: str
    opened_at: Instant
    unit_id: str | None = None
    staff_id: str | None = None
    resolutions: tuple[Resolution, ...] = ()
    sent_back_to: str | None = Field(default=None, description="The agency suggested on the last return")
    marks: dict[str, Mark] = Field(default_factory=dict)
    trail: tuple[Visit, ...] = ()

    @property
    def latest(self) -> Resolution | None:
        """The last thing the agency reported."""
        return self.resolutions[-1] if self.resolutions else None


class Coordination(Model):
    """Help that another agency was asked for (phối hợp)."""

    id: str
    dispatch_id: str | None
    agency_id: str
    stage: str
    opened_at: Instant
    ask: SealedText
    files: tuple[str, ...] = ()
    staff_id: str | None = None
    information: SealedText | None = None
    supplied: tuple[str, ...] = ()
    refusal: SealedText | None = None
    marks: dict[str, Mark] = Field(default_factory=dict)
    trail: tuple[Visit, ...] = ()


class GivenRating(Model):
    """One reporter's verdict on one answer."""

    report_id: str
    level: str
    at: Instant
    comment: SealedText | None = None


class Publication(Model):
    """One answer that went out: to everybody, to the reporters alone, by the agency itself, or withheld."""

    kind: Literal["public", "private", "agency", "withheld"]
    at: Instant
    by: str
    text: SealedText
    media: tuple[str, ...] = ()
    interim: bool = False
    agency_id: str | None = None
    ratings: tuple[GivenRating, ...] = ()


class Feedback(Model):
    """A reporter asked for clarification; `clarification` is the agency's answer."""

    at: Instant
    report_id: str | None = None
    text: SealedText
    clarified_at: Instant | None = None
    clarification: SealedText | None = None
    files: tuple[str, ...] = ()


class Flags(Model):
    """What the case is marked with."""

    confidential: bool = False
    reputation: Literal["none", "flagged", "confirmed"] = "none"
    secret: bool = False
    valuable: bool = False
    false_report: bool = False
    out_of_scope: bool = False


class CaseClock(Model):
    """
    A time limit as it stands for this case.

    Args:
        id: the pack's name of it, with the dispatch or coordination it belongs to ("accept:d1").
        late_from: the first instant that is late. `breached_at`: when that was noticed.
        warned: how many of `warnings` have come. `late_s`: of a stopped clock, seconds too late.
        engine: the clock as `core.clock` stores it; `clock` reads it.
    """

    id: str
    name: str
    purpose: Literal["deadline", "wait", "window"]
    role: str = ""
    dispatch_id: str | None = None
    coordination_id: str | None = None
    state: Literal["running", "paused", "stopped"]
    due_at: Instant
    late_from: Instant
    warnings: tuple[WarningTime, ...] = ()
    warned: int = 0
    breached_at: Instant | None = None
    late_s: int = 0
    offer: str = ""
    offer_reason: str = ""
    rules: tuple[str, ...] = ()
    engine: dict[str, Any]

    @property
    def clock(self) -> Clock:
        """The engine's clock: states, explanation, what is left."""
        return Clock.from_dict(self.engine)

    @property
    def explanation_vi(self) -> str:
        """Why the limit is what it is, in one Vietnamese sentence."""
        return sentence_vi(self.clock.due)

    @property
    def fires_at(self) -> datetime | None:
        """When `FireClock` is due next: the next warning or the first late instant; None: nothing more to come."""
        if self.state != "running" or self.breached_at is not None:
            return None
        pending = [warning.at for warning in self.warnings[self.warned :]]
        return min([*pending, self.late_from])

    def has_run_out(self, now: datetime) -> bool:
        """Has the limit passed at this instant? Also the answer to "not before" and "no longer"."""
        return self.state == "running" and now >= self.late_from


class Case(Model):
    """One case. `version` counts its events; `regulation` pins the pack (id@digest)."""

    id: str
    code: str
    regulation: str
    version: int
    stage: str
    trail: tuple[Visit, ...]
    received_at: Instant
    reports: tuple[ReportRef, ...]
    channel: str
    account: str = ""
    language: str = "vi"
    content: SealedText | None = None
    wording: SealedText | None = Field(default=None, description="The content as the desk put it in order")
    place: SealedText | None = None
    commune_code: str | None = None
    point: tuple[int, int] | None = None
    category: str | None = None
    urgency: str
    flags: Flags = Flags()
    completeness: dict[str, FieldState] = Field(default_factory=dict)
    asked_for: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    verification: Literal["none", "reached", "not_reached", "not_the_reporter"] = "none"
    lead_agency: str | None = None
    board_asked: bool = False
    decline_code: str | None = None
    decline_reason: SealedText | None = None
    cancel_code: str | None = None
    diversion: str | None = None
    dispatches: tuple[Dispatch, ...] = ()
    coordinations: tuple[Coordination, ...] = ()
    publications: tuple[Publication, ...] = ()
    feedbacks: tuple[Feedback, ...] = ()
    clocks: dict[str, CaseClock] = Field(default_factory=dict)
    merged_cases: tuple[str, ...] = ()
    merged_into: str | None = None
    external_reference: str = ""
    marks: dict[str, Mark] = Field(default_factory=dict)

    def dispatch(self, dispatch_id: str) -> Dispatch:
        """The dispatch of this id. Raises: KeyError."""
        return {item.id: item for item in self.dispatches}[dispatch_id]

    def coordination(self, coordination_id: str) -> Coordination:
        """The request for help of this id. Raises: KeyError."""
        return {item.id: item for item in self.coordinations}[coordination_id]

    def part_of(self, clock: CaseClock) -> str | None:
        """Id of the dispatch that a limit belongs to, also by way of the help it asked for; None: the case itself."""
        if clock.coordination_id is not None:
            return self.coordination(clock.coordination_id).dispatch_id
        return clock.dispatch_id

    @property
    def previous_stage(self) -> str:
        """The stage before the present one."""
        return next((visit.stage for visit in reversed(self.trail) if visit.stage != self.stage), self.stage)

    @property
    def evidence(self) -> frozenset[str]:
        """Stored keys of every file the case holds: what may be chosen for publication."""
        files = [*self.media, *(key for help_ in self.coordinations for key in (*help_.files, *help_.supplied))]
        resolved = [key for item in self.dispatches for made in item.resolutions for key in made.evidence]
        return frozenset([*files, *resolved])

    def running(self) -> Iterator[CaseClock]:
        """The clocks that run at present."""
        return (clock for clock in self.clocks.values() if clock.state == "running")
