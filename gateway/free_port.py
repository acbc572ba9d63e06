"""A port for whoever was told to take any, when others must know it before it is taken."""

from __future__ import annotations

import random
import socket

LOOPBACK = "127.0.0.1"
_FIRST, _BEYOND = 21_000, 30_000
"""Between the hotline's usual ports for sound and those of rtpengine; the kernel's begin at 32,768."""
_CHANCE = random.SystemRandom()
"""Each process draws its own."""


def free_port(*, behind: int = 0) -> int:
    """
    A port of this machine's loopback that nobody uses at the moment, with so many `behind` it, TCP and UDP.

    Out of a range from which the kernel gives none by itself: those go to whoever asks for any, at any moment.
    """
    while True:
        first = _CHANCE.randrange(_FIRST, _BEYOND - behind)
        if all(_is_free(port) for port in range(first, first + behind + 1)):
            return first


def _is_free(port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(type=kind) as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                return False
    return True
