"""Refuses connections to other machines, so that no test depends on, or disturbs, anything outside."""

from __future__ import annotations

import functools
import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import uvloop

LOCAL_NAMES = {"", "localhost", "localhost.localdomain", "ip6-localhost"}


class OutsideConnection(RuntimeError):
    """A test tried to reach another machine. Not an OSError: code that copes with a dead network must not hide it."""


_attempts: list[OutsideConnection] = []
_installed = False


def guard_network() -> list[OutsideConnection]:
    """Install the guard in this process, once; returns the list to which every refused attempt is added."""
    global _installed  # noqa: PLW0603 - sockets are global to the process, so is their guard
    if not _installed:
        _guard_sockets()
        _guard_names()
        _guard_uvloop()
        _installed = True
    return _attempts


def is_local(host: object) -> bool:
    """Whether a host as given to a socket call names this machine: loopback, its own, "any", or no host at all."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    name = name.partition("%")[0].rstrip(".").lower()
    if name in LOCAL_NAMES or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified or _is_own(str(address))


@functools.cache
def _is_own(address: str) -> bool:
    """An address of a card of this machine: what is sent there never leaves it, and a browser may call from it."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind((address, 0))
        except OSError:
            return False
    return True


def check(host: object) -> None:
    """Raise and note an OutsideConnection unless the host is local."""
    if not is_local(host):
        refusal = OutsideConnection(f"tests may not reach {host!r}")
        _attempts.append(refusal)
        raise refusal


def _check_address(sock: socket.socket, address: Any) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        check(address[0])


def _guard_sockets() -> None:
    """The calls of `socket.socket` that choose a peer; asyncio's own loops and SSL sockets come through here too."""

    def check_sendmsg(sock: socket.socket, _buffers: Any, _ancillary: Any = (), _flags: int = 0, *rest: Any) -> None:
        if rest and rest[0] is not None:
            _check_address(sock, rest[0])

    for name in ("connect", "connect_ex"):
        _wrap(socket.socket, name, _check_address)
    _wrap(socket.socket, "sendto", lambda sock, _data, *rest: _check_address(sock, rest[-1]))
    _wrap(socket.socket, "sendmsg", check_sendmsg)


def _guard_names() -> None:
    """Asking a name server is leaving the machine as well; a number may be "resolved" into an address object."""

    def check_name(host: Any = None, *_: Any, **__: Any) -> None:
        if not _is_number(host):
            check(host)

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        _wrap(socket, name, check_name)


def _guard_uvloop() -> None:
    """uvloop connects below Python's sockets, so its two ways out are guarded by name."""

    def check_host(_loop: Any, _factory: Any, host: Any = None, *_: Any, **__: Any) -> None:
        check(host)

    def check_remote(_loop: Any, _factory: Any, _local: Any = None, remote_addr: Any = None, **__: Any) -> None:
        check(remote_addr[0] if remote_addr else None)

    _wrap(uvloop.Loop, "create_connection", check_host)
    _wrap(uvloop.Loop, "create_datagram_endpoint", check_remote)


def _is_number(host: object) -> bool:
    """Whether a host is an address in digits already."""
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def _wrap(owner: Any, name: str, before: Callable[..., object]) -> None:
    original = getattr(owner, name)

    def guarded(*args: Any, **kwargs: Any) -> Any:
        before(*args, **kwargs)
        return original(*args, **kwargs)

    guarded.__name__ = name
    guarded.__doc__ = original.__doc__
    setattr(owner, name, guarded)
