"""What the due times of a queue rest on, and which of them are paused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.cases.model import Case
from core.cases.tasks import Task, open_tasks
from core.service.reading.lists import given_to
from core.service.reading.views import QueueLine
from core.service.regulation import Regulation


@dataclass(frozen=True)
class Basis:
    """The rules behind one due time (or behind there being none); `staff`: to whom parts of the case were given."""

    rules: tuple[str, ...] = ()
    resting: bool = False
    staff: frozenset[str | None] = frozenset()


def bases(regulation: Regulation, lines: Iterable[QueueLine], cases: Mapping[str, Case]) -> list[Basis]:
    """One for each line, in their order; takes a while."""
    tasks = {case_id: open_tasks(regulation.packs.get(case.regulation), case) for case_id, case in cases.items()}
    return [_of(line, tasks[line.id], frozenset(given_to(cases[line.id]))) for line in lines]


def _of(line: QueueLine, tasks: Sequence[Task], staff: frozenset[str | None]) -> Basis:
    agency = line.agency.id if line.agency else ""
    fitting = [task for task in tasks if (task.role, task.agency_id or "") == (line.role.id, agency)]
    chosen = next((task for task in fitting if task.due_at == line.due_at), next(iter(fitting), None))
    return Basis(chosen.rules, chosen.resting, staff) if chosen else Basis(staff=staff)
