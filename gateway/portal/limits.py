"""
How often one client may send: gentle, since a ward office or a mobile carrier stands behind one address.

Counted in this process only; what protects a report against guessing is counted in the database (PublicDesk.open).
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque
from datetime import datetime, timedelta

_MOST_CLIENTS = 10_000


class Limits:
    """A sliding window: at most `most` events of one client within `span`."""

    def __init__(self, *, most: int, span: timedelta) -> None:
        self._most, self._span = most, span
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, client: str, now: datetime) -> timedelta:
        """Count one event; zero when it may pass, else how long to wait (and it is not counted)."""
        seen = self._seen.setdefault(household_of(client), deque())
        self._seen.move_to_end(household_of(client))
        while seen and now - seen[0] >= self._span:
            seen.popleft()
        if len(seen) >= self._most:
            return seen[0] + self._span - now
        seen.append(now)
        if len(self._seen) > _MOST_CLIENTS:
            self._seen.popitem(last=False)
        return timedelta(0)


def household_of(client: str) -> str:
    """The address itself, or the /64 of an IPv6 address: one household may use all of it."""
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
