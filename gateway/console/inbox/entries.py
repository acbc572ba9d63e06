"""The lines of the inbox and the lists they come from: tasks of cases, conversations, calls that are owed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from core.cases.model import Case
from core.contract.schema import CallOutcome
from core.service.actors import Member
from core.service.calls import CallBook, HeldCall
from core.service.reading import CaseReader
from core.service.reading.lists import UNDATED as UNDATED_CASE
from core.service.reading.lists import After, microseconds
from core.service.reading.views import ConversationLine, QueueLine
from core.storage.staff_lists import SPAM_BEHIND
from gateway.console.inbox.merging import Part, Place, start_of
from gateway.console.inbox.wish import CALLS, CASES, SORTS, TALKS, Wish

CALL_CHANNEL = "call_center"
UNDATED = 2**60
"""The place of work without a due time: behind every instant, and before likely spam."""
_ROUNDS = 5
_PAGE = 50

Item = QueueLine | ConversationLine | HeldCall


@dataclass(frozen=True)
class Entry:
    """One line: what sort of work it is, where it stands, and the work itself. `ref`: what pages call it."""

    sort: str
    place: Place
    ref: str
    item: Item


Unseen = Callable[[Sequence[Entry]], Awaitable[frozenset[str]]]
"""The references of those that a person has not seen yet."""
Read = Callable[[After | None, int], Awaitable[tuple[Sequence[Item], After | None]]]
"""Some items of one list behind a place, and where that list goes on."""


@dataclass(frozen=True)
class Sources:
    """
    The lists of one person.

    `book`: None for who reads no conversations and calls; `unseen`: asked if wished; `cases`: those met, by id.
    """

    reader: CaseReader
    member: Member
    book: CallBook | None
    unseen: Unseen
    cases: dict[str, Case] = field(default_factory=dict)

    async def part(self, sort: str, wish: Wish, *, now: int, after: Place | None, most: int) -> Part[Entry]:
        """What one list adds: pages are read until enough fits the wish, or enough was looked at."""
        number, read = SORTS.index(sort), self._reads(wish)[sort]
        start, found = start_of(number, after), list[Entry]()
        for _ in range(_ROUNDS):
            items, start = await read(start, _PAGE)
            entries = [entry_of(sort, number, item) for item in items]
            fitting = [one for one in entries if fits(one, wish, reader=self.member.id, now=now)]
            fresh = await self.unseen(fitting) if wish.unread else frozenset()
            found += [one for one in fitting if not wish.unread or one.ref in fresh]
            if start is None or len(found) >= most:
                break
        return Part(found, None if start is None else (_instant(sort, start[0]), number, start[1]))

    def _reads(self, wish: Wish) -> Mapping[str, Read]:
        return {CASES: partial(self._cases, wish.role), TALKS: self._talks, CALLS: self._calls}

    async def _cases(self, role: str, after: After | None, most: int) -> tuple[Sequence[Item], After | None]:
        if after is not None and after[0] >= UNDATED:
            after = UNDATED_CASE, after[1]
        page, cases = await self.reader.work(self.member, after=after, most=most, role=role)
        self.cases.update(cases)
        return page.items, page.after

    async def _talks(self, after: After | None, most: int) -> tuple[Sequence[Item], After | None]:
        if self.book is None:
            return (), None
        page = await self.reader.conversations(self.member, after=after, most=most)
        return page.items, page.after

    async def _calls(self, after: After | None, most: int) -> tuple[Sequence[Item], After | None]:
        if self.book is None or (after is not None and after[0] >= UNDATED):
            return (), None
        page = await self.book.owed_page(after=after, most=most)
        return page.items, page.after


def _instant(sort: str, instant: int) -> int:
    return min(instant, UNDATED) if sort == CASES else instant


def entry_of(sort: str, number: int, item: Item) -> Entry:
    """An item with its place: the same instant by which its own list is ordered."""
    match item:
        case QueueLine():
            at, one, ref = microseconds(item.due_at) if item.due_at else UNDATED, item.id, f"case:{item.id}"
        case ConversationLine():
            behind = SPAM_BEHIND if item.mode == "doubted" else 0
            at, one, ref = microseconds(item.last_message_at) + behind, item.id, f"talk:{item.id}"
        case HeldCall():
            row = item.row
            at, one, ref = microseconds(row.due_at) if row.due_at else UNDATED, row.id, f"call:{row.id}"
    return Entry(sort, (at, number, one), ref, item)


def fits(entry: Entry, wish: Wish, *, reader: str, now: int) -> bool:
    """Whether somebody wants to see a line. A conversation has no due time, so it is never late."""
    if wish.channel and channel_of(entry.item) != wish.channel:
        return False
    if wish.mine and not is_mine(entry.item, reader):
        return False
    return not wish.late or (entry.sort != TALKS and entry.place[0] < now)


def channel_of(item: Item) -> str:
    """How it came."""
    if isinstance(item, HeldCall):
        return CALL_CHANNEL
    return item.channel.id if item.channel else ""


def is_mine(item: Item, reader: str) -> bool:
    """Whether it was given to, or taken by, this person."""
    match item:
        case QueueLine():
            return item.mine
        case ConversationLine():
            return item.attendant is not None and item.attendant.id == reader
        case HeldCall():
            return item.row.settled_by == reader


def is_emergency(item: Item) -> bool:
    """Whether it cannot wait."""
    match item:
        case QueueLine():
            return item.urgency.id == "emergency"
        case HeldCall():
            return item.row.outcome == CallOutcome.EMERGENCY
        case _:
            return False
