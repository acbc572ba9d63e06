"""
Durable acceptance: nothing is confirmed to a sender before it is on disk, and nothing is stored twice.

Every way in (hook, form, mail, call) ends here. All that arrives while a commit is in flight shares the next one.
The database gets a budget; past it the delivery goes to the local journal and is shipped later, idempotently, since
the unique key is the same. Only when the journal fails too is the sender asked to come back (IntakeUnavailable).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

import structlog

from core.contract.errors import IntakeUnavailable
from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import new_id
from core.storage.database import Database
from core.storage.intake_rows import Acceptance, ItemRow, RawRow, store
from core.storage.journal import Journal, read_frames
from core.storage.types import to_microseconds

log = structlog.get_logger()

_MOST_ROWS = 500
_REASON_LENGTH = 300


class Zone(Protocol):
    """The intake zone's cipher: a fresh key for every raw body."""

    def seal(self, body: bytes, *, binding: str) -> tuple[bytes, bytes]:
        """(wrapped key, ciphertext), bound to the row's id."""


Blind = Callable[[str], str]
"""A keyed hash of 64 hexadecimal digits: provider keys may hold an address, and must stay comparable."""


@dataclass
class InboxCounters:
    """What an operator watches: how deliveries were taken."""

    stored: int = 0
    journaled: int = 0
    refused: int = 0


@dataclass
class _Waiting:
    acceptance: Acceptance
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Inbox:
    """Takes deliveries. `budget` is how long the database may take, in seconds, before the journal is used."""

    def __init__(
        self,
        database: Database,
        *,
        zone: Zone,
        blind: Blind,
        journal: Journal,
        now: Callable[[], datetime],
        budget: float = 0.3,
    ) -> None:
        self._database = database
        self._zone = zone
        self._blind = blind
        self._journal = journal
        self._budget = budget
        self._now = now
        self._waiting: list[_Waiting] = []
        self._flushing: asyncio.Task[None] | None = None
        self._away = False
        self.counters = InboxCounters()
        self.arrived = asyncio.Event()

    async def accept(self, delivery: RawDelivery, items: Sequence[ItemKey], *, quarantine: str = "") -> None:
        """
        Store one delivery with its items; returns when a crash can no longer lose it.

        `quarantine` gives the reason why nobody could split it: it is kept for a person as one item.
        Raises IntakeUnavailable when neither database nor journal could take it.
        """
        acceptance = self._seal(delivery, items, quarantine)
        if not self._away:
            try:
                await asyncio.wait_for(self._commit(acceptance), self._budget)
            except Exception as error:  # whatever ails the database, the journal is the answer
                self._note_away(error)
            else:
                self.counters.stored += 1
                return
        await self._journalise(acceptance)

    async def _commit(self, acceptance: Acceptance) -> None:
        waiting = _Waiting(acceptance)
        self._waiting.append(waiting)
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await waiting.done

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST_ROWS], self._waiting[_MOST_ROWS:]
            problem: Exception | None = None
            try:
                await self._store([waiting.acceptance for waiting in batch])
            except Exception as error:
                problem = error
            for waiting in batch:
                _settle(waiting.done, problem)
            self.arrived.set()

    async def _store(self, acceptances: list[Acceptance]) -> None:
        """One transaction for all; when one poisonous row fails it, row by row."""
        try:
            await self._database.write(partial(store, batch=acceptances), urgent=True)
        except ValueError:
            for acceptance in acceptances:
                await self._database.write(partial(store, batch=[acceptance]), urgent=True)

    def _note_away(self, error: Exception) -> None:
        if not self._away:
            self._away = True
            log.warning("database_away", error=type(error).__name__)

    async def _journalise(self, acceptance: Acceptance) -> None:
        try:
            await asyncio.wait_for(self._journal.append(self._frame(acceptance)), 0.6)
        except (OSError, TimeoutError) as error:
            self.counters.refused += 1
            log.error("journal_failed", error=type(error).__name__)
            raise IntakeUnavailable(str(error)) from error
        self.counters.journaled += 1

    async def ship(self) -> int:
        """Move what the journal holds into the database; returns how many deliveries. Safe to repeat at any point."""
        shipped = 0
        if self._journal.empty:
            if self._away:
                await self._database.write(lambda _: None)
            self._away = False
            return 0
        for segment in await self._journal.pending():
            acceptances = [self._unframe(frame) for frame in read_frames(segment)]
            for start in range(0, len(acceptances), _MOST_ROWS):
                await self._store(acceptances[start : start + _MOST_ROWS])
            self._journal.drop(segment)
            shipped += len(acceptances)
        self._away = False
        log.info("journal_shipped", deliveries=shipped)
        self.arrived.set()
        return shipped

    def _seal(self, delivery: RawDelivery, items: Sequence[ItemKey], quarantine: str) -> Acceptance:
        raw_id = new_id()
        received = to_microseconds(delivery.received_at or self._now())
        wrapped, sealed = self._zone.seal(pack_delivery(delivery), binding=raw_id)
        raw = RawRow(raw_id, delivery.channel, delivery.account, received, sealed, wrapped)
        return Acceptance(raw, tuple(self._item(raw, item, quarantine) for item in items))

    def _item(self, raw: RawRow, item: ItemKey, quarantine: str) -> ItemRow:
        provider_time = to_microseconds(item.provider_time) if item.provider_time else raw.received_at
        return ItemRow(
            raw_id=raw.id,
            channel=raw.channel,
            account=raw.account,
            dedupe_key=self._blind(f"item\0{item.dedupe_key}"),
            conversation_key=self._blind(f"{raw.channel}\0{raw.account}\0{item.conversation_key}"),
            part=item.part,
            provider_time=provider_time,
            received_at=raw.received_at,
            state="quarantined" if quarantine else "new",
            reason=quarantine[:_REASON_LENGTH],
        )

    def _frame(self, acceptance: Acceptance) -> bytes:
        """A journal frame: the keys in it are hashes and the body is ciphertext already."""
        head = json.dumps({"raw": acceptance.raw[:4], "items": acceptance.items}).encode()
        key, body = acceptance.raw.wrapped_key, acceptance.raw.body_sealed
        return b"".join(len(part).to_bytes(4, "big") + part for part in (head, key, body))

    def _unframe(self, frame: bytes) -> Acceptance:
        parts, position = [], 0
        while position < len(frame):
            length = int.from_bytes(frame[position : position + 4], "big")
            parts.append(frame[position + 4 : position + 4 + length])
            position += 4 + length
        head = json.loads(parts[0])
        raw = RawRow._make([*head["raw"], parts[2], parts[1]])
        return Acceptance(raw, tuple(ItemRow._make(item) for item in head["items"]))


def _settle(done: asyncio.Future[None], problem: Exception | None) -> None:
    if done.done():
        return
    if problem is None:
        done.set_result(None)
    else:
        done.set_exception(problem)


def pack_delivery(delivery: RawDelivery) -> bytes:
    """Headers, query and raw body in one string of bytes, the body untouched."""
    head = json.dumps({"headers": dict(delivery.headers), "query": delivery.query}).encode()
    return len(head).to_bytes(4, "big") + head + delivery.body


def unpack_delivery(packed: bytes, *, channel: str, account: str, received_at: datetime) -> RawDelivery:
    """The delivery exactly as it arrived."""
    length = int.from_bytes(packed[:4], "big")
    head = json.loads(packed[4 : 4 + length])
    return RawDelivery(
        channel=channel,
        account=account,
        body=packed[4 + length :],
        headers=head["headers"],
        query=head["query"],
        received_at=received_at.astimezone(UTC),
    )
