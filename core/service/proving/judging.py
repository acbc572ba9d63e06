"""Answering a one-time password: right once, wrong five times, and whoever looks learns no more than that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import structlog

from core.contract.errors import VersionConflict
from core.otp.challenge import Challenge, Checked, Outcome, check, issue
from core.service.proving.wanted import ACCEPTED, REFUSED, SYSTEM, secret_of
from core.service.safe import Safe
from core.service.work import Work
from core.storage import people
from core.storage.challenges import Challenges
from core.storage.database import Connection, Database
from core.storage.together import locking

log = structlog.get_logger()

_SWAPS = 8


class Judging:
    """Compares what was typed with what was sent."""

    def __init__(self, database: Database, *, safe: Safe, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._now = now

    async def check(self, challenge_id: str, typed: str, *, purpose: str) -> bool:
        """See `Proving.check`."""
        key = await secret_of(self._safe)
        judge = partial(self._judge, challenge_id=challenge_id, typed=typed, purpose=purpose, key=key)
        for _ in range(_SWAPS):
            outcome = await self._database.write(judge)
            if outcome is not None:
                log.info("otp_checked", outcome=outcome)
                return outcome is Outcome.ACCEPTED
        return False

    async def answer(self, work: Work, phone: str, typed: str, *, purpose: str) -> bool:
        """See `Proving.answer`."""
        key, now = await secret_of(self._safe), self._now()
        recipient = self._safe.blind.phone(phone)
        standing = await self._database.read(lambda connection: Challenges(connection).latest(recipient, purpose))
        judged = check(standing or _nobodys(now), typed, purpose=purpose, now=now, key=key)
        if standing is None or judged.challenge == standing:
            return False
        work.put(_ANSWERED, (standing, judged, now))
        return judged.accepted

    def _judge(
        self, connection: Connection, *, challenge_id: str, typed: str, purpose: str, key: bytes
    ) -> Outcome | None:
        """What the answer is worth; None where somebody else answered at the same moment: look again."""
        store, now = Challenges(connection), self._now()
        standing = store.get(challenge_id)
        judged = check(standing or _nobodys(now), typed, purpose=purpose, now=now, key=key)
        if standing is None:
            return Outcome.WRONG
        if judged.challenge == standing:  # it had no try to lose, so that nobody fills the log either
            return judged.outcome
        return judged.outcome if _swap(connection, standing, judged, now) else None


def _swap(connection: Connection, old: Challenge, judged: Checked, now: datetime) -> bool:
    """Store what an answer changed, and write it down; False where another answer came first."""
    swapped = Challenges(connection).swap(old, judged.challenge)
    if swapped:
        what = ACCEPTED if judged.accepted else REFUSED
        people.log_access(connection, user_id=SYSTEM, what=what, ref=old.id, now=now)
    return swapped


def _swap_all(connection: Connection, answered: Sequence[tuple[Challenge, Checked, datetime]]) -> None:
    for old, judged, now in sorted(answered, key=lambda one: one[0].id):
        if not _swap(connection, old, judged, now):
            raise VersionConflict(f"password {old.id} was answered meanwhile")


_ANSWERED = locking("otp_challenge", _swap_all)


def _nobodys(now: datetime) -> Challenge:
    """What an answer to no challenge at all is compared with, so that it takes as long."""
    return issue(recipient="", purpose="", now=now, key=b"", known=False).challenge
