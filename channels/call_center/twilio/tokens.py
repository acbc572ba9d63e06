"""Names of streams that are awaited: Twilio signs what it opens, and yet each name is good for one connection only."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from typing import Generic, TypeVar

LIFE_S = 60.0
_NODE = re.compile(r"([1-9][0-9]{0,2})-", re.ASCII)
T = TypeVar("T")


class Tokens(Generic[T]):
    """`node` begins every name, so that a relay finds the process. `clock`: seconds that only grow."""

    def __init__(self, *, node: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self._node, self._clock = node, clock
        self._awaited: dict[str, tuple[T, float]] = {}

    def give(self, one: T) -> str:
        """A name for what is awaited."""
        now = self._clock()
        self._awaited = {token: known for token, known in self._awaited.items() if known[1] > now}
        token = f"{self._node}-{secrets.token_urlsafe(24)}"
        self._awaited[token] = (one, now + LIFE_S)
        return token

    def take(self, token: str) -> T | None:
        """What was awaited by this name; from now on nothing is."""
        one, until = self._awaited.pop(token, (None, 0.0))
        return one if until > self._clock() else None


def node_of(token: str) -> int | None:
    """The process that a name belongs to; None where nobody of ours made it."""
    found = _NODE.match(token)
    return int(found[1]) if found else None
