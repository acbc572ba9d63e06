"""
Letting identifiers go when their time has come: the case stays, who reported it does not (VN-15).

Off unless the deployment sets a number of years after closing. Noted beside each case before it happens; what a crash
interrupts is finished by the eraser's own `resume`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from core.privacy.erasure import ErasureMode
from core.service.erasing import Eraser
from core.storage import retention
from core.storage.database import Database

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


def years_before(now: datetime, years: int) -> datetime:
    """The same day so many years ago; 29 February counts from the 28th."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)
