"""
Whose turn is it? The open work of a case, for queues and boards.

Every open stage has an owner in the pack; a task is that owner's work on the case, on one dispatch, or on one request
for help, with the limit that runs for it. Where the text sets no time there is no due time ("không quy định").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from core.cases.model import Case, CaseClock
from core.regulations.model import Pack, Stage

UNSET_VI = "Không quy định"


@dataclass(frozen=True)
class Task:
    """
    One piece of open work.

    Args:
        role: whose it is, `agency_id` where (None: the centre); `staff_id`: the person it was given to.
        stage: where it stands, `label` in the words of the pack.
        due_at, late_from, clock_id: the limit that runs for it; None where the regulation sets none.
        explanation: how the limit came about, in a Vietnamese sentence; "Không quy định" where there is none.
        resting: the limit is paused.
        rules: what the limit, or else the stage, rests on.
    """

    role: str
    label: str
    stage: str
    agency_id: str | None = None
    dispatch_id: str | None = None
    coordination_id: str | None = None
    staff_id: str | None = None
    due_at: datetime | None = None
    late_from: datetime | None = None
    clock_id: str | None = None
    explanation: str = UNSET_VI
    resting: bool = False
    rules: tuple[str, ...] = ()


def open_tasks(pack: Pack, case: Case) -> list[Task]:
    """All open work of the case; none while its reports are answered elsewhere, or once it is closed."""
    kind = pack.stage("case", case.stage).kind
    if case.merged_into is not None or kind == "closed":
        return []
    return [*_of_case(pack, case), *_of_dispatches(pack, case), *_of_coordinations(pack, case)]


def queued(pack: Pack, case: Case) -> list[Task]:
    """
    The open work as it stands in a queue: at the centre once for everybody, with the nearest of its limits.

    A part that came back makes the case the distributor's again, and one distribution deals with both.
    """
    found = dict[tuple[str, ...], Task]()
    for task in open_tasks(pack, case):
        part = () if task.agency_id is None else (task.agency_id, task.dispatch_id or "", task.coordination_id or "")
        key = (task.role, *part)
        found[key] = _nearest(found[key], task) if key in found else task
    return list(found.values())


def _nearest(one: Task, other: Task) -> Task:
    """The newer step with the limit that ends first."""
    if one.late_from is None or (other.late_from is not None and other.late_from <= one.late_from):
        return other
    limit = {
        name: getattr(one, name) for name in ("due_at", "late_from", "clock_id", "explanation", "resting", "rules")
    }
    return replace(other, **limit)


def _of_case(pack: Pack, case: Case) -> Iterator[Task]:
    stage = pack.stage("case", case.stage)
    if not _is_work(stage):
        return
    for agency_id in _owners(pack, case, stage):
        yield _task(stage, _clock(pack, case, stage), agency_id=agency_id)


def _owners(pack: Pack, case: Case, stage: Stage) -> Iterator[str | None]:
    """The centre; or every agency that answered, where an agency's role owns the stage (clarifying)."""
    level = pack.roles[stage.owner].level
    if level not in ("agency", "unit"):
        yield None
        return
    answered = [item for item in case.dispatches if pack.stage("dispatch", item.stage).kind == "done"]
    units = {item.id: item.unit_id for item in answered if level == "unit"}
    yield from dict.fromkeys(units.get(item.id) or item.agency_id for item in answered)


def _of_dispatches(pack: Pack, case: Case) -> Iterator[Task]:
    for item in case.dispatches:
        stage = pack.stage("dispatch", item.stage)
        if _is_work(stage):
            level = pack.roles[stage.owner].level
            agency = {"agency": item.agency_id, "unit": item.unit_id or item.agency_id}.get(level)
            clock = _clock(pack, case, stage, dispatch_id=item.id)
            yield _task(stage, clock, agency_id=agency, dispatch_id=item.id, staff_id=item.staff_id)


def _of_coordinations(pack: Pack, case: Case) -> Iterator[Task]:
    """Help that is still wanted: not for a part that was withdrawn or went elsewhere, nor once the answer is out."""
    if pack.stage("case", case.stage).kind == "done":
        return
    ended = {item.id for item in case.dispatches if pack.stage("dispatch", item.stage).kind == "closed"}
    for item in case.coordinations:
        stage = pack.stage("coordination", item.stage)
        if _is_work(stage) and item.dispatch_id not in ended:
            clock = _clock(pack, case, stage, coordination_id=item.id)
            yield _task(stage, clock, agency_id=item.agency_id, coordination_id=item.id)


def _is_work(stage: Stage) -> bool:
    return bool(stage.owner) and stage.kind in ("open", "aside")


def _clock(
    pack: Pack, case: Case, stage: Stage, *, dispatch_id: str | None = None, coordination_id: str | None = None
) -> CaseClock | None:
    """
    The limit that presses the owner, the nearest of several: their own, else a colleague's for the same thing.

    An hour to receive and distribute is the distributor's, and presses the receptionist before that.
    """
    about = [
        item
        for item in case.clocks.values()
        if (item.purpose, item.dispatch_id, item.coordination_id) == ("deadline", dispatch_id, coordination_id)
        and item.state != "stopped"
    ]
    house = _house(pack, stage.owner)
    own = [item for item in about if item.role == stage.owner]
    colleagues = [item for item in about if _house(pack, item.role) == house]
    return min(own or colleagues, key=lambda item: item.late_from, default=None)


def _house(pack: Pack, role: str) -> str:
    """Where a role stands; an agency and the unit inside it share what presses either of them."""
    level = pack.roles[role].level
    return "agency" if level == "unit" else level


def _task(stage: Stage, clock: CaseClock | None, **about: str | None) -> Task:
    return Task(
        role=stage.owner,
        label=stage.label,
        stage=stage.id,
        due_at=clock.due_at if clock else None,
        late_from=clock.late_from if clock else None,
        clock_id=clock.id if clock else None,
        explanation=clock.explanation_vi if clock else UNSET_VI,
        resting=clock is not None and clock.state == "paused",
        rules=clock.rules if clock else stage.cites,
        **about,
    )
