"""Queues and search, as pages of lines."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from core.cases.model import Case
from core.service.actors import Member, seats
from core.service.reading import lists
from core.service.reading.base import Reads
from core.service.reading.lists import After, ListReader, Wanted
from core.service.reading.views import CaseLine, Page, QueueLine
from core.storage import queues
from core.storage.cases import CaseRow
from core.storage.database import Connection
from core.storage.queues import QueueRow
from core.storage.reports import ReportRow

PAGE = 50


QUEUE_PAGE, CASE_PAGE = Page[QueueLine], Page[CaseLine]
"""Kept: a class that is made for one list and dropped is made anew for the next, a fifth of the page's time."""


class _Queue(NamedTuple):
    rows: list[QueueRow]
    after: After | None
    states: dict[str, Case]
    contents: dict[str, ReportRow]


class _Found(NamedTuple):
    rows: list[CaseRow]
    after: After | None
    contents: dict[str, ReportRow]


class ReadsLists(Reads):
    """Lists of cases for one person."""

    async def queue(
        self, member: Member, *, after: After | None = None, most: int = PAGE, role: str = ""
    ) -> Page[QueueLine]:
        """What this person has to do (in one `role`, if named), the nearest due time first."""
        return (await self.work(member, after=after, most=most, role=role))[0]

    async def work(
        self, member: Member, *, after: After | None = None, most: int = PAGE, role: str = ""
    ) -> tuple[Page[QueueLine], Mapping[str, Case]]:
        """The same, and the cases themselves by id."""
        own = [seat for seat in seats(member.grants, self._regulation.current) if role in ("", seat[0])]

        def read(connection: Connection) -> _Queue:
            rows, cursor = lists.queue_rows(connection, seats=own, after=after, most=most)
            states = self._recent.states(connection, {(row.case_id, row.version) for row in rows})
            return _Queue(rows, cursor, states, lists.content_rows(connection, states.values()))

        found = await self._database.read(read)
        reader = await self._lines(found.contents, reader=member.id)
        lines = tuple(reader.queue_line(row, found.states[row.case_id]) for row in found.rows)
        return QUEUE_PAGE(items=lines, after=found.after), found.states

    async def waiting(self, member: Member) -> dict[str, int]:
        """How many tasks wait for this person, per role."""
        own = seats(member.grants, self._regulation.current)
        return await self._database.read(partial(queues.count_tasks, seats=own)) if own else {}

    async def search(
        self, member: Member, wanted: Wanted, *, after: After | None = None, most: int = PAGE
    ) -> Page[CaseLine]:
        """
        Cases that this person may see, the newest first.

        The text may be a report code, a phone number or a mail address (found exactly, the last two by the centre
        alone), else words of the content in any spelling: all of them, those in quotation marks one after the other; a
        star ends a word that only begins so. A page may be short and still be continued.
        """
        allowed = partial(self.allowed, member)
        by_address, reach = self.hears(member), self.reach(member)

        def read(connection: Connection) -> _Found:
            exact = lists.by_key(connection, wanted.text, safe=self._safe, by_address=by_address)
            if exact is None:
                wish = lists.searching(wanted, reach=reach)
                rows, cursor = lists.search_rows(connection, wish, after=after, most=most, allowed=allowed)
            else:
                rows, cursor = [row for row in exact if allowed(Case.model_validate(row.state))][:most], None
            return _Found(rows, cursor, lists.content_rows(connection, (Case.model_validate(r.state) for r in rows)))

        found = await self._database.read(read)
        reader = await self._lines(found.contents)
        return CASE_PAGE(items=tuple(map(reader.case_line, found.rows)), after=found.after)

    async def _lines(self, contents: dict[str, ReportRow], *, reader: str = "") -> ListReader:
        words = await asyncio.to_thread(lists.excerpts, contents, self._opener)
        return ListReader(self._regulation, self._now(), words, reader)
