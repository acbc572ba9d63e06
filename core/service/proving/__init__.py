"""
Proving an address by a one-time password: asked for, sent, answered (QB-QD.III.1.1a; design, Identity and privacy).

Whoever asks learns nothing about whether an address is known: a decoy costs the same reads, the same sealing and one
transaction, is limited alike and answered alike; only nothing is sent. The password travels through the outbox under a
key of its own, which goes with it as soon as it was sent or is worth nothing any more. What is written down of it
names nobody: that one was asked for, that one was taken or refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial

from core.otp.limits import OtpLimits
from core.service.carrying import Carriers
from core.service.proving.asking import Asking
from core.service.proving.judging import Judging
from core.service.proving.wanted import ACCEPTED, ASKED, REFUSED, Limited, Sent, Wanted
from core.service.safe import Safe
from core.service.work import Work
from core.storage import challenges
from core.storage.database import Database

__all__ = ["ACCEPTED", "ASKED", "REFUSED", "Limited", "Proving", "Sent", "Wanted"]


class Proving:
    """One-time passwords of a deployment. `changed` wakes whoever sends."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        carriers: Carriers,
        now: Callable[[], datetime],
        changed: Callable[[], None],
        bounds: OtpLimits | None = None,
    ) -> None:
        self._database = database
        self._safe = safe
        self.carriers = carriers
        self._now = now
        self._changed = changed
        self._asking = Asking(database, safe=safe, carriers=carriers, now=now, bounds=bounds or OtpLimits())
        self._judging = Judging(database, safe=safe, now=now)

    async def request(self, wanted: Wanted) -> Sent | Limited:
        """Send a password, or seem to."""
        answer = await self._asking.request(wanted)
        if isinstance(answer, Sent):
            self._changed()
        return answer

    async def check(self, challenge_id: str, typed: str, *, purpose: str) -> bool:
        """
        Whether the answer is right; then the password is used up.

        Whatever else is true of it (unknown, wrong, too late, used) is the same answer; parallel ones cost a try each.
        """
        return await self._judging.check(challenge_id, typed, purpose=purpose)

    async def answer(self, work: Work, phone: str, typed: str, *, purpose: str) -> bool:
        """
        As `check`, of the newest password of a number, within a unit of work: used up only if all of it is stored.

        The commit raises VersionConflict where another answer came first.
        """
        return await self._judging.answer(work, phone, typed, purpose=purpose)

    async def sweep(self) -> int:
        """Throw away what is over: keys first, so that nothing of a message can be read; returns how many."""
        swept = 0
        while ids := await self._database.read(partial(challenges.expired, before=self._now())):
            for challenge_id in ids:
                await asyncio.to_thread(self._safe.keys.destroy, challenge_id, self._now())
            swept += await self._database.write(partial(challenges.remove, ids=ids))
        return swept
