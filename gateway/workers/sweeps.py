"""
What is thrown away once a day because it has served (VN-15: kept no longer than needed).

Sessions of staff a month after their end, counted attempts once no limit looks at them, answers remembered for
repeated requests after a week, browsers that follow somebody else's case a while after its end, one-time passwords that
are over, and forms that were never sent, with their files; who
read what once the law does not ask for it any more (VN-14). Figures of diverted messages stay: they name nobody. What
went is noted in the book of deletions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.identity.lockout import REPORT_PIN
from core.service.posting import READ_THERE
from core.service.retaining import months_before
from core.storage import deletions, sweeping
from core.storage.database import Connection
from core.storage.deletions import Deletion
from gateway.auth.sessions import LONGEST
from gateway.deployment import Deployment
from gateway.kept_forms import KEPT_TIME, kept_forms_of

log = structlog.get_logger()

SESSIONS = timedelta(days=30)
ATTEMPTS = timedelta(days=2)
PINS = REPORT_PIN.forget_after + timedelta(days=1)
ANSWERS = timedelta(days=7)
FOLLOWERS = timedelta(days=90)
"""After the case has ended: an answer that is corrected, or work that is taken up again, still rings (A-4, VN-4)."""
FILES = KEPT_TIME + timedelta(hours=1)
"""A form may be sent with its files until `KEPT_TIME` after it was last shown; then it needs a moment to be taken."""
_AT_ONCE = 500


class Sweeper:
    """One round; `run_once` says how much was thrown away."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._database = deployment.database

    async def run_once(self) -> int:
        """Sweep everything."""
        now = self._deployment.now()
        gone = now - SESSIONS
        swept = {
            "sessions": await self._until_done(
                partial(sweeping.sweep_sessions, revoked_before=gone, opened_before=gone - LONGEST)
            ),
            "attempts": await self._until_done(
                partial(sweeping.sweep_attempts, before=now - ATTEMPTS, pins_before=now - PINS)
            ),
            "answers": await self._until_done(partial(sweeping.sweep_answers, before=now - ANSWERS)),
            "followers": await self._until_done(partial(sweeping.sweep_followers, closed_before=now - FOLLOWERS)),
            "passwords": await self._deployment.proving.sweep(),
            "forms": await kept_forms_of(self._deployment).sweep(),
            "files": await self._files(now),
            "access_log": await self._accesses(now),
        }
        deeds = [Deletion(now, what, count) for what, count in swept.items()]
        await self._database.write(partial(deletions.note, deeds=deeds))
        if any(swept.values()):
            log.info("swept", **swept)
        return sum(swept.values())

    async def _until_done(self, sweep: Callable[[Connection], int]) -> int:
        """Piece by piece, so that nobody else waits long for the database."""
        total = 0
        while count := await self._database.write(sweep):
            total += count
        return total

    async def _accesses(self, now: datetime) -> int:
        """Who read what, beyond the months for which that is kept."""
        before = months_before(now, self._deployment.settings.personal_data.access_log_months)
        return await self._until_done(partial(deletions.cut_accesses, before=before))

    async def _files(self, now: datetime) -> int:
        """
        Remove the files and keys of those who were never heard of again; returns of how many.

        A form that was sent and is not worked through yet (in quarantine, or in a journal that waits for its database)
        still needs its files.
        """
        if not self._deployment.journal.empty:
            return 0
        touched = await self._deployment.media.subjects_last_touched()
        sent = await self._database.read(partial(sweeping.unsettled_since, channels=READ_THERE))
        old = [subject for subject, at in touched.items() if at < now - FILES and not _awaited(at, sent)]
        removed = 0
        for start in range(0, len(old), _AT_ONCE):
            some = old[start : start + _AT_ONCE]
            for subject in await self._database.read(partial(sweeping.without_owner, subjects=some)):
                await self._remove(subject)
                removed += 1
        return removed

    async def _remove(self, subject: str) -> None:
        """The key first: whatever a crash leaves of the files can then be read by nobody."""
        await asyncio.to_thread(self._deployment.safe.keys.destroy, subject, self._deployment.now())
        await self._deployment.media.delete_subject(subject)


def _awaited(touched: datetime, sent: Iterable[datetime]) -> bool:
    """Whether a form that was sent then, and waits, may name files that were last touched at this instant."""
    return any(touched - FILES <= at <= touched + FILES for at in sent)
