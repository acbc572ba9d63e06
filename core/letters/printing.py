"""Drawing PDFs beside running work: in threads of their own, with limits on time, size and number."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from core.letters.model import Letter, Photo
from core.letters.pdf import LetterNotDrawn, draw

MEGABYTE = 1024 * 1024
MOST_PHOTOS = 10


@dataclass(frozen=True)
class Limits:
    """
    What one PDF may take.

    Args:
        seconds: from asking to having it, waiting included. `threads`: so many are drawn at once.
        letters: characters of the text. `photos`: bytes of all pictures. `drawn`: bytes of the PDF (a mail's room).
    """

    seconds: float = 15.0
    threads: int = 2
    letters: int = 60_000
    photos: int = 12 * MEGABYTE
    drawn: int = 14 * MEGABYTE


class Printer:
    """Draws letters. A drawing that hangs keeps its thread and nobody's page."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._pool = ThreadPoolExecutor(self.limits.threads, thread_name_prefix="letters")

    async def pdf(self, letter: Letter, photos: Sequence[Photo] = ()) -> bytes:
        """
        The letter as PDF; pictures beyond the limits are left out.

        Raises: LetterNotDrawn: too long, too slow, too large, or typst refused.
        """
        if sum(map(len, letter.body)) > self.limits.letters:
            raise LetterNotDrawn("too long")
        drawing = asyncio.get_running_loop().run_in_executor(self._pool, draw, letter, self._fitting(photos))
        try:
            async with asyncio.timeout(self.limits.seconds):
                drawn = await drawing
        except TimeoutError:
            raise LetterNotDrawn("too slow") from None
        if len(drawn) > self.limits.drawn:
            raise LetterNotDrawn("too large")
        return drawn

    def close(self) -> None:
        """Draw nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _fitting(self, photos: Sequence[Photo]) -> tuple[Photo, ...]:
        taken, room = list[Photo](), self.limits.photos
        for photo in photos[:MOST_PHOTOS]:
            if len(photo.data) <= room:
                taken.append(photo)
                room -= len(photo.data)
        return tuple(taken)
