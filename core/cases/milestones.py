"""
What statistics count: the milestones of a case, read off its state before and after one event; pure.

A milestone is a fact with no word of anybody in it. The newest one of a subject, as of any moment, says how it stood
then, so that a figure of the past is the same whenever it is asked for (TG-13.4, LS-10.3, VN-9).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.cases.model import Case, CaseClock, Dispatch
from core.regulations.model import Pack

RUNNING_KINDS = ("open", "aside")
"""Kinds of stages in which somebody still has to act."""


class MilestoneKind(StrEnum):
    """
    What a milestone says. `name`, `value` and `subject` mean by kind:

    received: the channel. category, urgency, commune: its id, "" for none. stage: the stage; 1 while work is open.
    part: the stage of an agency's dispatch (subject); 1 while it is open. runs, rests, ended: a time limit (subject its
    clock, name that of the pack); for runs the first late second (Unix), for rests 1 where it was missed before, for
    ended the seconds too late, 0: in time.
    answered: public, private, agency or withheld; 1 for an interim one. rated: the level. complained: nothing.
    """

    RECEIVED = "received"
    CATEGORY = "category"
    URGENCY = "urgency"
    COMMUNE = "commune"
    STAGE = "stage"
    PART = "part"
    RUNS = "runs"
    RESTS = "rests"
    ENDED = "ended"
    ANSWERED = "answered"
    RATED = "rated"
    COMPLAINED = "complained"


@dataclass(frozen=True)
class Milestone:
    """One fact. `version`: of the case after its event; `agency`: who it is counted for, "": the centre."""

    version: int
    at: datetime
    kind: MilestoneKind
    name: str = ""
    subject: str = ""
    agency: str = ""
    value: int = 0


def milestones_of(before: Case | None, after: Case, *, at: datetime, pack: Pack) -> Iterator[Milestone]:
    """What one event at this instant made of a case, to be counted."""
    for kind, name, value in _of_case(before, after, pack):
        yield Milestone(after.version, at, kind, name=name, value=value)
    for dispatch in _changed_parts(before, after):
        opened = pack.stage("dispatch", dispatch.stage).kind in RUNNING_KINDS
        yield Milestone(
            after.version, at, MilestoneKind.PART, dispatch.stage, dispatch.id, dispatch.agency_id, int(opened)
        )
    for clock in _changed_limits(before, after):
        yield _limit(after, clock, at)
    yield from _said(before, after, at)


def _of_case(before: Case | None, after: Case, pack: Pack) -> Iterator[tuple[MilestoneKind, str, int]]:
    if before is None:
        yield MilestoneKind.RECEIVED, after.channel, 0
    if before is None or before.category != after.category:
        yield MilestoneKind.CATEGORY, after.category or "", 0
    if before is None or before.urgency != after.urgency:
        yield MilestoneKind.URGENCY, after.urgency, 0
    if before is None or before.commune_code != after.commune_code:
        yield MilestoneKind.COMMUNE, after.commune_code or "", 0
    if before is None or before.stage != after.stage:
        yield MilestoneKind.STAGE, after.stage, int(pack.stage("case", after.stage).kind in RUNNING_KINDS)


def _changed_parts(before: Case | None, after: Case) -> Iterator[Dispatch]:
    if before is not None and before.dispatches is after.dispatches:
        return
    known = {one.id: (one.stage, one.agency_id) for one in before.dispatches} if before else {}
    yield from (one for one in after.dispatches if known.get(one.id) != (one.stage, one.agency_id))


def _changed_limits(before: Case | None, after: Case) -> Iterator[CaseClock]:
    if before is not None and before.clocks is after.clocks:
        return
    known = before.clocks if before else {}
    for clock in after.clocks.values():
        if clock.purpose == "deadline" and known.get(clock.id) is not clock and _turned(known.get(clock.id), clock):
            yield clock


def _turned(was: CaseClock | None, now: CaseClock) -> bool:
    return was is None or (was.state, was.late_from, was.late_s) != (now.state, now.late_from, now.late_s)


def _limit(case: Case, clock: CaseClock, at: datetime) -> Milestone:
    """How a limit stands after a change, counted for the agency whose part of the case it limits."""
    part = case.part_of(clock)
    agency = case.dispatch(part).agency_id if part else ""
    if clock.coordination_id is not None:
        agency = case.coordination(clock.coordination_id).agency_id
    kind, value = {
        "running": (MilestoneKind.RUNS, int(clock.late_from.timestamp())),
        "paused": (MilestoneKind.RESTS, int(clock.breached_at is not None)),
        "stopped": (MilestoneKind.ENDED, clock.late_s),
    }[clock.state]
    return Milestone(case.version, at, kind, clock.name, clock.id, agency, value)


def _said(before: Case | None, after: Case, at: datetime) -> Iterator[Milestone]:
    """Answers, verdicts of reporters, and their wishes for a better answer."""
    if before is None:
        return
    for number, answer in enumerate(after.publications):
        known = before.publications[number] if number < len(before.publications) else None
        agency = answer.agency_id or after.lead_agency or ""
        if known is None:
            yield Milestone(
                after.version, at, MilestoneKind.ANSWERED, answer.kind, str(number), agency, int(answer.interim)
            )
        rated = len(known.ratings) if known else 0
        for given in answer.ratings[rated:]:
            yield Milestone(after.version, at, MilestoneKind.RATED, given.level, given.report_id, agency)
    for _ in after.feedbacks[len(before.feedbacks) :]:
        yield Milestone(after.version, at, MilestoneKind.COMPLAINED)
