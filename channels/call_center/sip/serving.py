"""Server transactions: one request of theirs, answered once however often it arrives (RFC 3261 §17.2, RFC 6026)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from channels.call_center.sip.flows import Flow
from channels.call_center.sip.repeating import Repeater
from channels.call_center.sip.settings import STREAMS, Timers
from channels.call_center.sip.wire import SipRequest, SipResponse

Forget = Callable[[], None]


class ServerTransaction:
    """A request that is not INVITE: the last answer is repeated for as long as the peer may ask again (timer J)."""

    def __init__(self, request: SipRequest, flow: Flow, timers: Timers, forget: Forget) -> None:
        self.request = request
        self.flow = flow
        self._timers = timers
        self._forget = forget
        self.last: SipResponse | None = None
        self.replayed = 0
        self._rest = asyncio.get_running_loop().call_later(2 * timers.lifetime, forget)

    @property
    def final(self) -> bool:
        """Whether the final answer was given."""
        return self.last is not None and self.last.status_code >= 200

    def again(self) -> None:
        """The same request once more."""
        self.replayed += 1
        self._send()

    def reply(self, response: SipResponse) -> None:
        """Answer; after the final answer nothing is said any more."""
        if self.final:
            return
        self.last = response
        self._send()
        if response.status_code >= 200:
            self._rest.cancel()
            self._rest = asyncio.get_running_loop().call_later(self._linger, self._forget)

    def close(self) -> None:
        """Let go of the timers."""
        self._rest.cancel()

    @property
    def _linger(self) -> float:
        return 0.0 if self.flow.transport in STREAMS else self._timers.lifetime

    def _send(self) -> None:
        if self.last:
            self.flow.send(bytes(self.last))


class InviteServer(ServerTransaction):
    """
    An INVITE of theirs: its final answer is sent until an ACK comes (timers G, H, L; §13.3.1.4 for 2xx).

    `unheard` is called when none comes in time.
    """

    def __init__(self, request: SipRequest, flow: Flow, timers: Timers, forget: Forget) -> None:
        super().__init__(request, flow, timers, forget)
        self._rest.cancel()  # ringing may last
        self._repeater: Repeater | None = None
        self.unheard: Callable[[], None] = _nothing

    def again(self) -> None:
        """The INVITE once more: the last provisional or refusing answer; 2xx go by their own clock."""
        self.replayed += 1
        if self.last and not 200 <= self.last.status_code < 300:
            self._send()

    def reply(self, response: SipResponse) -> None:
        """Answer; a final answer is repeated until `acknowledged`."""
        if self.final:
            return
        self.last = response
        self._send()
        if response.status_code >= 200:
            self._repeat(response.status_code < 300)

    def _repeat(self, accepted: bool) -> None:
        silent = self.flow.transport in STREAMS and not accepted  # a 2xx may have to cross UDP further on
        first = None if silent else self._timers.t1
        self._repeater = Repeater(
            self._send, self._lapse, first=first, longest=self._timers.t2, lifetime=self._timers.lifetime
        )

    def acknowledged(self) -> None:
        """The ACK came: stay for late copies (timer I), then go."""
        if self._repeater:
            self._repeater.stop()
            self._repeater = None
            pause = 0.0 if self.flow.transport in STREAMS else max(self._timers.t4, self._timers.lifetime)
            self._rest = asyncio.get_running_loop().call_later(pause, self._forget)

    def _lapse(self) -> None:
        self._forget()
        self.unheard()

    def close(self) -> None:
        """Let go of the timers."""
        super().close()
        if self._repeater:
            self._repeater.stop()


def _nothing() -> None:
    """Nobody has to be told."""
