"""The spools of several telephony processes, as the web side sees them: one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from channels.call_center.facts import CallRecord
from channels.call_center.media.sealing import public_key
from channels.call_center.secrecy import opened
from channels.call_center.spool import Spool


class Spools:
    """
    A call lies in one of them; which one is looked for, since processes come and go.

    `folders` are asked for each time. `private` opens what is sealed.
    """

    def __init__(self, folders: Callable[[], Iterable[Path]], *, private: bytes) -> None:
        self._folders = folders
        self._private = private

    @property
    def seal_to(self) -> bytes:
        """The public key that `private` opens."""
        return public_key(self._private)

    def opened(self, record: CallRecord) -> CallRecord:
        """A record with all that is sealed in it. Raises: NotOpened."""
        return opened(record, self._private)

    def read(self, source: str, *, most: int) -> bytes | None:
        """The recording that an attachment's source names; None: not, or no longer. ValueError: over `most` bytes."""
        found = (Spool(folder, private=self._private).read(source, most=most) for folder in self._folders())
        return next((one for one in found if one is not None), None)

    def forget(self, call_id: str) -> None:
        """Nothing is left of a call, wherever it lies."""
        for folder in self._folders():
            Spool(folder).forget(call_id)

    def let_go(self, source: str) -> None:
        """The recording is stored: whichever has it forgets it."""
        for folder in self._folders():
            Spool(folder).let_go(source)
