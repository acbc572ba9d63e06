"""A program of this machine as the one that writes down what it hears: `core.service.transcripts.Transcriber`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path

from core.service.transcripts import NotHeard

LONGEST_ANSWER = 64 * 1024


class CommandTranscriber:
    """
    Runs a command for each recording, in a process group of its own, with nothing of our environment but the path.

    The recording lies in a folder that only we may read, for as long as the program runs.
    """

    def __init__(self, command: Sequence[str], *, seconds: float) -> None:
        self._command, self._seconds = tuple(command), seconds

    async def transcribe(self, sound: bytes) -> str:
        """What the program printed. Raises: NotHeard: it failed, took too long, or printed no text."""
        with tempfile.TemporaryDirectory(prefix="ban-nhap-") as folder:
            path = Path(folder) / "recording.wav"
            await asyncio.to_thread(path.write_bytes, sound)
            try:
                said = await self._run(path)
                return said.decode()
            except (OSError, UnicodeDecodeError) as error:
                raise NotHeard(type(error).__name__) from error

    async def _run(self, path: Path) -> bytes:
        program = await asyncio.create_subprocess_exec(
            *self._command,
            str(path),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._seconds):
                said, code = await _answer(program)
        except TimeoutError:
            raise NotHeard("took too long") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            await program.wait()
        if code:
            raise NotHeard(f"exit {code}")
        return said


async def _answer(program: asyncio.subprocess.Process) -> tuple[bytes, int]:
    """What it printed and how it ended; a program that talks without end is cut."""
    if program.stdout is None:
        raise NotHeard("no output")
    said = await program.stdout.read(LONGEST_ANSWER + 1)
    while more := await program.stdout.read(LONGEST_ANSWER):
        said += more
        if len(said) > LONGEST_ANSWER:
            raise NotHeard("printed too much")
    return said, await program.wait()
