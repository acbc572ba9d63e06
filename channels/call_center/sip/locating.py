"""
Where a name is served (RFC 3263): NAPTR says by which SRV name, SRV says at which hosts and ports, in which order.

Only names without a port are looked up so; a port in the settings, or a number for a host, is what it says.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.rdatatype
import dns.resolver

from channels.call_center.sip.settings import Transport

SERVICES: dict[Transport, tuple[str, str]] = {
    "udp": ("SIP+D2U", "_sip._udp."),
    "tcp": ("SIP+D2T", "_sip._tcp."),
    "tls": ("SIPS+D2T", "_sips._tcp."),
}
PORTS: dict[Transport, int] = {"udp": 5060, "tcp": 5060, "tls": 5061}
WITHIN_S = 3.0
KEPT_S = (30.0, 3600.0)
"""What was found is kept as long as it says itself, between these; what was not, for the shorter."""
AVOIDED_S = 60.0
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Known:
    places: tuple[Place, ...]
    until: float


class Locator:
    """
    Looks names up and remembers. `avoid` sends what comes next to another place, where there is one.

    `resolver`: None: the system's, read when it is first needed.
    """

    def __init__(
        self, resolver: dns.asyncresolver.Resolver | None = None, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._resolver, self._now = resolver, now
        self._known: dict[tuple[str, Transport], _Known] = {}
        self._avoided: dict[Place, float] = {}

    async def places(self, host: str, port: int | None, transport: Transport) -> list[Place]:
        """Hosts and ports to try, the best first; never none."""
        if port or _is_number(host):
            return [(host, port or PORTS[transport])]
        known = self._known.get((host, transport))
        if known is None or known.until <= self._now():
            known = self._known[host, transport] = await self._look_up(host, transport)
        return sorted(known.places, key=lambda place: self._avoided.get(place, 0.0) > self._now())

    def pass_over(self, host: str, transport: Transport) -> None:
        """Whoever is asked first does not answer."""
        known = self._known.get((host, transport))
        if known is not None:
            first = min(known.places, key=lambda place: self._avoided.get(place, 0.0) > self._now())
            self.avoid(host, transport, first)

    def avoid(self, host: str, transport: Transport, place: Place) -> None:
        """Nobody answered there: for a minute it comes last."""
        known = self._known.get((host, transport))
        if known is not None and len(known.places) > 1:
            self._avoided[place] = self._now() + AVOIDED_S

    async def _look_up(self, host: str, transport: Transport) -> _Known:
        service, usual = SERVICES[transport]
        try:
            async with asyncio.timeout(WITHIN_S):
                name = await self._named(host, service) or usual + host
                answer = await self._asked(name, dns.rdatatype.SRV)
        except (dns.exception.DNSException, OSError, TimeoutError):
            answer = None
        if answer is None:
            return _Known(((host, PORTS[transport]),), self._now() + KEPT_S[0])
        places = tuple((str(one.target).rstrip("."), one.port) for one in in_order(answer))
        ttl = min(max(float(answer.rrset.ttl if answer.rrset else 0), KEPT_S[0]), KEPT_S[1])
        return _Known(places, self._now() + ttl)

    async def _named(self, host: str, service: str) -> str:
        """The SRV name that NAPTR gives for a service; empty: none."""
        answer = await self._asked(host, dns.rdatatype.NAPTR)
        fitting = (one for one in answer or () if one.service.decode().upper() == service and one.flags.lower() == b"s")
        best = min(fitting, key=lambda one: (one.order, one.preference), default=None)
        return str(best.replacement) if best else ""

    async def _asked(self, name: str, kind: dns.rdatatype.RdataType) -> dns.resolver.Answer | None:
        self._resolver = self._resolver or dns.asyncresolver.Resolver()
        try:
            return await self._resolver.resolve(name, kind)
        except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
            return None


def in_order(answer: Iterable[Any]) -> list[Any]:
    """SRV records by priority; within one by chance, the heavier the likelier first (RFC 2782)."""
    chance = random.SystemRandom().random
    return sorted(answer, key=lambda one: (one.priority, -(chance() ** (1 / max(one.weight, 0.01)))))


def _is_number(host: str) -> bool:
    try:
        return bool(ip_address(host.strip("[]")))
    except ValueError:
        return False
