"""
Writing to readers what is told to everybody: the gravest first, in steps, each with how far it came, so that a restart
writes to nobody twice and forgets nobody.

A disaster goes ahead of whatever waits, at any hour and to whoever is there; a warning rests in the quiet hours. An
ordinary notice keeps within what NĐ 91/2020 lets be sent unasked (VN-6): from seven to ten at night, three in a day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.contract.schema import OutboundMessage, new_id
from core.notify.quiet import Quiet, quiet_hours
from core.privacy.errors import Erased
from core.service.committing import Committer
from core.service.notice_readers import KeptAddress, NoticeReaders, place_of, wish_of
from core.service.public_notices import NoticeKind
from core.service.safe import Safe
from core.service.work import Work
from core.storage import notice_readers, outbox, public_notices
from core.storage.database import Database
from core.storage.notice_readers import ReaderRow
from core.storage.outbox import NewEntry
from core.storage.public_notices import NoticeRow
from core.storage.types import from_microseconds

log = structlog.get_logger()

AT_ONCE = 200
"""Readers of one step."""
MOST_A_DAY = 3
"""Ordinary notices to one reader within 24 hours (NĐ 91/2020)."""
_DAY = timedelta(hours=24)
_AHEAD = timedelta(days=1)
"""How much earlier than anything else a disaster is due."""
ENDS = "Không nhận nữa: {}"


@dataclass(frozen=True)
class Office:
    """Who writes. `pages`: address of the page that a reader's link is put behind."""

    name: str
    pages: str


class NoticeLetters:
    """Writes letters to readers into the outbox, `at_once` a step. `now` is the deployment's clock."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        office: Office,
        now: Callable[[], datetime],
        quiet: Quiet | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self._database = database
        self._at_once = at_once
        self._committer = Committer(database)
        self._safe = safe
        self._office = office
        self._now = now
        self._quiet = quiet or quiet_hours()
        self._readers = NoticeReaders(database, safe=safe, now=now)

    async def run_once(self) -> int:
        """The next step of every notice that was not written to everybody; returns how many letters were written."""
        rows = await self._database.read(partial(public_notices.untold, now=self._now()))
        return sum([await self._step(row) for row in rows])

    async def _step(self, notice: NoticeRow) -> int:
        read = partial(notice_readers.page, after=notice.told_to, most=self._at_once)
        found, work = await self._database.read(read), Work()
        wanted = [row for row in found if wish_of(row).meets(notice)]
        written = sum([await self._write(work, notice, row) for row in wanted])
        reached = found[-1].id if found else notice.told_to
        at = None if len(found) == self._at_once else self._now()
        work.add(partial(notice_readers.told, notice_id=notice.id, to=reached, at=at))
        await self._committer.commit(work)
        log.info("notice_written_to_readers", notice=notice.id, letters=written, over=at is not None)
        return written

    async def _write(self, work: Work, notice: NoticeRow, row: ReaderRow) -> bool:
        """One letter; False: it could only leave when the notice is over, or the reader wants no more."""
        now = self._now()
        times = leaving(notice.kind, now, quiet=self._quiet, channel=row.channel, recent=_moments(row.recent))
        if times[-1] >= notice.valid_until:
            return False
        page = f"{self._office.pages}/{await self._readers.link_of(row.id)}"
        await self._safe.bring(row.subject_id, new=False)
        with suppress(Erased):  # ended meanwhile
            entry = await self._safe.aside(partial(self._entry, notice, row, page, times[-1]), row.subject_id)
            work.put(outbox.ENTRIES, entry.__dict__)
            if notice.kind == NoticeKind.NOTICE:
                work.add(partial(notice_readers.leaves, reader_id=row.id, moments=times))
            return True
        return False

    def _entry(self, notice: NoticeRow, row: ReaderRow, page: str, leaves_at: datetime) -> NewEntry:
        entry_id, now = new_id(), self._now()
        kept = self._safe.open_model(row.address_sealed, KeptAddress, subject_id=row.subject_id, place=place_of(row.id))
        message = OutboundMessage(
            id=entry_id,
            channel=row.channel,
            account=kept.address.account,
            recipient=kept.address,
            text=f"{self._office.name}: {notice.title}\n\n{notice.text}\n\n{ENDS.format(page)}",
            subject=notice.title,
            conversation_id=entry_id,
            purpose="notice",
            fields={"unsubscribe": page},
            expires_at=notice.valid_until,
        )
        return NewEntry(
            id=entry_id,
            dedupe_key=notice_readers.letter_key(notice.id, row.id),
            conversation_id=entry_id,  # nobody's: it waits behind nothing
            case_id=None,
            channel=row.channel,
            subject_id=row.subject_id,
            payload_sealed=self._safe.seal(message, subject_id=row.subject_id, place=f"outbox:{entry_id}"),
            next_at=leaves_at - _AHEAD if notice.kind == NoticeKind.DISASTER else leaves_at,
            created_at=now,
            waits=leaves_at > now,
        )


def leaving(
    kind: str, now: datetime, *, quiet: Quiet, channel: str, recent: Sequence[datetime]
) -> tuple[datetime, ...]:
    """When a notice leaves for a reader, last, after the others of the day before that; pure."""
    at = quiet.rings_at(kind, channel, now)
    if kind != NoticeKind.NOTICE:
        return (at,)
    counted = sorted(moment for moment in recent if moment > at - _DAY)[-MOST_A_DAY:]
    if len(counted) == MOST_A_DAY:
        at = quiet.rings_at(kind, channel, max(at, counted[0] + _DAY))
    return (*counted, at)[-MOST_A_DAY:]


def _moments(stamps: Sequence[int]) -> list[datetime]:
    return [from_microseconds(stamp) for stamp in stamps]
