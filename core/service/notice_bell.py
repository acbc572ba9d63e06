"""
Ringing citizens' devices when the centre warns everybody: neutral words, the warning stands where everybody reads it.

Devices are those that were switched on for news of a report. One that serves several reports shows a warning once. A
warning rests in the quiet hours; a disaster does not (VN-6).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from core.contract.schema import Address, OutboundMessage, new_id
from core.privacy.errors import Erased
from core.service.envelope import sealed_entry
from core.service.notice_round import NoticeRound
from core.service.public_notices import RINGING
from core.service.work import Work
from core.storage import outbox, public_notices
from core.storage.database import Connection
from core.storage.outbox import NewEntry
from core.storage.public_notices import NoticeRow

CHANNEL = "webpush"

Owner = tuple[str, str]
"""The conversation whose devices ring, and under whose key that is."""


class NoticeBell(NoticeRound[Owner]):
    """Writes the bells into the outbox; the lookout wakes who rings them."""

    def _waiting(self, connection: Connection) -> Sequence[NoticeRow]:
        return public_notices.unrung(connection, kinds=RINGING, now=self._now())

    def _next(self, connection: Connection, *, notice: NoticeRow) -> Sequence[tuple[str, Owner]]:
        found = public_notices.owners(connection, after=notice.rung_to, most=self._at_once)
        return [(one[0], one) for one in found]

    def _reached(self, connection: Connection, *, notice: NoticeRow, to: str, at: datetime | None) -> None:
        public_notices.rung(connection, notice.id, to=to or notice.rung_to, at=at)

    async def _write(self, work: Work, notice: NoticeRow, one: Owner) -> bool:
        await self._safe.bring(one[1], new=False)
        with suppress(Erased):  # whoever is erased meanwhile is rung no more
            work.put(outbox.ENTRIES, self._entry(notice, *one).__dict__)
            return True
        return False

    def _entry(self, notice: NoticeRow, owner: str, subject_id: str) -> NewEntry:
        message = OutboundMessage(
            id=new_id(),
            channel=CHANNEL,
            account="",
            recipient=Address(channel=CHANNEL, account="", value=owner),
            text=notice.title,
            conversation_id=owner,
            purpose="notice",
            fields={"page": "warning", "about": notice.id},
            expires_at=notice.valid_until,
        )
        key, now = public_notices.bell_key(notice.id, owner), self._now()
        rings_at = self._quiet.rings_at(notice.kind, CHANNEL, now)
        entry = sealed_entry(self._safe, message, subject_id=subject_id, dedupe_key=key, now=now)
        return replace(entry, next_at=rings_at, waits=rings_at > now)
