"""
Durable acceptance: nothing is confirmed to a sender before it is on disk, and nothing is stored twice.

Every way in (hook, form, mail, call) ends here. All that arrives while a commit is in flight shares the next one.
The database gets a budget; past it the delivery goes to the local journal and is shipped later, idempotently, since
the unique key is the same. Only when the journal fails too is the sender asked to come back (IntakeUnavailable).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import structlog

from core.contract.errors import IntakeUnavailable
from core.contract.ports import ItemKey, RawDelivery
from core.counting import ROWS, Buckets
from core.storage.database import Database
from core.storage.detour import Detour
from core.storage.group_commit import MOST_BYTES, MOST_ROWS, MOST_WAITING_BYTES, GroupCommit, Overloaded, Settle
from core.storage.intake_rows import Acceptance, is_about_data
from core.storage.journal import Journal, read_frames
from core.storage.sealing import Arrival, Blind, Sealer, Zone, frame, unframe, unpack_delivery

__all__ = ["Inbox", "InboxCounters", "unpack_delivery"]

log = structlog.get_logger()

_CATCH_UP_ROUNDS = 3
_JOURNAL_SECONDS = 0.6
_MOST_BYTES_HERE = 1024 * 1024  # sealed in the loop's own thread: about a millisecond


class Unfit(ValueError):
    """The database stands, and will never take this delivery."""


@dataclass
class InboxCounters:
    """
    What an operator watches: how deliveries were taken.

    `batches`: how many shared one commit; `commits`: how long each took, in seconds.
    """

    stored: int = 0
    journaled: int = 0
    refused: int = 0
    batches: Buckets = field(default_factory=lambda: Buckets(ROWS))
    commits: Buckets = field(default_factory=Buckets)


class Inbox:
    """
    Takes deliveries.

    `budget` is how long the database may take, in seconds, before the journal is used; `linger` how long a commit
    waits at most, in seconds, for others to share it.
    """

    def __init__(
        self,
        database: Database,
        *,
        zone: Zone,
        blind: Blind,
        journal: Journal,
        now: Callable[[], datetime],
        budget: float = 0.3,
        linger: float = 0.0,
    ) -> None:
        self._database = database
        self._sealer = Sealer(zone=zone, blind=blind, now=now)
        self._journal = journal
        self._commits = GroupCommit(
            self._seal_and_store,
            size=_size,
            keys=_conversations,
            budget=budget,
            linger=linger,
            flights=database.commits_at_once,
        )
        self._away = not journal.empty  # what waits there came first
        self._refusing = False
        self._detour = Detour()
        self._appending = 0  # bytes on their way into the journal
        self._falling_back: set[asyncio.Task[None]] = set()
        self._shipping = asyncio.Lock()
        self.counters = InboxCounters()
        self.arrived = asyncio.Event()

    async def accept(self, delivery: RawDelivery, items: Sequence[ItemKey], *, quarantine: str = "") -> None:
        """
        Store one delivery with its items; returns when a crash can no longer lose it.

        `quarantine` gives the reason why nobody could split it: it is kept for a person as one item.
        Raises IntakeUnavailable when neither database nor journal could take it.
        """
        arrival = Arrival(delivery, items, quarantine)
        problem: Exception | None = None
        if not self._goes_round(arrival):
            try:
                await self._commits.put(arrival)
            except Exception as error:  # whatever ails the database, the journal is the answer
                problem = error
            else:
                self.counters.stored += 1
                return
        number = self._detour.enter(_conversations(arrival))
        try:
            await self._fall_back(arrival, problem)
        finally:
            self._detour.arrived(number)

    def begin(self, delivery: RawDelivery, items: Sequence[ItemKey], settle: Settle, *, quarantine: str = "") -> None:
        """
        The same for who has no task that could wait: `settle` is called once, later, with None when it is safe.

        Otherwise with what `accept` would have raised.
        """
        arrival = Arrival(delivery, items, quarantine)
        if self._goes_round(arrival):
            self._begin_falling_back(arrival, settle, None)
            return
        try:
            self._commits.add(arrival, partial(self._end, arrival, settle))
        except Overloaded as error:
            self._begin_falling_back(arrival, settle, error)

    def _end(self, arrival: Arrival, settle: Settle, problem: Exception | None) -> None:
        if problem is None:
            self.counters.stored += 1
            settle(None)
        else:
            self._begin_falling_back(arrival, settle, problem)

    def _begin_falling_back(self, arrival: Arrival, settle: Settle, problem: Exception | None) -> None:
        number = self._detour.enter(_conversations(arrival))
        task = asyncio.create_task(self._fall_back(arrival, problem))
        self._falling_back.add(task)
        task.add_done_callback(partial(self._fell_back, settle, number))

    def _fell_back(self, settle: Settle, number: int, task: asyncio.Task[None]) -> None:
        self._detour.arrived(number)
        self._falling_back.discard(task)
        error = IntakeUnavailable("we are stopping") if task.cancelled() else task.exception()
        settle(error if error is None or isinstance(error, Exception) else IntakeUnavailable(type(error).__name__))

    def _goes_round(self, arrival: Arrival) -> bool:
        """The database is away, or what its conversation said before is not in it yet."""
        return self._away or (bool(self._detour) and self._detour.holds(_conversations(arrival)))

    async def _fall_back(self, arrival: Arrival, problem: Exception | None) -> None:
        """Into the journal; `problem` is what ails the database, where that is not known already."""
        acceptance = self._sealer.seal(arrival)
        if problem is not None:
            self._note_away(problem)
        await self._journalise(acceptance)

    async def _seal_and_store(self, arrivals: Sequence[Arrival]) -> Mapping[int, Exception]:
        """Sealed only now, not each on its arrival: in a row they cost half as much."""
        large = sum(map(_size, arrivals)) > _MOST_BYTES_HERE
        sealed, problems = await asyncio.to_thread(self._seal, arrivals) if large else self._seal(arrivals)
        unfit = {id(one) for one in await self._store(list(sealed.values()))} if sealed else ()
        return problems | {position: Unfit() for position, one in sealed.items() if id(one) in unfit}

    def _seal(self, arrivals: Sequence[Arrival]) -> tuple[dict[int, Acceptance], dict[int, Exception]]:
        """What can be sealed and what is wrong with the others, by position."""
        sealed: dict[int, Acceptance] = {}
        problems: dict[int, Exception] = {}
        for position, arrival in enumerate(arrivals):
            try:
                sealed[position] = self._sealer.seal(arrival)
            except Exception as error:  # its channel's mistake: all others are stored
                problems[position] = error
        return sealed, problems

    async def _store(self, acceptances: Sequence[Acceptance]) -> list[Acceptance]:
        """One transaction for all; when one poisonous row fails it, row by row. Returns what no database will take."""
        began = time.monotonic()
        try:
            await self._database.accept(acceptances)
        except Exception as error:
            if not is_about_data(error):
                raise
            if len(acceptances) == 1:
                log.error("delivery_unfit", channel=acceptances[0].raw.channel, error=type(error).__name__)
                return list(acceptances)
            return [unfit for one in acceptances for unfit in await self._store([one])]
        self.counters.batches.note(len(acceptances))
        self.counters.commits.note(time.monotonic() - began)
        self.arrived.set()
        return []

    def _note_away(self, error: Exception) -> None:
        if not self._away:
            self._away = True
            log.warning("database_away", error=type(error).__name__)

    async def _journalise(self, acceptance: Acceptance) -> None:
        try:
            await self._append(frame(acceptance))
        except (OSError, TimeoutError, Overloaded) as error:
            self.counters.refused += 1
            self._note_refusing(error)
            raise IntakeUnavailable(str(error)) from error
        self._refusing = False
        self.counters.journaled += 1

    async def _append(self, framed: bytes) -> None:
        """Within its time, and only while there is room: who is refused at once comes back, memory does not."""
        if self._appending >= MOST_WAITING_BYTES:
            raise Overloaded
        self._appending += len(framed)
        try:
            await asyncio.wait_for(self._journal.append(framed), _JOURNAL_SECONDS)
        finally:
            self._appending -= len(framed)

    def _note_refusing(self, error: Exception) -> None:
        if not self._refusing:
            self._refusing = True
            log.error("journal_failed", error=type(error).__name__)

    async def ship(self) -> int:
        """Move what the journal holds into the database; returns how many deliveries. Safe to repeat at any point."""
        async with self._shipping:
            shipped = 0
            for _ in range(_CATCH_UP_ROUNDS):  # while it is away, what arrives goes on into the journal
                count = await self._ship_pending()
                shipped += count
                if not count:
                    break
            if self._away and not shipped:
                await self._database.write(lambda _: None)
            self._away = False
            shipped += await self._ship_pending()
        if shipped:
            log.info("journal_shipped", deliveries=shipped)
        return shipped

    async def close(self) -> None:
        """Let go of the journal; what waits in it is shipped by the next start, or by another process."""
        await self._journal.close()

    async def _ship_pending(self) -> int:
        """All segments that there are now, some at a time; what arrives meanwhile is for the next round."""
        last = await self._detour.in_the_journal()
        shipped, left = 0, self._journal.segments
        try:
            while left > 0 and (segments := await self._journal.pending()):
                for segment in segments:
                    shipped += await self._ship_segment(segment)
                left -= len(segments)
        finally:
            self._journal.release()
        self._detour.shipped(last)
        return shipped

    async def _ship_segment(self, segment: Path) -> int:
        shipped = 0
        waiting = _batches(map(unframe, read_frames(segment)))
        while batch := await asyncio.to_thread(next, waiting, None):
            for unfit in await self._store(batch):
                await self._journal.set_aside(frame(unfit))
            shipped += len(batch)
        self._journal.drop(segment)
        return shipped


def _size(arrival: Arrival) -> int:
    return len(arrival.delivery.body)


def _conversations(arrival: Arrival) -> Collection[str]:
    return [item.conversation_key for item in arrival.items]


def _batches(acceptances: Iterable[Acceptance]) -> Iterator[list[Acceptance]]:
    """Never more in one transaction than a database takes, or than memory should hold."""
    batch: list[Acceptance] = []
    size = 0
    for one in acceptances:
        if batch and (len(batch) == MOST_ROWS or size + len(one.raw.body_sealed) > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one.raw.body_sealed)
    if batch:
        yield batch
