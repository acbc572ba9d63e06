"""
Whether one page of cases is what its events say: pure work, done where it holds nobody up.

A small archive is checked in a thread. Folding a million cases keeps a processor busy for minutes, and in the process
of the gateway everything else would wait for it; so from some thousand cases on pages go to processes of their own,
with the least priority.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from core.canonical import canonical_json
from core.cases.events import Event, parse_event
from core.cases.evolve import fold
from core.cases.model import Case
from core.privacy.chain import ChainedEvent, Head, verify_chain
from core.storage.audit import CaseBytes, CasePage, EventBytes
from core.storage.types import to_microseconds

_PAGES_HERE = 8
_MODESTY = 15
_PATIENCE = 5.0


@dataclass(frozen=True)
class Finding:
    """
    Something that is not as it was written.

    Args:
        what: chain, fold, index, root, case. ref: a case id, or a day.
        problem: in English, without a word of what was written.
    """

    what: str
    ref: str
    problem: str


class Checkers:
    """
    Checks pages in the background, a few at a time; findings come in the order of the pages.

    `pages_here`: how many are checked in this process before others are started.
    """

    def __init__(self, *, pages_here: int = _PAGES_HERE) -> None:
        self._pages_here = pages_here
        self._given = 0
        self._pool: ProcessPoolExecutor | None = None
        self._busy: deque[tuple[CasePage, asyncio.Future[list[Finding]]]] = deque()
        self._most = max(1, os.cpu_count() or 1)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            _end(self._pool)

    async def check(self, page: CasePage) -> list[Finding]:
        """Take one page; returns what was found in those that had to be finished first."""
        self._given += 1
        if self._given > self._pages_here and self._pool is None:
            context = multiprocessing.get_context("spawn")  # threads and locks of this process must not be copied
            self._pool = ProcessPoolExecutor(self._most, mp_context=context, initializer=_be_modest)
        self._busy.append((page, self._begin(page)))
        return await self._finished() if len(self._busy) > 2 * self._most else []

    async def rest(self) -> list[Finding]:
        """What was found in all pages that are still being checked."""
        found = []
        while self._busy:
            found += await self._finished()
        return found

    def _begin(self, page: CasePage) -> asyncio.Future[list[Finding]]:
        """In another process while there is one, else in a thread; a pool may know already that one was killed."""
        loop = asyncio.get_running_loop()
        try:
            return loop.run_in_executor(self._pool, check_page, page)
        except BrokenExecutor:
            self._stay_here()
            return loop.run_in_executor(None, check_page, page)

    async def _finished(self) -> list[Finding]:
        """The longest given page; checked here when the process that had it was killed."""
        page, checking = self._busy.popleft()
        try:
            return await self._done(checking)
        except BrokenExecutor:
            self._stay_here()
            return await asyncio.to_thread(check_page, page)

    def _stay_here(self) -> None:
        """No more processes: what killed one may kill the next."""
        self._pool, self._pages_here = None, sys.maxsize

    async def _done(self, checking: asyncio.Future[list[Finding]]) -> list[Finding]:
        """
        What a page came to. The pool may not know yet that it has a process, and so not see it being killed (CPython
        wakes its watcher before it starts one): anything that is submitted makes it look again.
        """
        while not (await asyncio.wait({checking}, timeout=_PATIENCE))[0]:
            if self._pool is not None:
                with suppress(BrokenExecutor):  # it has seen it by now
                    self._pool.submit(int)
        return await checking


def _end(pool: ProcessPoolExecutor) -> None:
    """
    Let go of the processes, whatever they do: nothing is written by them. Asked politely, one that waits for a lock
    which a killed one took along would never end, and whoever waits for it neither.
    """
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.kill()


def _be_modest() -> None:
    os.nice(_MODESTY)


def check_page(page: CasePage) -> list[Finding]:
    """Everything that is wrong with the cases of one page, and events that belong to none."""
    found = [finding for row in page.cases for finding in check_case(row, page)]
    there = {row.id for row in page.cases}
    return found + [Finding("case", lost, "events without a case") for lost in page.events if lost not in there]


def check_case(row: CaseBytes, page: CasePage) -> Iterator[Finding]:
    """Everything that is wrong with one case."""
    stored = page.events.get(row.id, [])
    chained = (ChainedEvent(event.version, event.body, event.hash) for event in stored)
    broken = verify_chain(chained, case_id=row.id, head=Head(row.id, row.version, row.head))
    if broken is not None:
        yield Finding("chain", row.id, f"event {broken.version}: {broken.problem}")
    try:
        events = [parse_event(event.body) for event in stored]
        case = fold(events)
    except ValueError:
        yield Finding("fold", row.id, "the events cannot be read or folded")
        return
    for event, parsed in zip(stored, events, strict=True):
        if not _columns_tell(event, parsed):
            yield Finding("fold", row.id, f"event {event.version}: its columns differ from its bytes")
    yield from _check_row(row, case)
    fires = {clock.id: to_microseconds(clock.fires_at) for clock in case.clocks.values() if clock.fires_at is not None}
    if page.clocks.get(row.id, {}) != fires:
        yield Finding("index", row.id, "the due-time index does not hold the clocks of the case")


def _columns_tell(event: EventBytes, parsed: Event) -> bool:
    return (event.name, event.at, event.actor) == (parsed.kind, to_microseconds(parsed.at), parsed.by.id)


def _check_row(row: CaseBytes, case: Case) -> Iterator[Finding]:
    if row.state != canonical_json(case.model_dump(mode="json")):
        yield Finding("fold", row.id, "the row's state is not the fold of its events")
    right = {
        "code": case.code,
        "regulation": case.regulation,
        "version": case.version,
        "stage": case.stage,
        "urgency": case.urgency,
        "category": case.category or "",
        "received_at": to_microseconds(case.received_at),
        "published_at": _instant(next((one.at for one in reversed(case.publications) if one.kind == "public"), None)),
        "next_due_at": _instant(
            min((clock.due_at for clock in case.running() if clock.purpose == "deadline"), default=None)
        ),
    }
    for name, value in right.items():
        if getattr(row, name) != value:
            yield Finding("fold", row.id, f"the row's {name} is not that of its events")


def _instant(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)
