"""
The processes of a fleet: `langnghe serve` with the test chat among its channels and a clock that can be set.

Everything but these two is the gateway as it is served: settings, databases, loops, signals. Members are forked by a
nursery, `python -m tests.load.member`, which has read programs and packs before: a start costs the work of a gateway
and not of an interpreter. Its standard input takes one order a line (JSON), its standard output answers each:

    {"start": {"config", "role", "port", "sink", "clock", "ready", "log"}}  → the pid of a new member
    {"wait": PID}                                                           → its exit code, once it has ended
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import mmap
import os
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import uvloop

from gateway import registry
from gateway.deployment import Deployment
from gateway.logs import configure_logs
from gateway.process import run
from gateway.settings import load_settings
from tests.load.chat import CHANNEL, PostingChannel
from tests.load.crash import preload
from tests.support.network import guard_network

OFFSET = struct.Struct("<d")


def shifted_clock(file: Path) -> Callable[[], datetime]:
    """The present instant plus the seconds that stand in a file, which all processes of a fleet share."""
    with file.open("rb") as stream:
        seconds = mmap.mmap(stream.fileno(), OFFSET.size, access=mmap.ACCESS_READ)
    return lambda: datetime.now(UTC) + timedelta(seconds=OFFSET.unpack_from(seconds)[0])


def serve(order: Mapping[str, Any]) -> None:
    """Be a member until told to stop."""
    registry.CHANNELS[CHANNEL] = lambda *_: PostingChannel(sink=order["sink"])
    environ = {"LANGNGHE_CONFIG": order["config"], "LANGNGHE_ROLES": order["role"]}
    settings = load_settings({**environ, "LANGNGHE_HTTP_PORT": str(order["port"])})
    configure_logs(settings.logs)

    async def tell(_deployment: Deployment, address: str) -> None:
        await asyncio.to_thread(Path(order["ready"]).write_text, address)

    uvloop.run(run(settings, ready=tell, now=shifted_clock(Path(order["clock"]))))


def start(order: Mapping[str, Any]) -> int:
    """Fork a member that writes to its log; its pid. The child never returns from here."""
    if pid := os.fork():
        return pid
    end_with_parent()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(log, stream.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    code = 1
    try:
        serve(order)
        code = 0
    except BaseException:  # whatever it is, the child must not go on as a second nursery
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


def end_with_parent() -> None:
    """Die when whoever started us does, even when that is killed (prctl, PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def main() -> None:
    """Take orders until there are no more."""
    end_with_parent()
    guard_network()
    preload()
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            print(start(order["start"]), flush=True)
        else:
            _, status = os.waitpid(order["wait"], 0)
            print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
