"""What every independent telephone here can: start, call or wait to be called, say a tone, keep what it heard."""

from __future__ import annotations

import asyncio
import os
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from channels.call_center.media.tests.phone import tone
from tests.support.sipp import is_taken
from tests.support.sounding import write_wave
from tests.support.waiting import until

NUMBER, HOTLINE = "0900000001", "1022"
SAYS_HERTZ = 440
_SPEAKS_S = 60


@dataclass
class Phone:
    """
    A telephone of somebody else's making, as a process.

    Args:
        port: where it takes calls. `heard`: all that it heard, linear, once its call is over.
    """

    process: asyncio.subprocess.Process
    port: int
    heard: Callable[[], bytes]

    async def ready(self) -> None:
        """It takes calls."""
        await until(partial(is_taken, self.port), "the telephone listens")

    async def type(self, *lines: str) -> None:
        """At its keyboard."""
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        await self.process.stdin.drain()

    async def close(self) -> None:
        """Switch it off."""
        if self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()


async def start(folder: Path, command: Sequence[str], *, port: int, heard: Callable[[], bytes]) -> Phone:
    """Run it with a home of its own; what it says goes to `phone.log`."""
    with (folder / "phone.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env={**os.environ, "HOME": str(folder), "TERM": "dumb"},
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
    return Phone(process, port, heard)


def linear(path: Path) -> bytes:
    """The sound of a file that a telephone has written; empty as long as that is no file yet."""
    try:
        with wave.open(str(path)) as sound:
            return sound.readframes(sound.getnframes())
    except (OSError, EOFError, wave.Error):
        return b""


def microphone(folder: Path) -> Path:
    """What the telephone says: a tone."""
    return write_wave(folder / "says.wav", tone(SAYS_HERTZ, seconds=_SPEAKS_S))
