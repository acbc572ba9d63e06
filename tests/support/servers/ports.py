"""What every server of the tests shares with its neighbours: loopback, free ports, the word for not being there."""

from __future__ import annotations

from gateway.free_port import LOOPBACK, free_port

__all__ = ["LOOPBACK", "ServerUnavailable", "free_port"]


class ServerUnavailable(RuntimeError):
    """A test server cannot be found or does not start; the message says what to do or shows its log."""
