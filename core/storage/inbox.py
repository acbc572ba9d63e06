"""
Durable acceptance: nothing is confirmed to a sender before it is on disk, and nothing is stored twice.

Every way in (hook, form, mail, call) ends here. All that arrives while a commit is in flight shares the next one.
The database gets a budget; past it the delivery goes to the local journal and is shipped later, idempotently, since
the unique key is the same. Only when the journal fails too is the sender asked to come back (IntakeUnavailable).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

import structlog

from core.contract.errors import IntakeUnavailable
from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import new_id
from core.storage.database import Database
from core.storage.intake_rows import Acceptance, ItemRow, RawRow, is_about_data, store
from core.storage.journal import Journal, read_frames
from core.storage.types import to_microseconds

log = structlog.get_logger()

_MOST_ROWS = 500
_MOST_BYTES = 16 * 1024 * 1024
_REASON_LENGTH = 300
_TEXT_LENGTH = 200
_CATCH_UP_ROUNDS = 3


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
        self._away = not journal.empty  # what waits there came first
        self._shipping = asyncio.Lock()
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
            batch = next(_batches([waiting.acceptance for waiting in self._waiting]))
            taken, self._waiting = self._waiting[: len(batch)], self._waiting[len(batch) :]
            # Whoever gave up waiting has gone to the journal.
            await self._commit_all([waiting for waiting in taken if not waiting.done.cancelled()])

    async def _commit_all(self, taken: Sequence[_Waiting]) -> None:
        problem: Exception | None = None
        unfit: list[Acceptance] = []
        try:
            unfit = await self._store([waiting.acceptance for waiting in taken])
        except Exception as error:
            problem = error
        for waiting in taken:
            refused = any(waiting.acceptance is one for one in unfit)
            _settle(waiting.done, ValueError("the database does not take it") if refused else problem)
        self.arrived.set()

    async def _store(self, acceptances: Sequence[Acceptance]) -> list[Acceptance]:
        """One transaction for all; when one poisonous row fails it, row by row. Returns what no database will take."""
        try:
            await self._database.write(partial(store, batch=acceptances), urgent=True)
        except Exception as error:
            if not is_about_data(error):
                raise
            if len(acceptances) == 1:
                log.error("delivery_unfit", channel=acceptances[0].raw.channel, error=type(error).__name__)
                return list(acceptances)
            return [unfit for one in acceptances for unfit in await self._store([one])]
        return []

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
        shipped = 0
        try:
            for segment in [] if self._journal.empty else await self._journal.pending():
                batches = _batches(map(self._unframe, read_frames(segment)))
                while batch := await asyncio.to_thread(next, batches, None):
                    for unfit in await self._store(batch):
                        await self._journal.set_aside(self._frame(unfit))
                    shipped += len(batch)
                    self.arrived.set()
                self._journal.drop(segment)
        finally:
            self._journal.release()
        return shipped

    def _seal(self, delivery: RawDelivery, items: Sequence[ItemKey], quarantine: str) -> Acceptance:
        delivery = replace(delivery, account=_storable(delivery.account))
        raw_id = new_id()
        received = to_microseconds(delivery.received_at or self._now())
        wrapped, sealed = self._zone.seal(pack_delivery(delivery), binding=raw_id)
        raw = RawRow(raw_id, delivery.channel, delivery.account, received, sealed, wrapped)
        return Acceptance(raw, tuple(self._item(raw, item, quarantine) for item in items))

    def _item(self, raw: RawRow, item: ItemKey, quarantine: str) -> ItemRow:
        provider_time = to_microseconds(item.provider_time) if item.provider_time else raw.received_at
        part = _storable(item.part)
        reason = quarantine if part == item.part else quarantine or "its part cannot be stored"
        return ItemRow(
            raw_id=raw.id,
            channel=raw.channel,
            account=raw.account,
            dedupe_key=self._hashed(f"item\0{item.dedupe_key}"),
            conversation_key=self._hashed(f"{raw.channel}\0{raw.account}\0{item.conversation_key}"),
            part=part,
            provider_time=provider_time,
            received_at=raw.received_at,
            state="quarantined" if reason else "new",
            reason=_storable(reason, most=_REASON_LENGTH),
        )

    def _hashed(self, key: str) -> str:
        return self._blind(key.encode("utf-8", "backslashreplace").decode())

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


def _batches(acceptances: Iterable[Acceptance]) -> Iterator[list[Acceptance]]:
    """Never more in one transaction than a database takes, or than memory should hold."""
    batch: list[Acceptance] = []
    size = 0
    for one in acceptances:
        if batch and (len(batch) == _MOST_ROWS or size + len(one.raw.body_sealed) > _MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one.raw.body_sealed)
    if batch:
        yield batch


def _storable(text: str, *, most: int = _TEXT_LENGTH) -> str:
    """What every database takes as text: no NUL, no lone surrogate (a provider's JSON may hold both), not too long."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")[:most]


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
