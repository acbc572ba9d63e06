"""
How long somebody must wait after wrong attempts: log-ins of staff, PINs of reports.

Pure: the attempts of one scope (a login, a login and network, a report code) come in, a waiting time goes out. Waiting
doubles and has an upper bound, so that nobody can lock a colleague out for good by typing nonsense in their name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


@dataclass(frozen=True)
class Attempt:
    """One try: when (aware), and whether it was right."""

    at: datetime
    ok: bool


@dataclass(frozen=True)
class LockoutPolicy:
    """`free` wrong attempts cost nothing; each further one doubles `first_wait` up to `longest_wait`."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta
    forget_after: timedelta

    @property
    def enough(self) -> int:
        """How many of the newest attempts decide: reading more changes nothing."""
        doublings = max(0, (self.longest_wait // self.first_wait).bit_length())
        return self.free + doublings + 1


STAFF_LOGIN = LockoutPolicy(
    free=4, first_wait=timedelta(seconds=15), longest_wait=timedelta(minutes=15), forget_after=timedelta(hours=24)
)
# 10^6 PINs, at most 5 + 24 tries the first day: a year of guessing one code succeeds with less than 1 %.
REPORT_PIN = LockoutPolicy(
    free=4, first_wait=timedelta(minutes=1), longest_wait=timedelta(hours=1), forget_after=timedelta(days=30)
)


def failures(attempts: Iterable[Attempt], policy: LockoutPolicy, now: datetime) -> list[datetime]:
    """Wrong attempts that still count, oldest first: since the last right one, and not forgotten."""
    counted: list[datetime] = []
    for attempt in sorted(attempts, key=lambda attempt: attempt.at):
        if attempt.ok:
            counted.clear()
        elif now - attempt.at < policy.forget_after:
            counted.append(attempt.at)
    return counted


def wait_for(attempts: Iterable[Attempt], policy: LockoutPolicy, now: datetime) -> timedelta:
    """
    How much longer to wait before the next attempt is looked at; zero: now.

    An attempt made while waiting is refused unseen and must not be recorded: it would prolong the wait.
    """
    counted = failures(attempts, policy, now)
    if len(counted) <= policy.free:
        return timedelta(0)
    doublings = min(len(counted) - policy.free - 1, 40)
    wait = min(policy.first_wait * (1 << doublings), policy.longest_wait)
    return max(counted[-1] + wait - now, timedelta(0))


def wait_in_words(wait: timedelta) -> str:
    """What the person reads; the same whether or not login or code exist."""
    seconds = max(1, ceil(wait.total_seconds()))
    span = f"{ceil(seconds / 60)} phút" if seconds >= 60 else f"{seconds} giây"
    return f"Quý vị đã nhập sai nhiều lần. Vui lòng thử lại sau {span}."
