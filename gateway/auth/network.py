"""
From which address a request comes, and to which network that belongs.

X-Forwarded-For is believed only as far as trusted proxies wrote it: read from the right, the first address that is no
trusted proxy is the client.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

from core.contract.errors import ConfigError

Network = IPv4Network | IPv6Network
CLIENT = web.RequestKey("client", str)


def parse_proxies(names: Iterable[str]) -> tuple[Network, ...]:
    """Addresses or networks of `http.trusted_proxies`. ConfigError for what is neither."""
    try:
        return tuple(ip_network(name.strip(), strict=False) for name in names)
    except ValueError as error:
        raise ConfigError("http.trusted_proxies", str(error), example='["10.0.0.5", "192.168.1.0/24"]') from error


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether an address is one of our proxies."""
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in trusted)


def client_address(peer: str, forwarded: Iterable[str], trusted: Sequence[Network]) -> str:
    """
    The client behind `peer`.

    Args:
        peer: address at the other end of the connection.
        forwarded: values of X-Forwarded-For in the order of the headers.
    """
    hops = [hop.strip() for value in forwarded for hop in value.split(",")]
    address = peer
    while hops and is_trusted(address, trusted):
        if _parse(hop := hops.pop()) is None:
            break
        address = hop
    parsed = _parse(address)
    return str(parsed) if parsed else address


def network_of(address: str) -> str:
    """The /24 (IPv4) or /64 (IPv6) that shares a limit; an address that cannot be read is its own network."""
    parsed = _parse(address)
    if parsed is None:
        return address
    return str(ip_network((parsed, 24 if parsed.version == 4 else 64), strict=False))


def _parse(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed
