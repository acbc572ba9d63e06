"""
Readers of what is told to everybody: where it is sent to them, of which places and fields (TG-P1.I, VN-4, VN-6).

An address is kept only after its owner proved it, sealed under a key of its own that is destroyed when they want no
more. Every letter names the page that ends it: whoever holds that link needs no password.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from core.contract.ports import CarriesCodes, Channel
from core.contract.schema import Address, Model, new_id
from core.identity import phones
from core.intake.fold import fold
from core.privacy.blind import kind_of_address
from core.service.safe import Safe
from core.service.work import Work
from core.storage import notice_readers
from core.storage.database import Database
from core.storage.notice_readers import ReaderRow
from core.storage.public_notices import NoticeRow

log = structlog.get_logger()

SENDERS = ("email", "sms")
"""Channels that can write to an address that a reader types: in words of ours, and to whoever never wrote to us."""
CHATS = ("zalo", "facebook", "telegram")
"""Channels in which somebody asks for notices in their own conversation, and is sent them there."""
_ID, _TAG = 32, 32


class KeptAddress(Model):
    """Where it is sent."""

    address: Address


@dataclass(frozen=True)
class Wish:
    """What somebody wants to be told of. `areas`: names of places; `topics`: fields; none: all."""

    areas: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    def meets(self, notice: NoticeRow) -> bool:
        """Whether a notice is for them; of a disaster everybody there is told, whatever fields they chose."""
        mine, theirs = {fold(one) for one in self.areas}, {fold(one) for one in notice.areas}
        here = not mine or not theirs or bool(mine & theirs)
        asked = not self.topics or not notice.topic or notice.topic in self.topics or notice.kind == "disaster"
        return here and asked


class NoticeReaders:
    """The readers of one deployment. `now` is its clock."""

    def __init__(self, database: Database, *, safe: Safe, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._now = now

    async def keep(self, address: Address, wish: Wish) -> str:
        """From now on this address is written to; it was proved. The same one again changes what it wants."""
        row = await self._row(address, wish)
        before = await self._database.write(partial(notice_readers.put, row=row))
        await self._forget(before)
        return row.id

    async def keep_with(self, work: Work, address: Address, wish: Wish) -> str:
        """The same for a conversation, with whatever else comes of what was said in it."""
        row, before = await self._row(address, wish), await self._at(address)
        work.add(partial(notice_readers.put, row=row))
        work.afterwards.append(partial(self._forget, before.subject_id if before else ""))
        return row.id

    async def end_with(self, work: Work, address: Address) -> None:
        """Nothing more is sent into this conversation."""
        row = await self._at(address)
        if row is not None:
            work.add(partial(notice_readers.end, reader_id=row.id, now=self._now()))
            work.afterwards.append(partial(self._forget, row.subject_id))

    async def _row(self, address: Address, wish: Wish) -> ReaderRow:
        subject, reader = new_id(), new_id()
        await self._safe.make([subject])
        log.info("notice_reader_kept", reader=reader, channel=address.channel, areas=len(wish.areas))
        return ReaderRow(
            id=reader,
            subject_id=subject,
            channel=address.channel,
            address_blind=self._blind(address),
            address_sealed=self._safe.seal(KeptAddress(address=address), subject_id=subject, place=place_of(reader)),
            areas=wish.areas,
            topics=wish.topics,
            since=self._now(),
        )

    async def _at(self, address: Address) -> ReaderRow | None:
        here = partial(notice_readers.at, channel=address.channel, address_blind=self._blind(address))
        return await self._database.read(here)

    def _blind(self, address: Address) -> str:
        return self._safe.blind.address(address.channel, address.account, address.value)

    async def find(self, reader_id: str) -> ReaderRow | None:
        """One reader; None: no more, or never."""
        return await self._database.read(partial(notice_readers.find, reader_id=reader_id))

    async def end(self, reader_id: str) -> None:
        """Nothing more is sent there, and the address is gone for good; a second time changes nothing."""
        row = await self.find(reader_id)
        if row is None:
            return
        await self._database.write(partial(notice_readers.end, reader_id=reader_id, now=self._now()))
        await self._forget(row.subject_id)
        log.info("notice_reader_ended", reader=reader_id, channel=row.channel)

    async def count(self) -> Mapping[str, int]:
        """How many readers there are, by channel."""
        return await self._database.read(notice_readers.count)

    async def link_of(self, reader_id: str) -> str:
        """What stands behind the address of the page that ends it."""
        return reader_id + hmac.digest(await self._key(), reader_id.encode(), "sha256").hex()[:_TAG]

    async def reader_of(self, link: str) -> str:
        """Whose page it is; "" for a link that we never gave out."""
        reader = link[:_ID]
        return reader if hmac.compare_digest((await self.link_of(reader)).encode(), link.encode()) else ""

    async def _key(self) -> bytes:
        return await asyncio.to_thread(self._safe.keys.system_secret, "notice-readers")

    async def _forget(self, subject_id: str) -> None:
        if subject_id:
            await asyncio.to_thread(self._safe.keys.destroy, subject_id, self._now())


def place_of(reader_id: str) -> str:
    """Where a reader's address is sealed."""
    return f"notice_reader:{reader_id}"


def wish_of(row: ReaderRow) -> Wish:
    """What a reader wants."""
    return Wish(tuple(row.areas), tuple(row.topics))


def sender_for(channels: Mapping[str, Channel], value: str) -> Address | None:
    """Where a notice to this number (E.164) or mail address would go; None: nothing here writes to such."""
    wanted = "email" if kind_of_address(value) == "email" else "phone"
    if wanted == "phone" and not phones.at_home(value):
        return None
    able = ((name, one) for name, one in _senders(channels) if one.codes_to == wanted)
    return next((Address(channel=name, account=one.codes_from, value=value) for name, one in able), None)


def kinds_reached(channels: Mapping[str, Channel]) -> Sequence[str]:
    """Which kinds of addresses can be written to: phone, email."""
    reached = {one.codes_to for _, one in _senders(channels)}
    return [kind for kind in ("email", "phone") if kind in reached]


def chats_reached(channels: Mapping[str, Channel]) -> Sequence[str]:
    """Channels in whose conversations notices can be asked for."""
    return [name for name in CHATS if name in channels]


def _senders(channels: Mapping[str, Channel]) -> list[tuple[str, CarriesCodes]]:
    """Who writes to an address of its kind unasked, as one-time passwords have to."""
    named = ((name, channels[name]) for name in SENDERS if name in channels)
    return [(name, one) for name, one in named if isinstance(one, CarriesCodes)]
