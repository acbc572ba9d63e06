"""A voice for words that nobody could record beforehand: a program of the province's choice; without one, none."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import structlog

from channels.call_center.prompts.placeholders import NotSpoken, run_speaker, spoken_line
from channels.call_center.prompts.recording import NotASound, read_sound

log = structlog.get_logger()


class Voice(Protocol):
    """Says sentences."""

    async def say(self, text: str) -> bytes | None:
        """Mono, 8 kHz, 16 bit; None where it cannot be said. Never raises."""


class NoVoice:
    """Where no program is named."""

    async def say(self, text: str) -> bytes | None:
        """Nothing."""
        return None


class Speaker:
    """
    A program that reads lines of JSON (file, text, language) and writes WAV files of any rate, as for placeholders.

    `longest_s`: after which it is given up, and the call goes on without the words.
    """

    def __init__(self, command: Sequence[str], *, longest_s: float = 20) -> None:
        self._command = tuple(command)
        self._longest_s = longest_s

    async def say(self, text: str) -> bytes | None:
        """See `Voice`."""
        try:
            return await asyncio.to_thread(self._say, text)
        except (NotSpoken, NotASound, OSError) as error:  # its own words may hold ours: only the kind is logged
            log.error("not_spoken", program=self._command[0], error=type(error).__name__)
            return None

    def _say(self, text: str) -> bytes:
        with tempfile.TemporaryDirectory() as made:
            file = Path(made) / "told.wav"
            run_speaker(self._command, spoken_line(file, text, language="vi"), longest_s=self._longest_s)
            return read_sound(file)
