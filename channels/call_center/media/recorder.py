"""
Recordings: one thread writes what all calls say.

A call hands over a second at a time; file and header are written at once, so that a crash leaves a file that plays to
its last second. Where the disk refuses, the call goes on: what is missing is silence in the file, and `complete` is
False.
"""

from __future__ import annotations

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import structlog

from channels.call_center.media.g711 import FRAME, FRAMES_A_SECOND, SILENCE, convert
from channels.call_center.media.tape_file import SealTo, TapeFile
from channels.call_center.ports import Law, Recorded

log = structlog.get_logger()

Ending = Literal["key", "silence", "longest", "stopped", "gone"]
MOST_WAITING = 60
"""Seconds of one call that may wait for a disk that hangs."""


class Recorder:
    """Opens tapes; one for the process. `refused`: how often the disk did not take something, for the alarm."""

    def __init__(self, *, seal_to: SealTo = lambda: None) -> None:
        self._seal_to = seal_to
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="recorder")
        self.refused = 0

    def open(self, path: Path, law: Law) -> Tape:
        """A new recording, made by the next frame; sealed when it ends, where it is known for whom."""
        return Tape(TapeFile(path, seal_to=self._seal_to, refused=self._note), self._pool, law)

    async def stop(self) -> None:
        """Write what is still to write, then end the thread."""
        await asyncio.get_running_loop().run_in_executor(None, self._pool.shutdown)

    def _note(self, path: Path, error: OSError) -> None:
        """On the thread, at the first refusal of a file."""
        self.refused += 1
        log.error("recording_refused", file=path.name, error=error.strerror or type(error).__name__)


class Tape:
    """One recording, fed by the tick. Frames are 160 bytes of `law`."""

    def __init__(self, file: TapeFile, pool: ThreadPoolExecutor, law: Law) -> None:
        self._file, self._pool, self._law = file, pool, law
        self._heard: list[bytes] = []
        self._said: list[bytes] = []
        self._handed = 0
        self.frames = 0

    def add(self, heard: bytes | None, said: bytes | None, law: Law) -> None:
        """One tick; None is silence. The law may change in the middle of a call, the tape's stays."""
        silence = SILENCE[self._law]
        self._heard.append(convert(heard, law, self._law) if heard else silence)
        self._said.append(convert(said, law, self._law) if said else silence)
        self.frames += 1
        if len(self._heard) == FRAMES_A_SECOND:
            self._hand_over()

    async def finish(self, ended: Ending) -> Recorded:
        """End it: written to the last frame, synced, hashed, sealed."""
        self._hand_over()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, functools.partial(self._file.finish, self.frames, ended))

    def _hand_over(self) -> None:
        heard, said = b"".join(self._heard), b"".join(self._said)
        self._heard, self._said = [], []
        if not heard:
            return
        start = self.frames - len(heard) // FRAME
        if self._handed - self._file.taken >= MOST_WAITING:
            self._file.complete = False
            return
        self._handed += 1
        self._pool.submit(self._file.write, start, heard, said, self._law)
