"""
One process of a fleet: `langnghe serve` with the test chat among its channels and a clock that can be set.

    LANGNGHE_CONFIG=FILE python -m tests.load.member --roles web --sink URL --clock FILE --ready FILE

Everything but these two is the gateway as it is served: settings, databases, loops, signals.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import mmap
import os
import signal
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from gateway import registry
from gateway.deployment import Deployment
from gateway.logs import configure_logs
from gateway.process import run
from gateway.settings import load_settings
from tests.load.chat import CHANNEL, PostingChannel
from tests.support.network import guard_network

OFFSET = struct.Struct("<d")


def shifted_clock(file: Path) -> Callable[[], datetime]:
    """The present instant plus the seconds that stand in a file, which all processes of a fleet share."""
    with file.open("rb") as stream:
        seconds = mmap.mmap(stream.fileno(), OFFSET.size, access=mmap.ACCESS_READ)
    return lambda: datetime.now(UTC) + timedelta(seconds=OFFSET.unpack_from(seconds)[0])


def end_with_parent() -> None:
    """Die when the test does, even when that is killed (prctl, PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def main() -> None:
    """Serve until told to stop."""
    end_with_parent()
    parser = argparse.ArgumentParser()
    parser.add_argument("--roles", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--sink", required=True)
    parser.add_argument("--clock", type=Path, required=True)
    parser.add_argument("--ready", type=Path, required=True)
    given = parser.parse_args()
    guard_network()
    registry.CHANNELS[CHANNEL] = lambda *_: PostingChannel(sink=given.sink)

    async def tell(_deployment: Deployment, address: str) -> None:
        await asyncio.to_thread(given.ready.write_text, address)

    settings = load_settings({**os.environ, "LANGNGHE_ROLES": given.roles, "LANGNGHE_HTTP_PORT": str(given.port)})
    configure_logs(settings.logs)
    uvloop.run(run(settings, ready=tell, now=shifted_clock(given.clock)))


if __name__ == "__main__":
    main()
