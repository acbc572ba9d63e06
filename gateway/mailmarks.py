"""How far the folders of a hosted mailbox were read, kept in the database for whichever process reads next."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial

from channels.email.imap import Mark
from core.storage import settings
from core.storage.database import Database


class StoredMarks:
    """The marks of one mailbox at one server; implements `channels.email.imap.Progress`."""

    def __init__(self, database: Database, mailbox: str) -> None:
        self._database = database
        self._mailbox = mailbox

    async def load(self, folder: str) -> Mark | None:
        """The mark of a folder; None where it was never read."""
        found = await self._database.read(partial(settings.get, key=self._key(folder)))
        if found is None:
            return None
        return Mark(found["validity"], found["uid"], datetime.fromisoformat(found["at"]))

    async def save(self, folder: str, mark: Mark) -> None:
        """Keep a mark from now on."""
        value = {"validity": mark.validity, "uid": mark.uid, "at": mark.at.isoformat()}
        await self._database.write(partial(settings.put, key=self._key(folder), value=value))

    def _key(self, folder: str) -> str:
        """A digest, as names of mailboxes and folders may be longer than a key."""
        return "imap/" + hashlib.sha256(f"{self._mailbox}\n{folder}".encode()).hexdigest()
