"""A case in the hand: as stored, plus the events of this unit of work, ready to be appended."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.cases.events import Event, canonical
from core.cases.evolve import evolve
from core.cases.milestones import RUNNING_KINDS, Milestone, milestones_of
from core.cases.model import Case
from core.cases.tasks import queued
from core.privacy import chain
from core.regulations.model import Pack
from core.service.actors import involved_agencies
from core.storage.cases import CaseRow, ClockRow, EventRow, TaskRow, entries
from core.storage.milestones import MilestoneRow
from core.storage.together import Entry


@dataclass
class CaseFile:
    """
    `case` already holds `events`; `before`, `stored_version` and `head` are those of the database.

    `subject`: the key subject its texts are sealed under.
    """

    pack: Pack
    case: Case | None = None
    stored_version: int = 0
    head: bytes = b""
    search_text: str = ""
    events: list[Event] = field(default_factory=list)
    milestones: list[Milestone] = field(default_factory=list)
    subject: str = ""
    before: Case | None = None

    @classmethod
    def of(cls, row: CaseRow, pack: Pack, *, subject: str) -> CaseFile:
        """A stored case."""
        case = Case.model_validate(row.state)
        return cls(pack, case, row.version, row.head, row.search_text, subject=subject, before=case)

    def take(self, events: Sequence[Event]) -> None:
        """Fold what was decided."""
        for event in events:
            before, self.case = self.case, evolve(self.case, event)
            self.milestones += milestones_of(before, self.case, at=event.at, pack=self.pack)
        self.events.extend(events)

    @property
    def now(self) -> Case:
        """The case as it stands; LookupError before its first event."""
        if self.case is None:
            raise LookupError("the case has not been received yet")
        return self.case

    @property
    def public_stage(self) -> str:
        """Where the case stands, in the words for outsiders; a stage without such words shows the one before."""
        return self.public_stage_of(self.now)

    def public_stage_of(self, case: Case) -> str:
        """The same of the case as it stood at some moment."""
        stages = (self.pack.stage("case", visit.stage) for visit in reversed(case.trail))
        return next((stage.public for stage in stages if stage.public), "")

    def rows(self) -> tuple[CaseRow, list[Entry]]:
        """The case to store, and everything beside it."""
        events = self._event_rows()
        row = self._case_row(events[-1].hash)
        milestones = milestone_rows(self.milestones)
        tasks, clocks = self._task_rows(), self._clock_rows()
        return row, entries(row, events, tasks=tasks, clocks=clocks, milestones=milestones)

    def _event_rows(self) -> list[EventRow]:
        bodies = [canonical(event) for event in self.events]
        hashes = chain.extend(self.head or chain.start(self.now.id), bodies)
        return [
            EventRow(version=version, name=event.kind, at=event.at, actor=event.by.id, body=body, hash=digest)
            for version, event, body, digest in zip(
                range(self.stored_version + 1, self.stored_version + len(bodies) + 1),
                self.events,
                bodies,
                hashes,
                strict=True,
            )
        ]

    def _case_row(self, head: bytes) -> CaseRow:
        case = self.now
        kind = self.pack.stage("case", case.stage).kind
        latitude, longitude = case.point or (None, None)
        return CaseRow(
            id=case.id,
            code=case.code,
            regulation=case.regulation,
            version=self.stored_version + len(self.events),
            head=head,
            stage=case.stage,
            open=kind in RUNNING_KINDS,
            urgency=case.urgency,
            category=case.category or "",
            received_at=case.received_at,
            closed_at=case.trail[-1].at if kind in ("done", "closed") else None,
            published_at=self._published_at(),
            next_due_at=self._next_due(),
            state=case.model_dump(mode="json"),
            search_text=self.search_text,
            agencies=json.dumps(sorted(involved_agencies(case))),
            latitude=latitude,
            longitude=longitude,
            commune_code=case.commune_code,
        )

    def _published_at(self) -> datetime | None:
        return next((one.at for one in reversed(self.now.publications) if one.kind == "public"), None)

    def _next_due(self) -> datetime | None:
        return min((clock.due_at for clock in self.now.running() if clock.purpose == "deadline"), default=None)

    def _task_rows(self) -> list[TaskRow]:
        """Several agencies may share a stage of the case (clarifying): what no part tells apart is numbered."""
        return [
            TaskRow(
                key=f"{task.role}:{task.dispatch_id or task.coordination_id or number}",
                role=task.role,
                agency_id=task.agency_id or "",
                stage=task.stage,
                due_at=task.due_at,
            )
            for number, task in enumerate(queued(self.pack, self.now), 1)
        ]

    def _clock_rows(self) -> list[ClockRow]:
        clocks = ((clock.id, clock.fires_at) for clock in self.now.clocks.values())
        return [ClockRow(clock_id, fires_at) for clock_id, fires_at in clocks if fires_at is not None]


def milestone_rows(milestones: Iterable[Milestone]) -> list[MilestoneRow]:
    """Milestones to store, in the order in which they were reached."""
    places: Counter[int] = Counter()
    rows = []
    for one in milestones:
        facts = (one.at, one.kind.value, one.name, one.subject, one.agency, one.value)
        rows.append(MilestoneRow(one.version, places[one.version], *facts))
        places[one.version] += 1
    return rows
