"""
Opening a report without its PIN: its code, and a one-time password to the number its reporter left.

Whether the code exists, and whether its reporter left a number, is not told: not by words, not by the work done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from core.contract.errors import NotFound
from core.contract.schema import Report, new_id
from core.identity.codes import parse_code
from core.identity.contacts import Proof
from core.service.carrying import Way
from core.service.proving import Limited, Proving, Sent, Wanted
from core.service.public.locking import Opened, Refused
from core.service.safe import Safe
from core.storage import contacts, reports
from core.storage.challenges import Challenges
from core.storage.database import Connection, Database
from core.storage.reports import ReportRow


class ReportProof:
    """The door beside code and PIN."""

    def __init__(self, database: Database, *, safe: Safe, proving: Proving, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._proving = proving
        self._now = now

    async def request(self, code: str, *, client: str, aloud: bool = False) -> Sent | Limited:
        """Send a password to whoever reported this, or call them. `code`: twelve digits that may be a report's."""
        row = await self._database.read(partial(_find, code=code))
        way = await self._way(row)
        return await self._proving.request(Wanted(self._purpose(code), way, client, named=code, aloud=aloud))

    async def open(self, code: str, challenge_id: str, typed: str) -> Opened | Refused:
        """Whether the answer opens this report; then the number it came to is verified as its reporter's."""
        if not await self._proving.check(challenge_id, typed, purpose=self._purpose(code)):
            return Refused()
        await self._database.write(partial(_verify, code=code, challenge_id=challenge_id, now=self._now()))
        return Opened(code)

    def _purpose(self, code: str) -> str:
        return f"follow:{self._safe.blind.other('otp', code)}"

    async def _way(self, row: ReportRow | None) -> Way | None:
        """Where the reporter is reached; for a report that is not there, the key of nobody is looked for."""
        subject = row.contact_id if row else new_id()
        await self._safe.bring(subject, new=False)
        if row is None:
            return None
        unseal = partial(
            self._safe.open_or_none, row.content_sealed, Report, subject_id=subject, place=f"report:{row.id}"
        )
        report = await self._safe.aside(unseal, subject)
        return self._proving.carriers.way((*report.reporter.phones, *report.reporter.emails)) if report else None


def _verify(connection: Connection, code: str, challenge_id: str, now: datetime) -> None:
    """What was proved is the address that the password went to, whatever would be chosen now."""
    row, proved = _find(connection, code), Challenges(connection).get(challenge_id)
    if row is not None and proved is not None:
        blind = proved.recipient
        contacts.verify_identity(connection, row.contact_id, address_blind=blind, by=Proof.OTP, now=now)


def _find(connection: Connection, code: str) -> ReportRow | None:
    known = parse_code(code)
    try:
        return reports.by_code(connection, known) if known else None
    except NotFound:
        return None
