"""How long to wait before a message is tried again, and when its channel has been waited for long enough. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

_PAUSES = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 14400, 28800))


_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(minutes=30)
_WORTH_WAITING, _REPLY_WORTH = timedelta(days=7), timedelta(days=1)


def until_let_in(age: timedelta, *, purpose: str) -> timedelta | None:
    """
    The pause before the provider is asked again whether it lets us in; None: what is so old tells nobody anything.

    An answer in a conversation is stale sooner than news about a case.
    """
    worth = _REPLY_WORTH if purpose == "reply" else _WORTH_WAITING
    return min(max(age, _SHORTEST), _LONGEST) if age <= worth else None


@dataclass(frozen=True)
class Pauses:
    """`elsewhere_after`: for how long one way is tried before another is looked for."""

    elsewhere_after: timedelta = timedelta(minutes=30)

    def after(self, attempts: int, *, elsewhere: bool) -> timedelta | None:
        """
        The pause after so many tries; None: given up.

        Args:
            elsewhere: another way may be tried, so that none of it goes beyond the time for that.
        """
        if attempts > len(_PAUSES):
            return None
        pause, waited = _PAUSES[attempts - 1], _waited(attempts)
        return min(pause, self.elsewhere_after - waited) if elsewhere and waited < self.elsewhere_after else pause

    def are_long(self, attempts: int) -> bool:
        """Whether this way was tried for long enough."""
        return _waited(attempts) >= self.elsewhere_after


def _waited(attempts: int) -> timedelta:
    return sum(_PAUSES[: attempts - 1], timedelta())
