"""
Which conversations have something on the longer way through the journal: what they say next takes it as well.

Else it would be stored first, and read before what was said before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection


class Detour:
    """What one process has sent that way and not yet seen in the database."""

    def __init__(self) -> None:
        self._entered = 0
        self._last: dict[str, int] = {}
        self._under_way: dict[int, asyncio.Future[None]] = {}

    def __bool__(self) -> bool:
        return bool(self._last)

    def holds(self, conversations: Collection[str]) -> bool:
        """Whether one of these has something there."""
        return not self._last.keys().isdisjoint(conversations)

    def enter(self, conversations: Collection[str]) -> int:
        """A delivery of these sets out; the number by which it is known."""
        self._entered += 1
        self._under_way[self._entered] = asyncio.get_running_loop().create_future()
        self._last.update(dict.fromkeys(conversations, self._entered))
        return self._entered

    def arrived(self, number: int) -> None:
        """It is in the journal, or its sender knows that it is not."""
        if (waited_for := self._under_way.pop(number, None)) and not waited_for.done():
            waited_for.set_result(None)

    async def in_the_journal(self) -> int:
        """Once all that has set out by now is there; the number of the last."""
        last = self._entered
        await asyncio.gather(*self._under_way.values())
        return last

    def shipped(self, last: int) -> None:
        """All up to this number is in the database."""
        self._last = {conversation: number for conversation, number in self._last.items() if number > last}
