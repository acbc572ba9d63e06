"""Client transactions: one request of ours, sent until it is answered (RFC 3261 §17.1, RFC 6026)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from channels.call_center.sip.flows import Flow
from channels.call_center.sip.repeating import Repeater
from channels.call_center.sip.settings import STREAMS, Timers
from channels.call_center.sip.wire import SipRequest, SipResponse, same_transaction, tag

Heard = Callable[[SipResponse | None], None]


class ClientTransaction:
    """
    A request that is not INVITE (timers E, F, K).

    `heard` gets each answer, and None when there was none in time. It is not called after the final one.
    """

    def __init__(self, request: SipRequest, flow: Flow, timers: Timers, *, heard: Heard, forget: Callable[[], None]):
        self.request = request
        self.flow = flow
        self._timers = timers
        self._heard = heard
        self._forget = forget
        self._bytes = bytes(request)
        self.done = False
        self._repeater = self._repeat()
        self._rest: asyncio.TimerHandle | None = None
        self._send()

    def receive(self, response: SipResponse) -> None:
        """An answer that belongs to it; copies of the final one are swallowed."""
        if self.done:
            return
        if response.status_code >= 200:
            self._finish(self._timers.t4)
        self._heard(response)

    def close(self) -> None:
        """Let go of the timers."""
        self._repeater.stop()
        if self._rest:
            self._rest.cancel()

    def _repeat(self) -> Repeater:
        first = None if self.flow.transport in STREAMS else self._timers.t1
        return Repeater(self._send, self._lapse, first=first, longest=self._longest, lifetime=self._timers.lifetime)

    @property
    def _longest(self) -> float:
        return self._timers.t2

    def _send(self) -> None:
        self.flow.send(self._bytes)

    def _finish(self, linger: float) -> None:
        self.done = True
        self._repeater.stop()
        if self._rest:
            self._rest.cancel()
        pause = 0.0 if self.flow.transport in STREAMS else linger
        self._rest = asyncio.get_running_loop().call_later(pause, self._forget)

    def _lapse(self) -> None:
        self.done = True
        self._forget()
        self._heard(None)


class InviteClient(ClientTransaction):
    """
    An INVITE of ours (timers A, B, D, M). Refusals are acknowledged here; every 2xx is handed on, copies and those of
    other branches too: whoever called acknowledges them.
    """

    def __init__(self, request: SipRequest, flow: Flow, timers: Timers, *, heard: Heard, forget: Callable[[], None]):
        self.provisional = False
        self._accepted = False
        super().__init__(request, flow, timers, heard=heard, forget=forget)

    @property
    def _longest(self) -> float:
        return self._timers.lifetime  # timer A has no ceiling

    def receive(self, response: SipResponse) -> None:
        """An answer that belongs to it."""
        status = response.status_code
        if 200 <= status < 300:
            self._accept(response)
        elif status >= 300 and not self._accepted:
            self._refuse(response)
        elif status < 200 and not self.done:
            self._ring(response)

    def abandon(self) -> None:
        """Nobody waits for the answer any more: after CANCEL it is forgotten even if none comes (§9.1)."""
        if not self.done and self._rest is None:
            self._rest = asyncio.get_running_loop().call_later(self._timers.lifetime, self._forget)

    def _ring(self, response: SipResponse) -> None:
        self.provisional = True
        self._repeater.stop()  # whoever called decides how long it may ring
        self._heard(response)

    def _accept(self, response: SipResponse) -> None:
        if self.done and not self._accepted:
            return
        if not self._accepted:
            self._accepted = True
            self._finish(self._timers.lifetime)
        self._heard(response)

    def _refuse(self, response: SipResponse) -> None:
        self.flow.send(bytes(refusal_ack(self.request, response)))
        if not self.done:
            self._finish(self._timers.lifetime)
            self._heard(response)


def refusal_ack(request: SipRequest, response: SipResponse) -> SipRequest:
    """The ACK of a refusal: of the INVITE's own branch, with the refuser's tag (§17.1.1.3)."""
    ack = same_transaction(request, "ACK")
    if not tag(ack, "to"):
        ack.set_header("To", response.get_header("to") or "")
    return ack
