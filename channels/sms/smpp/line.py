"""
A line that is kept: bound again whenever it is lost, with growing pauses, and never faster than the contract allows.

Logged once when it goes away and once when it is back.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from channels.sms.settings import SmppSettings
from channels.sms.smpp.pdu import Command
from channels.sms.smpp.session import Deliver, Session
from core.contract.errors import ConnectionFailed, SendError, Throttled

FIRST_PAUSE = 0.5
LONGEST_QUEUE = 10.0
"""Seconds that a message may wait for its turn; then it is better off in the outbox."""
SLOWEST = 5.0
log = structlog.get_logger()


class Pace:
    """So many messages a second; fewer after the centre has complained, more again while it is content."""

    def __init__(self, per_second: float) -> None:
        self._usual = self._gap = 1.0 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for the next turn. Raises Throttled where too many are waiting already."""
        now = asyncio.get_running_loop().time()
        wait = max(self._next - now, 0.0)
        if wait > LONGEST_QUEUE:
            raise Throttled("too many messages for this line", retry_after=wait, provider_code="pace")
        self._next = now + wait + self._gap
        if wait:
            await asyncio.sleep(wait)

    def slow_down(self) -> float:
        """The centre wants less; returns the seconds to the next turn."""
        self._gap = min(self._gap * 2, SLOWEST)
        return self._gap

    def speed_up(self) -> None:
        """The centre took one."""
        self._gap = max(self._gap * 0.9, self._usual)


class Line:
    """One session after the other. `command` says whether we only send, or listen as well."""

    def __init__(self, settings: SmppSettings, command: Command, *, deliver: Deliver) -> None:
        self._settings = settings
        self._command = command
        self._deliver = deliver
        self._session: Session | None = None
        self._tried = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self.problem: SendError | None = None

    def begin(self) -> None:
        """Start to keep it; idempotent."""
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())

    async def end(self) -> None:
        """Unbind and keep it no longer; idempotent."""
        keeping, self._keeping = self._keeping, None
        session, self._session = self._session, None
        if keeping is not None:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping
        if session is not None:
            await session.close()

    @property
    def bound(self) -> bool:
        """Whether it is open now."""
        return self._session is not None and not self._session.closed.is_set()

    async def session(self) -> Session:
        """The open session, after the first attempt. Raises the SendError for which there is none."""
        await self._tried.wait()
        if self._session is None or self._session.closed.is_set():
            raise self.problem or ConnectionFailed("the line is down")
        return self._session

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                self._session = await Session.open(self._settings, self._command, deliver=self._deliver)
            except SendError as error:
                self._note(error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._settings.reconnect_seconds)
                continue
            self._note(None)
            pause = FIRST_PAUSE
            await self._session.closed.wait()
            self._note(ConnectionFailed("the line was lost"))

    def _note(self, problem: SendError | None) -> None:
        if problem is not None and (self.problem is None or self.problem.code != problem.code):
            log.warning("sms_line_down", channel="sms", error=problem.code, provider_code=problem.provider_code)
        if problem is None:
            log.info("sms_line_up", channel="sms")
        self.problem = problem
        self._tried.set()
