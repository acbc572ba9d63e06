"""
How much of what the provider grants us is used up, and how we keep below it.

It tells with each answer, in percent: X-App-Usage, X-Page-Usage, X-Business-Use-Case-Usage. From 80 on news about
cases waits, so that answers in a conversation still go out.
Source: Graph API, Rate limits; Messenger Platform, Rate limiting (2026-03-23).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.contract.errors import Throttled

SLOW_DOWN = 80.0
STOP = 97.0
LOOK_AGAIN = 60.0
"""Seconds after which one more message may find out whether there is room again."""
_HEADERS = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
_SHARES = ("call_count", "total_time", "total_cputime")


@dataclass(frozen=True)
class Usage:
    """`percent` of the tightest limit; `regained_in`: seconds until there is room again, 0 where that is not said."""

    percent: float = 0.0
    regained_in: float = 0.0


def read_usage(headers: Mapping[str, str]) -> Usage:
    """What the headers of an answer tell."""
    found = [share for name in _HEADERS for share in _shares(headers.get(name, ""))]
    percent = max((_figure(share.get(name)) for share in found for name in _SHARES), default=0.0)
    minutes = max((_figure(share.get("estimated_time_to_regain_access")) for share in found), default=0.0)
    return Usage(percent, minutes * 60)


def _shares(header: str) -> Iterator[Mapping[str, Any]]:
    """One object, or lists of objects by whom they are about."""
    try:
        value = json.loads(header or "{}")
    except ValueError:
        return
    if isinstance(value, dict):
        yield value
        for inside in value.values():
            if isinstance(inside, list):
                yield from (one for one in inside if isinstance(one, dict))


def _figure(value: object) -> float:
    return float(value) if isinstance(value, int | float) and value >= 0 else 0.0


@dataclass
class Share:
    """How much of our share one Page has used up. `clock`: seconds that only grow."""

    clock: Callable[[], float] = time.monotonic
    _used: Usage = field(default_factory=Usage)
    _held_until: float = 0.0

    def note(self, usage: Usage) -> None:
        """An answer told how much is used."""
        self._used = usage
        held = usage.percent >= SLOW_DOWN or usage.regained_in > 0
        self._held_until = self.clock() + (usage.regained_in or LOOK_AGAIN) if held else 0.0

    def admit(self, *, urgent: bool) -> None:
        """Raise Throttled where this message has to wait; an answer to a person waits last."""
        left = self._held_until - self.clock()
        if left > 0 and (self._used.percent >= STOP or self._used.regained_in or not urgent):
            raise Throttled("our share of the provider's limit is nearly used up", retry_after=left)
