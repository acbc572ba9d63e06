"""
More messages of one sender within a minute than a person writes: what is beyond the limit is kept unread.

A robot, a broken program or malice must hold nobody else up, and fill no conversation that somebody has to read. What
is held back lies in quarantine with its reason, and can be read from there; a person is told once a minute. A call for
help is read whatever came before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.contract.schema import InboundMessage
from core.intake.arriving import calls_for_help
from core.intake.dialogue import Texts
from core.storage.inbox_queue import WaitingItem

REASON = "too many messages of one sender within a minute"
_REMEMBERED = 10_000


@dataclass(frozen=True)
class _Minute:
    begins: datetime
    messages: int


class Flood:
    """
    Counts what each conversation brings, for one process: several together let as many times more through.

    `most`: messages of one conversation within a minute of the clock.
    """

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._minutes: dict[str, _Minute] = {}

    def over(self, item: WaitingItem, messages: list[InboundMessage]) -> int:
        """
        How far beyond the limit this item is: 0 not at all, 1 as the first of its minute.

        What was tried before, or is read again by a person, is not counted.
        """
        if not messages or item.attempts:
            return 0
        count = self._count(item.conversation_key, item.received_at.replace(second=0, microsecond=0))
        beyond = max(count - self._most, 0)
        return 0 if beyond and any(calls_for_help(one, Texts()) for one in messages) else beyond

    def _count(self, key: str, begins: datetime) -> int:
        before = self._minutes.get(key)
        count = before.messages + 1 if before is not None and before.begins == begins else 1
        if len(self._minutes) >= _REMEMBERED:
            self._minutes = {known: one for known, one in self._minutes.items() if one.begins == begins}
        self._minutes[key] = _Minute(begins, count)
        return count
