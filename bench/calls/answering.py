"""
A process that answers every call with sound and lets the caller hang up: the telephony process without a flow.

Says `{"port": …}` when it listens, and what the calls took when it is told to end: JSON, a line each.
"""

from __future__ import annotations

import asyncio
import json
import resource
import signal
import sys
from contextlib import suppress

from channels.call_center.media.engine import Engine
from channels.call_center.media.steadiness import stay_steady
from channels.call_center.ports import Call, CallGone
from channels.call_center.prompts.catalogue import read_catalogue
from channels.call_center.prompts.sounds import load_prompts
from channels.call_center.sip import EndpointSettings, SipEndpoint, SipTrunk, TrunkSettings

LOOPBACK = "127.0.0.1"


async def take(call: Call) -> None:
    """Answer, play until the caller has gone, free the port."""
    with suppress(CallGone):
        await call.answer()
        call.media.music("music")
        async for _ in call.events():
            pass
    await call.media.close()


async def take_all(trunk: SipTrunk) -> None:
    """Every call that comes."""
    async with asyncio.TaskGroup() as group:
        async for call in trunk.incoming():
            group.create_task(take(call))


async def serve(most: int) -> None:
    """Until SIGTERM. `most` calls at once; 0: what is usual, with the usual set-up rate."""
    engine = Engine(LOOPBACK, range(0), load_prompts(read_catalogue()))
    limits = {"max_calls": most, "setups_per_s": 1e6, "setups_burst": most} if most else {}
    endpoint = SipEndpoint(EndpointSettings(host=LOOPBACK, port=0, **limits))  # type: ignore[arg-type]
    trunk = SipTrunk("bench", TrunkSettings(peers=(LOOPBACK,)), endpoint=endpoint, media=engine)
    stay_steady()
    await engine.start()
    await trunk.start()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    taking = asyncio.create_task(take_all(trunk))
    before = _cpu()
    _say({"port": endpoint.address[1]})
    await ended.wait()
    status, counters = engine.status(), trunk.status().counters
    _say({
        "cpu_s": _cpu() - before,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "invited": counters.get("invited", 0),
        "refused": sum(count for name, count in counters.items() if name.startswith("refused")),
        "late_ms": status.late_longest_ms,
    })  # fmt: skip
    await trunk.stop()
    await taking
    await engine.stop()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _say(told: dict[str, float]) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
