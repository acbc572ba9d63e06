"""
Letting go when the time has come: who reported a case (VN-15), recordings of calls (VN-5); the case and its texts stay.

Both are off unless the deployment sets a length. What a crash interrupts is finished: of a person by the eraser's own
`resume`, of recordings by the next round, since they are noted as gone after their files went.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.privacy.erasure import ErasureMode
from core.privacy.media import FileMediaStore
from core.service.calls import CallBook, HeldCall
from core.service.erasing import Eraser
from core.storage import fetches, recordings, retention
from core.storage.database import Database
from core.storage.recordings import ServedCall

log = structlog.get_logger()

_PAGE = 100


class Retention:
    """Pseudonymises the reporters of long closed cases; `years` 0: nobody, ever."""

    def __init__(
        self, database: Database, *, eraser: Eraser, now: Callable[[], datetime], years: int, most: int
    ) -> None:
        self._database = database
        self._eraser = eraser
        self._now = now
        self._years = years
        self._most = most

    async def run_once(self) -> int:
        """As many as are due, at most so many as a day may take; returns how many."""
        if not self._years:
            return 0
        before, after, done = years_before(self._now(), self._years), "", 0
        while done < self._most:
            page = partial(retention.due, before=before, after=after, most=min(_PAGE, self._most - done))
            contacts = await self._database.read(page)
            for contact_id in contacts:
                await self._let_go(contact_id)
                done += 1
            if not contacts:
                break
            after = contacts[-1]
        if done:
            log.info("reporters_pseudonymised", count=done, closed_before=before.date().isoformat())
        return done

    async def _let_go(self, contact_id: str) -> None:
        await self._database.write(partial(retention.note, contact_id=contact_id, now=self._now()))
        await self._eraser.erase_contact(contact_id, ErasureMode.PSEUDONYMISE)


class RecordingRetention:
    """
    Erases the recordings of calls, with their playable copies, so many days after nobody needs them any more.

    A call whose caller is owed another, or that belongs to a case that is open, keeps them; their days count from when
    that was settled, or closed. `days` 0: as long as the report they belong to.
    """

    def __init__(
        self,
        database: Database,
        *,
        book: CallBook,
        media: FileMediaStore,
        now: Callable[[], datetime],
        days: int,
        most: int,
    ) -> None:
        self._database = database
        self._book = book
        self._media = media
        self._now = now
        self._days = days
        self._most = most

    async def run_once(self) -> int:
        """Of as many calls as are due, at most so many as a day may take; returns of how many."""
        calls = await self.due(self._days, most=self._most) if self._days else []
        for call in calls:
            await self._let_go(call)
        if calls:
            log.info("recordings_erased", calls=len(calls), files=sum(len(call.stored_keys) for call in calls))
        return len(calls)

    async def due(self, days: int, *, most: int) -> Sequence[ServedCall]:
        """Whose recordings would go now if they were kept so many days; erases nothing."""
        before, after, found = self._now() - timedelta(days=days), "", list[ServedCall]()
        while len(found) < most:
            page = await self._database.read(partial(recordings.settled, before=before, after=after))
            if not page:
                break
            for call in await self._book.opened(page):
                found += await self._served(call, before)
            after = page[-1].id
        return found[:most]

    async def _served(self, call: HeldCall, before: datetime) -> Sequence[ServedCall]:
        """The call, where it can be heard still and nobody needs that."""
        states = await self._database.read(partial(fetches.states, stored_keys=list(call.labels)))
        here = tuple(key for key, state in states.items() if state == "here")
        about, talk = call.facts.about if call.facts else "", call.row.conversation_id
        in_use = partial(recordings.in_use, conversation_id=talk, about=about, before=before)
        if not here or await self._database.read(in_use):
            return ()
        return (ServedCall(here, refs=(talk, *about.split("case:")[1:]), call_id=call.row.id),)

    async def _let_go(self, call: ServedCall) -> None:
        for key in call.stored_keys:
            await self._media.delete(key)
        await self._book.forget_drafts(call.call_id)
        await self._database.write(partial(recordings.let_go, call=call, now=self._now()))


def years_before(now: datetime, years: int) -> datetime:
    """The same day so many years ago; 29 February counts from the 28th."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)


def months_before(now: datetime, months: int) -> datetime:
    """The same day so many months ago; the last days of a long month count from the 28th."""
    years, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    try:
        return now.replace(year=years, month=month + 1)
    except ValueError:
        return now.replace(year=years, month=month + 1, day=28)
