"""
Milestones read off the events of before: after an update that brought them, or that counts something new.

Works while cases go on, and goes on after a restart where it was; what it writes is what was written at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import structlog

from core.cases.events import parse_event
from core.cases.evolve import evolve
from core.cases.milestones import Milestone, milestones_of
from core.cases.model import Case
from core.regulations.library import PackLibrary
from core.regulations.model import Pack
from core.service.casefile import milestone_rows
from core.storage import cases, kept_figures, milestones
from core.storage.cases import EventRow
from core.storage.database import Connection, Database

log = structlog.get_logger()

BATCH = 50


class Rebuilding:
    """Brings missing milestones, batch by batch."""

    def __init__(self, database: Database, *, packs: Callable[[], PackLibrary]) -> None:
        self._database = database
        self._packs = packs

    async def begin(self) -> None:
        """All of them anew, from the next round on; what was counted with those of before is let go."""
        await self._database.write(kept_figures.forget)
        await self._database.write(partial(milestones.note_missing, after=""))

    async def run_once(self) -> int:
        """One batch; how many cases were read. 0: none is missing any more."""
        after = await self._database.read(milestones.missing_after)
        if after is None:
            return 0
        batch = await self._database.read(partial(milestones.cases_after, after=after, most=BATCH))
        await self._database.write(partial(self._renew, batch=batch))
        if not batch:
            log.info("milestones_complete")
        return len(batch)

    def _renew(self, connection: Connection, batch: list[tuple[str, str]]) -> None:
        packs = self._packs()
        for case_id, regulation in batch:
            events = cases.load_events(connection, case_id)
            rows = milestone_rows(_read_off(events, packs.get(regulation)))
            milestones.renew(connection, case_id, events[-1].version, rows)
        milestones.note_missing(connection, batch[-1][0] if batch else None)


def _read_off(rows: list[EventRow], pack: Pack) -> Iterator[Milestone]:
    case: Case | None = None
    for row in rows:
        event = parse_event(row.body)
        before, case = case, evolve(case, event)
        yield from milestones_of(before, case, at=event.at, pack=pack)
