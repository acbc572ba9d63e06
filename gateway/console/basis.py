"""What the due times of a queue rest on, and which of them are paused."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from core.cases.model import Case
from core.cases.tasks import Task, open_tasks
from core.service.reading.views import QueueLine
from core.storage import staff_lists
from gateway.deployment import Deployment


@dataclass(frozen=True)
class Basis:
    """The rules behind one due time (or behind there being none)."""

    rules: tuple[str, ...] = ()
    resting: bool = False


async def bases(deployment: Deployment, lines: Sequence[QueueLine]) -> list[Basis]:
    """One for each line, in their order."""
    ids = {line.id for line in lines}
    states = await deployment.database.read(partial(staff_lists.case_states, case_ids=ids))
    return await asyncio.to_thread(_find, deployment, lines, states)


def _find(deployment: Deployment, lines: Sequence[QueueLine], states: Mapping[str, object]) -> list[Basis]:
    tasks: dict[str, list[Task]] = {}
    for case_id, state in states.items():
        case = Case.model_validate(state)
        tasks[case_id] = open_tasks(deployment.regulation.packs.get(case.regulation), case)
    return [_of(line, tasks.get(line.id, [])) for line in lines]


def _of(line: QueueLine, tasks: Sequence[Task]) -> Basis:
    agency = line.agency.id if line.agency else ""
    fitting = [task for task in tasks if (task.role, task.agency_id or "") == (line.role.id, agency)]
    chosen = next((task for task in fitting if task.due_at == line.due_at), next(iter(fitting), None))
    return Basis(chosen.rules, chosen.resting) if chosen else Basis()
