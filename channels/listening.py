"""What channels share that go and ask by themselves (a bot's updates, a mailbox): one asker, and patience."""

from __future__ import annotations

from typing import Protocol

import structlog

from core.contract.errors import GatewayError

log = structlog.get_logger()


class Lease(Protocol):
    """The right to ask, of one process among several."""

    async def hold(self) -> bool:
        """Take it or keep it; whether we have it now. It ends by itself when nobody asks for a while."""

    async def leave(self) -> None:
        """Give it back."""


class Alone:
    """The lease of the only process there is."""

    async def hold(self) -> bool:
        """Always ours."""
        return True

    async def leave(self) -> None:
        """Nobody waits for it."""


class Trouble:
    """
    Tells what ails once, not with every try; says how long to wait.

    Pauses are in seconds: the first, doubled each time up to the longest. `told` is the code of what ails, else empty.
    """

    def __init__(self, channel: str, *, first_pause: float, longest_pause: float) -> None:
        self._channel = channel
        self._first_pause = first_pause
        self._longest_pause = longest_pause
        self.told = ""
        self._times = 0

    def note(self, error: Exception) -> float:
        """One more failure; the seconds to wait before the next try."""
        code = error.code if isinstance(error, GatewayError) else type(error).__name__
        if code != self.told:
            log.warning("listening_fails", channel=self._channel, error=code)
        self.told = code
        self._times += 1
        pause = min(self._first_pause * 2.0 ** min(self._times - 1, 30), self._longest_pause)
        return max(pause, getattr(error, "retry_after", 0.0))

    def over(self) -> None:
        """It works."""
        if self.told:
            log.info("listening_again", channel=self._channel, failures=self._times)
        self.told, self._times = "", 0


async def leave_quietly(lease: Lease, channel: str) -> None:
    """Give a lease back; one that cannot be given back ends by itself."""
    try:
        await lease.leave()
    except Exception as error:
        log.warning("lease_not_left", channel=channel, error=type(error).__name__)
