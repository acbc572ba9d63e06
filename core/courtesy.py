"""
Courtesy on one event loop: whoever is waited for by somebody outside goes first, what has time lets them.

A provider waits for its receipt; a case that is opened ten milliseconds later keeps nobody waiting. Both run on one
loop, where every step of thinking delays all others, and a webhook needs several turns of it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType

_MOST = 0.005  # shorter than `core.service.grouping` waits for the next, or each would be stored by itself


class Courtesy:
    """
    `with` it while somebody outside waits; `give_way` before a step that has time.

    Such steps are made one after the other, each with a look whether somebody has come meanwhile: many that waited
    together would else hold up whoever comes next for as long as all of them take.
    """

    def __init__(self) -> None:
        self._guests = 0
        self._calm = asyncio.Event()
        self._calm.set()
        self._one = asyncio.Lock()

    def come(self) -> None:
        """Somebody waits from now on."""
        self._guests += 1
        if self._guests == 1:
            self._calm.clear()

    def go(self) -> None:
        """Somebody has what they waited for."""
        self._guests -= 1
        if self._guests == 0:
            self._calm.set()

    def __enter__(self) -> None:
        self.come()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go()

    async def give_way(self, *, most: float = _MOST) -> None:
        """One turn of the loop, and as long as somebody waits; but `most` seconds, or work would never get on."""
        async with self._one:
            await asyncio.sleep(0)
            if self._guests:
                with suppress(TimeoutError):
                    async with asyncio.timeout(most):
                        await self._calm.wait()
