"""
Drafts of what callers said, written by a machine beside their recordings; off unless a deployment names a program.

A draft helps whoever listens; it is marked as a machine's wherever it is shown, answers nobody, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from core.contract.errors import NotFound
from core.privacy.media import FileMediaStore
from core.service.calls import WHOLE_CALL, CallBook, HeldCall, KeptCall
from core.storage import calls
from core.storage.database import Database

log = structlog.get_logger()

NOT_OLDER = timedelta(days=2)
LONGEST = 4000
"""Characters of a draft."""


class NotHeard(Exception):
    """The machine made nothing of a recording; the message is for the log and holds no word of it."""


class Transcriber(Protocol):
    """A machine that writes down what it hears."""

    async def transcribe(self, sound: bytes) -> str:
        """The words of a WAV file; empty: nothing was said. Raises: NotHeard."""


class Transcripts:
    """Drafts one recording after the other, the newest call first; a loop's `run_once`."""

    def __init__(
        self,
        database: Database,
        *,
        book: CallBook,
        media: FileMediaStore,
        transcriber: Transcriber,
        now: Callable[[], datetime],
    ) -> None:
        self._database, self._book, self._media = database, book, media
        self._transcriber, self._now = transcriber, now

    async def run_once(self) -> int:
        """How many were drafted; 1 at most, so that nothing else waits behind a long recording."""
        for call in await self._fresh():
            for key in _undrafted(call):
                if await self._media.holds(key):
                    await self._draft(call, key)
                    return 1
        return 0

    async def _fresh(self) -> list[HeldCall]:
        rows = await self._database.read(partial(calls.newest, most=calls.LONGEST_PAGE))
        oldest = self._now() - NOT_OLDER
        return list(await self._book.opened([row for row in rows if row.ended_at >= oldest]))

    async def _draft(self, call: HeldCall, key: str) -> None:
        """What cannot be heard is an empty draft: it is not tried for ever."""
        try:
            words = await self._transcriber.transcribe(await self._media.get(key))
        except (NotHeard, NotFound) as error:
            log.warning("recording_not_drafted", call=call.row.id, reason=str(error))
            words = ""
        kept = call.kept or KeptCall.model_validate({})
        drafts = (*kept.drafts, (key, " ".join(words.split())[:LONGEST]))
        done = await self._book.amend(call, kept.model_copy(update={"drafts": drafts}))
        log.info("recording_drafted", call=call.row.id, kept=done, characters=len(drafts[-1][1]))


def _undrafted(call: HeldCall) -> Iterable[str]:
    """Recordings of what the caller was asked for; the whole call is for those who listen."""
    if call.kept is None:
        return ()
    done = dict(call.kept.drafts)
    return [key for name, key in call.kept.recordings if key not in done and name != WHOLE_CALL]
