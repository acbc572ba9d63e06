"""
Taking up one inbox item: read it, find its conversation, let the dialogue answer, store everything at once.

The item is finished in the same transaction as all that came of it, so a crash at any point means it is simply taken
up again. What cannot be read goes to quarantine with its reason and blocks nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

import structlog

from core.contract.errors import PayloadInvalid
from core.contract.ports import CarriesFiles, Channel, ItemKey, RawDelivery
from core.contract.schema import Attachment, DeliveryReceipt, Echo, InboundMessage, Parsed, Standing
from core.intake.happenings import TimerFired, TimerKind
from core.privacy.errors import Erased, MediaRefused
from core.privacy.media import FileMediaStore
from core.privacy.scanner import ScannerAway
from core.service.calls import WITHIN, CallBook
from core.service.clerk import Clerk
from core.service.echoes import Echoes
from core.service.fetching import Fetching, is_remote
from core.service.flood import REASON, Flood
from core.service.inbox_files import source_of
from core.service.naming import Naming
from core.service.receipts import Receipts
from core.service.routing import Routing
from core.service.safe import Safe
from core.service.talk import Talk
from core.service.vitals import Vitals
from core.service.work import Work
from core.storage import inbox_queue, standings, timers
from core.storage.database import Database
from core.storage.inbox import unpack_delivery
from core.storage.inbox_queue import Finished, WaitingItem
from core.storage.standings import StandingRow

log = structlog.get_logger()

_SCAN_SECONDS = 3.0  # in which everybody's next message may wait for the scanner
Files = Mapping[str, bytes]


class Intake:
    """Processes inbox items and timers of conversations. What is rated above `spam_score` gets no automatic answer."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        media: FileMediaStore,
        clerk: Clerk,
        channels: Mapping[str, Channel],
        spam_score: float,
        most_a_minute: int,
        now: Callable[[], datetime],
        call_back_within: str = WITHIN,
    ) -> None:
        self._database = database
        self._safe = safe
        self._media = media
        self._clerk = clerk
        self._channels = channels
        self._spam_score = spam_score
        self._now = now
        self.vitals = Vitals()
        self.flood = Flood(most=most_a_minute)
        self.naming = Naming(clerk, lambda: self._channels)
        self.fetching = Fetching(safe, media, now=now)
        self.calls = CallBook(database, safe=safe, desk=clerk.desk, now=now, within=call_back_within)
        self.echoes = Echoes(database, safe=safe, clerk=clerk)
        self.receipts = Receipts(database, safe, clerk.arrivals, routing=lambda: self.routing)

    @property
    def routing(self) -> Routing:
        """Which way news goes next, over the channels there are now."""
        return Routing(
            self._database,
            safe=self._safe,
            channels=self._channels,
            house=self._clerk.house,
            now=self._now,
            healthy=self.vitals.healthy,
        )

    async def prepare(self, count: int) -> None:
        """So many items will be taken up side by side."""
        await self._clerk.stock.provide(count)
        self._clerk.talks.expect(count)
        self._clerk.committer.expect(count)

    async def prepare_due(self, count: int) -> None:
        """So many waits or limits will end side by side; a wait that ends may open a case."""
        await self._clerk.stock.provide(count)
        self._clerk.committer.expect(count)

    async def take_up(self, item: WaitingItem, *, lease: str = "") -> str:
        """
        Process one item; returns what became of it: done, ignored, erased, quarantined or put_off.

        Args:
            lease: owner of the lease on its conversation, where that is to end with this item.
        Raises: VersionConflict when another worker was faster; any other error means: try again later.
        """
        work = Work()
        if lease:
            work.put(inbox_queue.RELEASED, (lease, item.conversation_key))
        channel = self._channels.get(item.channel)
        if channel is None:
            return await self._finish(work, item, "quarantined", "channel is off")
        try:
            parsed, files = await self._read(item, channel)
        except PayloadInvalid as error:
            return await self._finish(work, item, "quarantined", str(error) or error.code)
        except Erased:
            return await self._finish(work, item, "erased", "body erased")
        messages = [one for one in parsed if isinstance(one, InboundMessage)]
        if beyond := self.flood.over(item, messages):
            return await self._hold_back(work, item, channel, messages[0], tell=beyond == 1)
        if await self.receipts.put_off(work, item, parsed, now=self._now()):
            await self._clerk.committer.commit(work)
            return "put_off"
        return await self._process(work, item, channel, parsed, files)

    async def _hold_back(
        self, work: Work, item: WaitingItem, channel: Channel, message: InboundMessage, *, tell: bool
    ) -> str:
        """One too many of its sender: kept unread; the conversation is put before a person once a minute."""
        if tell:
            talk = await self._clerk.talks.for_message(work, message, threaded=channel.threaded)
            self._clerk.converse.call_person(talk, "flood")
        work.put(inbox_queue.ENDS, Finished(item.id, "quarantined", REASON))
        await self._clerk.finish(work)
        log.warning("item_held_back", channel=item.channel, first=tell)
        return "quarantined"

    async def _read(self, item: WaitingItem, channel: Channel) -> tuple[Sequence[Parsed], Files]:
        """A small message is read here and now; a large one must not hold up everybody else."""
        if not item.large:
            return self._parse(item, channel)
        complete = await self._database.read(partial(inbox_queue.with_body, item=item))
        return await self._media.aside.run(self._parse, complete, channel)

    def _parse(self, item: WaitingItem, channel: Channel) -> tuple[Sequence[Parsed], Files]:
        packed = self._safe.zone.open(item.wrapped_key, item.body_sealed, binding=item.raw_id)
        delivery = unpack_delivery(packed, channel=item.channel, account=item.account, received_at=item.received_at)
        key = ItemKey(item.dedupe_key, item.conversation_key, item.part, item.provider_time)
        files = self._files(channel, delivery, key)
        return channel.parse(delivery, key), files

    def _files(self, channel: Channel, delivery: RawDelivery, key: ItemKey) -> Files:
        return channel.extract_files(delivery, key) if isinstance(channel, CarriesFiles) else {}

    async def _finish(self, work: Work, item: WaitingItem, state: str, reason: str) -> str:
        work.put(inbox_queue.ENDS, Finished(item.id, state, reason))
        await self._clerk.committer.commit(work)
        log.info("item_finished", channel=item.channel, outcome=state, reason=reason)
        return state

    async def _process(
        self, work: Work, item: WaitingItem, channel: Channel, parsed: Sequence[Parsed], files: Files
    ) -> str:
        state, subject, diverted = "ignored", None, False
        for one in parsed:
            if isinstance(one, InboundMessage):
                talk = await self._clerk.talks.for_message(work, one, threaded=channel.threaded)
                kept = await self._hear(work, talk, one, files, item)
                state, subject, diverted = "done", talk.contact_id, diverted or not kept
            elif isinstance(one, DeliveryReceipt):
                state = "done"
                await self.receipts.note(work, one)
            elif isinstance(one, Standing):
                state = "done"
                work.add(partial(standings.note, row=self._standing(one)))
            elif isinstance(one, Echo) and await self.echoes.note(work, one, raw_id=item.raw_id):
                state = "done"
        if diverted:  # one of several is enough: the body they share may not stay
            state, subject = "erased", None
        work.put(inbox_queue.ENDS, Finished(item.id, state, subject_id=subject))
        if diverted:
            work.add(partial(inbox_queue.erase_raw, raw_id=item.raw_id))
        await self._clerk.finish(work)
        log.info("item_processed", channel=item.channel, outcome=state)
        return state

    def _standing(self, told: Standing) -> StandingRow:
        address = told.address
        blind = self._safe.blind.address(address.channel, address.account, address.value)
        return StandingRow(told.channel, told.account, blind, told.reachable, told.reason, told.at)

    async def _hear(self, work: Work, talk: Talk, message: InboundMessage, files: Files, item: WaitingItem) -> bool:
        kept: tuple[Attachment, ...] = ()
        refused: tuple[MediaRefused, ...] = ()
        if message.attachments:
            stored = [await self._store(one, files, talk.contact_id, item) for one in message.attachments]
            kept = tuple(one for one in stored if isinstance(one, Attachment))
            refused = tuple(one for one in stored if isinstance(one, MediaRefused))
            message = message.model_copy(update={"attachments": kept})
        doubted = (message.authenticity.spam_score or 0.0) > self._spam_score
        told = await self._clerk.quotes.noted(talk, message)
        heard = await self._clerk.converse.hear(work, talk, told, raw_id=item.raw_id, refused=refused, doubted=doubted)
        if heard:
            await self.fetching.ask(work, talk, message)
            self.naming.note(work, talk)
            await self.calls.note(work, talk, message)
        else:
            work.afterwards += [partial(self._media.delete, file.stored_key) for file in kept if file.stored_key]
        return heard

    async def _store(
        self, attachment: Attachment, files: Files, contact_id: str, item: WaitingItem
    ) -> Attachment | MediaRefused:
        """
        Keep a file under its owner's key; one that is not taken is named in the log by its reason only.

        While the scanner is away or silent it stays in the inbox and is fetched from there: nobody's words wait for it.
        """
        if is_remote(attachment):
            return self.fetching.place(attachment, contact_id=contact_id)
        data = files.get(attachment.sha256)
        if attachment.stored_key or data is None:
            return attachment
        try:
            return await self._media.put_file(
                data, subject_id=contact_id, name=attachment.name, tell_place=True, scanned_within=_SCAN_SECONDS
            )
        except MediaRefused as refusal:
            log.info("file_refused", reason=refusal.reason)
            return refusal
        except ScannerAway as away:
            log.info("file_waits", reason=away.code)
            return self.fetching.hold(attachment, source=source_of(item, attachment.sha256), contact_id=contact_id)

    async def fire_timer(self, timer: timers.DueTimer) -> None:
        """A wait of a conversation is over. VersionConflict when it was fired or moved meanwhile."""
        work = Work()
        talk = await self._clerk.talks.load(work, timer.conversation_id)
        work.put(timers.TAKEN, timer.id)
        await self._clerk.converse.happen(work, talk, TimerFired(TimerKind(timer.kind)))
        await self._clerk.finish(work)
