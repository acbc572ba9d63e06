"""Letting a telephony process run empty: no new calls, and its end when the last one is over."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from gateway.telephony.running import running

SIGNAL = signal.SIGUSR1
"""Asks a telephony process to run empty, however long that takes; SIGTERM ends it after `drain_seconds`."""
_LOOK_S = 0.25


class NotRunning(Exception):
    """There is no such process; the message says which."""


def drain(data: Path, node: int, *, seconds: float, tell: Callable[[str], None]) -> bool:
    """
    Ask a node to run empty and wait; after `seconds` it is told to stop, and ends what is still up in its own time.

    Returns: whether every call ended by itself. Raises: NotRunning.
    """
    found = running(data, node)
    if found is None or not found.pid:
        raise NotRunning(f"no telephony process {node} takes calls over {data}")
    os.kill(found.pid, SIGNAL)
    tell(f"node {node} (pid {found.pid}) takes no more calls")
    if _gone(data, node, found.pid, within_s=seconds):
        return True
    tell(f"calls are still up after {seconds:g} s: they are ended")
    os.kill(found.pid, signal.SIGTERM)
    _gone(data, node, found.pid, within_s=float("inf"))
    return False


def _gone(data: Path, node: int, pid: int, *, within_s: float) -> bool:
    """Whether it is; a new one may already be in its place."""
    end = time.monotonic() + within_s
    while (found := running(data, node)) is not None and found.pid in (0, pid):
        if time.monotonic() >= end:
            return False
        time.sleep(_LOOK_S)
    return True
