"""
Whoever follows a case that somebody else reported: a code alone opens what everybody may see (A-4), and their browsers
ring when that has moved on.

We know nothing of them but those browsers, which lie under a key of their own, so that they outlast the reporters. The
bell says no more than that there is news.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from core.cases.view import public_fields
from core.contract.schema import Address, OutboundMessage, new_id
from core.notify.quiet import Quiet
from core.service.casefile import CaseFile
from core.service.devices import SealedDevices
from core.service.envelope import sealed_entry
from core.service.safe import Safe
from core.service.work import Work
from core.storage import outbox
from core.storage.outbox import NewEntry
from core.storage.public_notices import TO_EVERYBODY

CHANNEL = "webpush"
MOST_BROWSERS = 200
"""That follow one case; the one that began first makes room."""


class Followers:
    """Rings them. `push`: devices are rung here."""

    def __init__(
        self, *, safe: Safe, devices: SealedDevices, quiet: Quiet, now: Callable[[], datetime], push: bool
    ) -> None:
        self._safe = safe
        self._devices = devices
        self._quiet = quiet
        self._now = now
        self._push = push

    async def write(self, work: Work) -> None:
        """A bell for each case of which everybody can see now that it moved on, if anybody follows it."""
        moved = [file for file in work.cases.values() if has_moved(file)] if self._push else []
        for file in moved:
            if await self._devices.rings(file.now.id):
                await self._safe.bring(circle_of(file.now.id), new=False)
                work.put(outbox.ENTRIES, self._bell(file).__dict__)

    def _bell(self, file: CaseFile) -> NewEntry:
        case_id, now = file.now.id, self._now()
        message = OutboundMessage(
            id=new_id(),
            channel=CHANNEL,
            account="",
            recipient=Address(channel=CHANNEL, account="", value=case_id),
            text="",
            purpose="notice",
            fields={"page": "followed"},
        )
        key = f"{TO_EVERYBODY}{case_id}/{file.stored_version + len(file.events)}"
        entry = sealed_entry(self._safe, message, subject_id=circle_of(case_id), dedupe_key=key, now=now)
        leaves_at = self._quiet.leaves_at(CHANNEL, now)
        return replace(entry, next_at=leaves_at, waits=leaves_at > now)


def has_moved(file: CaseFile) -> bool:
    """Whether outsiders see another stage, or another answer, than before this unit of work."""
    before, now = file.before, file.now
    if before is None or "stage" not in public_fields(now, file.pack):
        return False
    return file.public_stage != file.public_stage_of(before) or now.publications != before.publications


def circle_of(case_id: str) -> str:
    """The key subject that the browsers of a case's followers lie under, 32 hex digits."""
    return hashlib.blake2b(f"followers:{case_id}".encode(), digest_size=16).hexdigest()
