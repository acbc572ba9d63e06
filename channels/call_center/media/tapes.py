"""What one leg records: the whole call, and messages beside it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from channels.call_center.media.recorder import Ending, Recorder, Tape
from channels.call_center.ports import Law, Recorded


class Tapes:
    """The tapes that run. One that is being finished is written to its end, also when nobody waits for it any more."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._running: tuple[Tape, ...] = ()
        self._finishing: set[asyncio.Task[Recorded]] = set()

    def open(self, path: Path, law: Law) -> Tape:
        """A tape that runs from the next tick on."""
        tape = self._recorder.open(path, law)
        self._running = (*self._running, tape)
        return tape

    def add(self, heard: bytes | None, said: bytes | None, law: Law) -> None:
        """One tick, on every tape."""
        for tape in self._running:
            tape.add(heard, said, law)

    async def finish(self, tape: Tape, ended: Ending) -> Recorded:
        """End one. Whoever is cancelled while waiting for it leaves it to go on."""
        return await asyncio.shield(self.end(tape, ended))

    def end(self, tape: Tape, ended: Ending) -> asyncio.Task[Recorded]:
        """End one, without waiting."""
        self._running = tuple(other for other in self._running if other is not tape)
        finishing = asyncio.create_task(tape.finish(ended))
        self._finishing.add(finishing)
        finishing.add_done_callback(self._finishing.discard)
        return finishing

    async def settle(self) -> None:
        """Until every tape that was ended is on disk."""
        if self._finishing:
            await asyncio.wait(self._finishing)
