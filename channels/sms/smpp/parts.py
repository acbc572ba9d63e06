"""
Messages in several parts, put together before anybody is told of them.

No part is confirmed before the whole is stored. A centre that sends the next part only after the last is confirmed, or
has lost one, is not waited for long: what has come is then stored part by part.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from channels.sms.smpp.texts import Part

Confirm = Callable[[int], None]
Release = Callable[[bytes, Sequence[Confirm]], None]
"""Takes what is to be stored as one, and how all of it is confirmed."""


@dataclass
class _Whole:
    parts: dict[int, bytes] = field(default_factory=dict)
    confirms: list[tuple[int, Confirm]] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None


class Assembler:
    """`seconds`: how long parts are waited for, counted from the first."""

    def __init__(self, release: Release, *, seconds: float) -> None:
        self._release = release
        self._seconds = seconds
        self._wholes: dict[str, _Whole] = {}

    @property
    def waits(self) -> bool:
        """Whether something is incomplete."""
        return bool(self._wholes)

    def take(self, raw: bytes, part: Part, confirm: Confirm) -> None:
        """One part; with the last missing one the whole goes on."""
        whole = self._wholes.get(part.whole)
        if whole is None:
            whole = self._wholes[part.whole] = _Whole()
            whole.timer = asyncio.get_running_loop().call_later(self._seconds, self._give_up, part.whole)
        whole.parts[part.number] = raw
        whole.confirms.append((part.number, confirm))
        if len(whole.parts) == part.total:
            self._forget(part.whole)
            self._release(b"".join(raw for _, raw in sorted(whole.parts.items())), [one for _, one in whole.confirms])

    def flush(self) -> None:
        """Wait for nothing more."""
        for key in tuple(self._wholes):
            self._give_up(key)

    def _give_up(self, key: str) -> None:
        whole = self._forget(key)
        for number, raw in sorted(whole.parts.items()):
            self._release(raw, [confirm for whose, confirm in whole.confirms if whose == number])

    def _forget(self, key: str) -> _Whole:
        whole = self._wholes.pop(key)
        if whole.timer is not None:
            whole.timer.cancel()
        return whole
