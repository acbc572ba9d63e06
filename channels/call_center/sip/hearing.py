"""Whose requests deserve an answer: peers always, strangers slowly or never, scanners never. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Literal, Protocol

from channels.call_center.sip.flows import Flow
from channels.call_center.sip.guard import Guard, scans
from channels.call_center.sip.wire import SipRequest

Deafness = Literal["", "strangers", "scanners", "throttled"]


class Line(Protocol):
    """A trunk, as far as it decides who is heard."""

    public: bool

    def lists(self, address: str) -> bool:
        """Whether this address is one of its peers."""


class Hearing:
    """To those who are not heard nobody is here: they get no answer at all, not even an error."""

    def __init__(self, *, rate: float, burst: float) -> None:
        self._rates = Guard(rate=rate, burst=burst)
        self._suspects = Guard(rate=rate, burst=burst)

    def deaf_to(self, request: SipRequest, flow: Flow, lines: Sequence[Line], now: float) -> Deafness:
        """Why a request that belongs to no call is not heard; empty: it is."""
        if not _listed(flow, lines) and not any(line.public for line in lines):
            return "strangers"
        if scans(request.get_header("user-agent") or ""):
            return "scanners"
        return "" if self._slow_enough(request, flow, lines, now) else "throttled"

    def _slow_enough(self, request: SipRequest, flow: Flow, lines: Sequence[Line], now: float) -> bool:
        """Calls of peers come as fast as they like; everything else, and whoever tried numbers, does not."""
        source = _source(flow, lines)
        if self._suspects.blocks(source, now):
            return False
        return (_listed(flow, lines) and request.method == "INVITE") or self._rates.allows(source, now)

    def suspect(self, flow: Flow, lines: Sequence[Line], now: float) -> None:
        """
        It asked for a number that is not there.

        Never held against a listed peer: a carrier brings the mistakes of all its callers from one address. Programs
        of this machine are listed often, and told apart by their port.
        """
        if not _listed(flow, lines) or ip_address(flow.remote[0]).is_loopback:
            self._suspects.fine(_source(flow, lines), now)


def _listed(flow: Flow, lines: Sequence[Line]) -> bool:
    return any(line.lists(flow.remote[0]) for line in lines)


def _source(flow: Flow, lines: Sequence[Line]) -> str:
    """One peer may bring many who ask: they are told apart by port; a stranger may not hide behind ports."""
    address, port = flow.remote
    return f"{address}:{port}" if _listed(flow, lines) else address
