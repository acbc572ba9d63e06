"""
Ringing citizens' devices when the centre warns everybody: neutral words, the warning stands where everybody reads it.

Devices are those that were switched on for news of a report. One that serves several reports shows a warning once.
Written in steps, each with how far it came, so that a restart rings nobody twice and nobody never. A warning rests in
the quiet hours; a disaster does not (VN-6).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

import structlog

from core.contract.schema import Address, OutboundMessage, new_id
from core.notify.quiet import Quiet, quiet_hours
from core.privacy.errors import Erased
from core.service.committing import Committer
from core.service.public_notices import RINGING
from core.service.safe import Safe
from core.service.work import Work
from core.storage import outbox, public_notices
from core.storage.database import Database
from core.storage.outbox import NewEntry
from core.storage.public_notices import NoticeRow

log = structlog.get_logger()

CHANNEL = "webpush"
AT_ONCE = 200
"""Owners of one step."""


class NoticeBell:
    """Writes the bells into the outbox; the lookout wakes who rings them."""

    def __init__(
        self, database: Database, *, safe: Safe, now: Callable[[], datetime], quiet: Quiet | None = None
    ) -> None:
        self._database = database
        self._committer = Committer(database)
        self._safe = safe
        self._now = now
        self._quiet = quiet or quiet_hours()

    async def run_once(self) -> int:
        """The next step of every notice that has not rung everywhere; returns how many bells were written."""
        waits = partial(public_notices.unrung, kinds=RINGING, now=self._now())
        return sum([await self._step(row) for row in await self._database.read(waits)])

    async def _step(self, notice: NoticeRow) -> int:
        read = partial(public_notices.owners, after=notice.rung_to, most=AT_ONCE)
        found, work = await self._database.read(read), Work()
        for owner, subject_id in found:
            await self._safe.bring(subject_id, new=False)
            with suppress(Erased):  # whoever is erased meanwhile is rung no more
                work.put(outbox.ENTRIES, self._entry(notice, owner, subject_id).__dict__)
        reached = found[-1][0] if found else notice.rung_to
        at = None if len(found) == AT_ONCE else self._now()
        work.add(partial(public_notices.rung, notice_id=notice.id, to=reached, at=at))
        await self._committer.commit(work)
        log.info("notice_rings", notice=notice.id, bells=len(found), over=at is not None)
        return len(found)

    def _entry(self, notice: NoticeRow, owner: str, subject_id: str) -> NewEntry:
        entry_id, now = new_id(), self._now()
        message = OutboundMessage(
            id=entry_id,
            channel=CHANNEL,
            account="",
            recipient=Address(channel=CHANNEL, account="", value=owner),
            text=notice.title,
            conversation_id=owner,
            purpose="notice",
            fields={"page": "warning", "about": notice.id},
            expires_at=notice.valid_until,
        )
        rings_at = self._quiet.rings_at(notice.kind, CHANNEL, now)
        return NewEntry(
            id=entry_id,
            dedupe_key=public_notices.bell_key(notice.id, owner),
            conversation_id=owner,
            case_id=None,
            channel=CHANNEL,
            subject_id=subject_id,
            payload_sealed=self._safe.seal(message, subject_id=subject_id, place=f"outbox:{entry_id}"),
            next_at=rings_at,
            created_at=now,
            waits=rings_at > now,
        )
