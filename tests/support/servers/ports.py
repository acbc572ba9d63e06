"""What every server of the tests shares with its neighbours: the loopback, and the word for not being there."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"


class ServerUnavailable(RuntimeError):
    """A test server cannot be found or does not start; the message says what to do or shows its log."""


def free_port() -> int:
    """A TCP port of this machine's loopback that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
