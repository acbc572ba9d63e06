"""
How many one-time passwords may be asked for: per recipient, per client address and per network.

Sliding windows over the moments kept by a small store; the caller runs `check` and `record` in one write transaction,
so that two requests at once cannot both take the last place. Scopes are hashed by the caller where they are personal.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

RECIPIENT = "otp:recipient:"
"""How the scope of one address begins."""


class LimitStore(Protocol):
    """Moments per scope; implemented by `core.storage` within the caller's transaction."""

    def times(self, scope: str, since: datetime) -> Sequence[datetime]:
        """Moments recorded for the scope after `since`, in any order."""

    def add(self, scope: str, at: datetime) -> None:
        """Record one moment."""


@dataclass(frozen=True)
class Window:
    """At most `limit` within any span of this length."""

    limit: int
    span: timedelta


@dataclass(frozen=True)
class OtpLimits:
    """
    The windows of each kind of scope.

    Every SMS costs money and annoys whoever's number it is, so the recipient's windows are narrow; a network may hold
    a whole ward behind one address, so its window is wide.
    """

    recipient: tuple[Window, ...] = (
        Window(1, timedelta(seconds=60)),
        Window(3, timedelta(minutes=15)),
        Window(8, timedelta(hours=24)),
    )
    client: tuple[Window, ...] = (Window(10, timedelta(minutes=15)), Window(40, timedelta(hours=24)))
    network: tuple[Window, ...] = (Window(60, timedelta(minutes=15)), Window(400, timedelta(hours=24)))


@dataclass(frozen=True)
class Scope:
    """Something that is limited: `key` as stored, and its windows."""

    key: str
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class LimitResult:
    """`retry_after` is zero where it is allowed; `limited_by` is the scope's kind, for the metric."""

    retry_after: timedelta = timedelta(0)
    limited_by: str = ""

    @property
    def allowed(self) -> bool:
        """Whether it may go ahead now."""
        return self.retry_after == timedelta(0)


def scopes_of(*, recipient: str, client: str, network: str, limits: OtpLimits) -> tuple[Scope, ...]:
    """The three scopes of one request; the arguments are keyed hashes (client and network: of `network_of`'s text)."""
    return (
        Scope(RECIPIENT + recipient, limits.recipient),
        Scope("otp:client:" + client, limits.client),
        Scope("otp:network:" + network, limits.network),
    )


def network_of(ip: str) -> str:
    """
    The network an address, or a household's /64, belongs to: /24 for IPv4 (also IPv4 inside IPv6), /48 for IPv6.

    "" where it is unreadable.
    """
    try:
        address = ipaddress.ip_interface(ip).ip
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((int(address), 24 if address.version == 4 else 48), strict=False))


def check(store: LimitStore, scopes: Sequence[Scope], now: datetime) -> LimitResult:
    """Whether one more is allowed now, in every window of every scope; the longest wait where it is not."""
    worst = LimitResult()
    for scope in scopes:
        for window in scope.windows:
            wait = _wait(store.times(scope.key, now - window.span), window, now)
            if wait > worst.retry_after:
                worst = LimitResult(wait, scope.key.split(":")[1])
    return worst


def record(store: LimitStore, scopes: Sequence[Scope], now: datetime) -> None:
    """Count one request in every scope; only where `check` allowed it, or a flood would lock its victim out."""
    for scope in scopes:
        store.add(scope.key, now)


def _wait(times: Sequence[datetime], window: Window, now: datetime) -> timedelta:
    """Until enough of the oldest moments have left the window."""
    inside = sorted(moment for moment in times if now - moment < window.span)
    if len(inside) < window.limit:
        return timedelta(0)
    return inside[len(inside) - window.limit] + window.span - now
