"""
A process of nothing but sound: callers who hear music, callers joined with others, some of it recorded.

    python -m bench.calls.sounding FOLDER FIRST_PORT BRIDGED LISTENING

Says the ports of its legs; told to go (a line), measures until the next line and says what it took. JSON, a line each.
"""

from __future__ import annotations

import asyncio
import json
import math
import mmap
import sys
import time
from pathlib import Path

from channels.call_center.media.engine import Engine
from channels.call_center.media.leg import Leg
from channels.call_center.media.settings import MediaSettings
from channels.call_center.media.steadiness import stay_steady
from channels.call_center.ports import RtpPlan
from channels.call_center.prompts.catalogue import read_catalogue
from channels.call_center.prompts.sounds import load_prompts
from tests.support.servers import LOOPBACK


async def sound(folder: Path, first_port: int, *, bridged: int, listening: int) -> None:
    """Open the legs, speak until told to stop, say what it cost."""
    settings = MediaSettings(latest_ms=math.inf, most_legs=10_000)
    engine = Engine(LOOPBACK, range(0), load_prompts(read_catalogue()), settings=settings)
    await engine.start()
    empty = _resident()
    legs = [engine.open() for _ in range(2 * bridged + listening)]
    for number, leg in enumerate(legs):
        leg.talk(RtpPlan(LOOPBACK, first_port + number))
    _connect(legs[: 2 * bridged], folder)
    for number, leg in enumerate(legs[2 * bridged :]):
        leg.music("music")
        leg.record(folder / f"listening-{number}.wav")
    scheduling = stay_steady()
    _say([leg.local[1] for leg in legs])
    await _told()
    began, cpu = time.monotonic(), time.process_time()
    await _told()
    took, status = time.monotonic() - began, engine.status()
    _say(
        {
            "cpu": 100 * (time.process_time() - cpu) / took,
            "kb": (_resident() - empty) / 1000 / (bridged + listening),
            "late_p99_ms": status.late_p99_ms,
            "lost": sum(leg.stats().lost for leg in legs),
            "scheduling": scheduling,
        }
    )
    await engine.stop()


def _connect(legs: list[Leg], folder: Path) -> None:
    """Caller and agent in pairs; the caller's side is recorded, which holds both."""
    half = len(legs) // 2
    for number, (caller, agent) in enumerate(zip(legs[:half], legs[half:], strict=True)):
        caller.bridge(agent)
        caller.record(folder / f"bridged-{number}.wav")


async def _told() -> None:
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


def _resident() -> int:
    """Bytes of memory in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE


def _say(what: object) -> None:
    print(json.dumps(what), flush=True)


def main(arguments: list[str]) -> None:
    """From the command line."""
    folder, *numbers = arguments
    first_port, bridged, listening = map(int, numbers)
    asyncio.run(sound(Path(folder), first_port, bridged=bridged, listening=listening))


if __name__ == "__main__":
    main(sys.argv[1:])
