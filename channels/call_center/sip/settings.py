"""What can be set: the endpoint of the process, and each trunk."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Literal

from channels.call_center.numbers import NumberFormat
from channels.call_center.ports import Law
from channels.call_center.sip.tls import Tls

Transport = Literal["udp", "tcp", "tls"]
STREAMS = ("tcp", "tls")
"""Transports that lose nothing: what goes by them is not sent again."""


@dataclass(frozen=True, slots=True)
class Timers:
    """Seconds: the base timers of RFC 3261 §17.1.1.1. Everything else follows from them."""

    t1: float = 0.5
    t2: float = 4.0
    t4: float = 5.0

    @property
    def lifetime(self) -> float:
        """How long a transaction is kept and an answer waited for: timers B, D, F, H, J, L and M."""
        return 64 * self.t1


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSettings:
    """
    One SIP address of the process, over UDP and TCP alike, and over TLS on a port of its own.

    `port` 0 lets the system choose. `advertised` is what others are told to write to; empty: the address we listen on
    (found by routing where that is a wildcard). More calls than `max_calls`, or new ones faster than `setups_per_s`
    after a burst of `setups_burst`, are refused with 503 and `retry_after_s`. What is no call of a peer is heard
    `questions_per_s` after a burst of `questions_burst` from each source.
    """

    host: str = "127.0.0.1"
    port: int = 5060
    advertised: str = ""
    max_calls: int = 120
    setups_per_s: float = 60.0
    setups_burst: int = 120
    retry_after_s: int = 10
    questions_per_s: float = 5.0
    questions_burst: int = 30
    user_agent: str = "LangNghe"
    timers: Timers = field(default_factory=Timers)
    tls: Tls = field(default_factory=Tls)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkSettings:
    """
    One line. Without a `host` it only takes calls from its `peers` (addresses or networks). With `port` 0 the host is a
    name whose servers DNS tells (NAPTR, SRV).

    With a `host` calls go out by it; `register` makes us known there under `user`, for `expires_s` at a time.
    `caller_ids` are the numbers that may be shown, the first one where none is asked for (`0232312*`: a whole range);
    empty: any. With `passes_callers` others may be shown as well, those of callers who are put through. `dials` and
    `shows` are how this line wants numbers written, the one called and the one shown. `channels` is
    how many calls it carries at once (0: no limit of its own). `options_s` is the pause between two OPTIONS (0: none).
    `silence_s` is how long a call of ours waits for the first sign of life before it is given up: another trunk may
    take it. `session_s` is the interval of session timers (RFC 4028; 0: none). With `identity` the number goes into
    that header and `user` into From. With `srtp` sound is protected by keys in the description (use TLS), or there is
    no call. `public` takes calls from anybody, each source throttled: for a test line, not
    for a carrier.
    """

    host: str = ""
    port: int = 5060
    transport: Transport = "udp"
    user: str = ""
    password: str = field(default="", repr=False)
    domain: str = ""
    register: bool = False
    expires_s: int = 600
    peers: tuple[str, ...] = ()
    public: bool = False
    caller_ids: tuple[str, ...] = ()
    passes_callers: bool = False
    dials: NumberFormat = "as_is"
    shows: NumberFormat = "as_is"
    channels: int = 0
    options_s: float = 30.0
    silence_s: float = 8.0
    session_s: int = 1800
    laws: tuple[Law, ...] = ("PCMA", "PCMU")
    srtp: bool = False
    identity: Literal["", "P-Asserted-Identity", "P-Preferred-Identity"] = ""

    def __post_init__(self) -> None:
        """Raises: ValueError: a peer is neither address nor network, or `register` lacks host or user."""
        _networks(self.peers)
        if self.register and not (self.host and self.user):
            raise ValueError("register needs host and user")

    @property
    def realm(self) -> str:
        """The host part of our name and of the numbers we call."""
        return self.domain or bracketed(self.host)

    def lists(self, address: str) -> bool:
        """Whether a source address is one of the peers."""
        try:
            source = ip_address(address)
        except ValueError:
            return False
        return any(source in network for network in _networks(self.peers))


@lru_cache(maxsize=256)
def _networks(peers: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Asked with every request."""
    return tuple(ip_network(peer, strict=False) for peer in peers)


def bracketed(host: str) -> str:
    """A host as URIs write it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
