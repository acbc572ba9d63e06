"""Where a link may lead: an address that staff typed in, which this server then calls (SSRF)."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from yarl import URL

from channels.http import Network, may_be_called

_LONGEST = 500


def problem_of(url: str, inside: Sequence[Network]) -> str:
    """What is wrong with an address, in English for operators; empty: nothing. Names are resolved when it is called."""
    try:
        address = URL(url)
        host, port = address.host or "", address.explicit_port
    except ValueError:
        return "no address"
    if len(url) > _LONGEST or not host or address.user or address.password or address.fragment or port == 0:
        return "no address of a server"
    literal = _literal(host)
    if literal and not may_be_called(literal, inside):
        return "inside the house: name its network in links.inside"
    if address.scheme != "https" and not (address.scheme == "http" and literal and _is_loopback(literal)):
        return "https is needed"
    return ""


def _literal(host: str) -> str:
    """An address that is written out; `localhost` is one."""
    if host == "localhost" or host.endswith(".localhost"):
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback
