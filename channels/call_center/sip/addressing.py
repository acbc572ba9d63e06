"""Where answers go and how we are reached (RFC 3261 §18.2, RFC 3581)."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from ipaddress import ip_address

from channels.call_center.sip.flows import Flow
from channels.call_center.sip.wire import SipRequest

LOOK_UP_WITHIN_S = 3.0


def stamp(request: SipRequest, flow: Flow) -> Flow:
    """
    Note in the topmost Via where a request really came from; the way back.

    An answer goes to the source address always, never to what Via claims, and to the source port where `rport` asks
    for it: nobody can point our answers at somebody else.
    """
    via = request.via[0]
    symmetric = "rport" in via.params
    host, port = flow.remote
    values = request.headers.get("via")
    values[0] = _via_text(values[0], {"received": host, **({"rport": str(port)} if symmetric else {})})
    return flow if symmetric else flow.to_port(via.port or 5060)


def _via_text(raw: str, known: dict[str, str]) -> str:
    """The Via as it came, with what we know in place of what it said."""
    first, *params = raw.split(";")
    kept = [param for param in params if param.split("=", 1)[0].strip().lower() not in known]
    return ";".join([first, *kept, *(f"{name}={value}" for name, value in known.items())])


async def numeric(host: str) -> str:
    """The address of a host. Raises: OSError: there is none; TimeoutError: nobody says so in time."""
    with suppress(ValueError):
        return str(ip_address(host.strip("[]")))
    async with asyncio.timeout(LOOK_UP_WITHIN_S):
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    return str(found[0][4][0])


def source_towards(address: str) -> str:
    """Which of our addresses the system would use to reach this one; nothing is sent."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((address, 9))
        except OSError:
            return "::1" if family == socket.AF_INET6 else "127.0.0.1"
        return str(probe.getsockname()[0])
