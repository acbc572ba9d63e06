"""Who calls in a surge, and how long each of them stays; pure, and the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

LEAVING = 0.2
"""A fifth hangs up before all is said."""
FIRST_NUMBER = 900_100_000
BUSY = "7"
"""Last digit of those whose telephone is engaged when we call back."""


@dataclass(frozen=True)
class Surge:
    """
    `rate` callers a second for `seconds`; then `agents` people call back. `leave_s`: when impatient callers hang up.

    `short`: every sentence is a short tone, for a run of a minute.
    """

    seconds: float
    rate: float = 1.6
    agents: int = 10
    leave_s: tuple[float, float] = (0.5, 30.0)
    short: bool = False
    seed: int = 711

    @property
    def callers(self) -> int:
        """How many call."""
        return round(self.rate * self.seconds)


@dataclass(frozen=True)
class Caller:
    """One caller. `leaves_ms` after the answer; None: stays until the hotline hangs up."""

    number: str
    leaves_ms: int | None = None

    @property
    def e164(self) -> str:
        """As the case service knows them."""
        return "+84" + self.number[1:]

    @property
    def busy(self) -> bool:
        """Whether nobody answers when we call back."""
        return self.number.endswith(BUSY)


def crowd(surge: Surge) -> Sequence[Caller]:
    """All who call, in order."""
    chance = random.Random(surge.seed)
    return [_caller(number, chance, surge.leave_s) for number in range(surge.callers)]


def _caller(number: int, chance: random.Random, leave_s: tuple[float, float]) -> Caller:
    leaves = round(1000 * chance.uniform(*leave_s)) if chance.random() < LEAVING else None
    return Caller(f"0{FIRST_NUMBER + number}", leaves)
