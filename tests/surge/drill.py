"""The drill: a real gateway in a storm, callers whom nobody answers, then agents who call back, then the audit."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from aiohttp import ClientSession

from gateway.deployment import open_deployment
from gateway.settings import Settings
from gateway.settings.load import load_settings
from tests.support.caller import short_prompts
from tests.support.servers.ports import LOOPBACK, free_port
from tests.support.serving import Served, start, wait_until
from tests.support.waiting import until
from tests.surge.agents import employ, sitting
from tests.surge.books import audit
from tests.surge.callbacks import Callbacks
from tests.surge.outcome import Outcome
from tests.surge.plan import Surge, crowd
from tests.surge.telephones import call, called_back

CONFIG = """
[call_center]
sip_port = {sip}
rtp_first = {rtp}
rtp_last = {rtp_last}
storm = true
latest_ms = 100000
drain_seconds = 0
{prompts}

[call_center.trunks.carrier]
host = "127.0.0.1"
port = {carrier}
public = true
peers = ["127.0.0.0/8"]
options_seconds = 0
"""
RTP_PORTS = 2000


async def drill(surge: Surge, folder: Path, *, say: Callable[[str], None] = lambda _: None) -> Outcome:
    """All of it, in an empty folder."""
    carrier, callers = free_port(), crowd(surge)
    environ = _configure(folder, carrier=carrier, short=surge.short)
    async with open_deployment(settings_of(folder, environ)) as deployment:
        await employ(deployment, surge.agents)
    served = await asyncio.to_thread(lambda: start(folder, **environ))
    try:
        await asyncio.to_thread(wait_until, lambda: _in_storm(served), "the hotline knows of the storm")
        say(f"{surge.callers} callers, {surge.rate} a second")
        told = await call(callers, _port(served), rate=surge.rate, folder=folder / "sipp")
        say(f"{told.counted.calls} calls, {told.counted.failed} failed; {surge.agents} agents call back")
        began = time.monotonic()
        heard = await _call_back(surge.agents, served, carrier=carrier, folder=folder / "sipp")
        callbacks_s = time.monotonic() - began
        await _all_stored(served)
    finally:
        code = await asyncio.to_thread(served.stop)
    assert code == 0, served.log.read_text()[-5000:]
    async with open_deployment(settings_of(folder, environ)) as deployment:
        return Outcome(surge, told, await audit(deployment, callers), heard, callbacks_s)


async def _call_back(agents: int, served: Served, *, carrier: int, folder: Path) -> int:
    """Everybody who is owed a call gets one; returns in how many the agent heard the citizen."""
    headers = {"Authorization": f"Bearer {served.demo['tokens']['receptionist']}"}
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(called_back(carrier, folder))
        client = await stack.enter_async_context(ClientSession(headers=headers))
        here = [await stack.enter_async_context(sitting(served.demo["http"], number)) for number in range(agents)]
        await asyncio.to_thread(wait_until, lambda: _all_handed_over(served), "every call is in the books")
        await Callbacks(client, served.demo["http"]).work_off(here)
        return sum(agent.heard_calls for agent in here)


def _configure(folder: Path, *, carrier: int, short: bool) -> Mapping[str, str]:
    prompts = f'prompts = "{short_prompts(folder / "prompts")}"' if short else ""
    first = rtp_range()
    ports = {"sip": free_port(), "rtp": first, "rtp_last": first + RTP_PORTS - 1, "carrier": carrier}
    return configured(folder, CONFIG.format(prompts=prompts, **ports))


def configured(folder: Path, config: str) -> Mapping[str, str]:
    """Writes langnghe.toml; returns the environment that leads to it."""
    (folder / "langnghe.toml").write_text(config)
    return {
        "LANGNGHE_CONFIG": str(folder / "langnghe.toml"),
        "LANGNGHE_ROLES": "web,worker,telephony",
        "LANGNGHE_SIP_PORT": "",
        "LANGNGHE_REGULATION": "",  # the demo's own, which has a limit from the receipt on
    }


def rtp_range() -> int:
    """Below the ports that the system gives to whoever asks for any."""
    return 10_000 + 2 * (os.getpid() % 5000)


def settings_of(folder: Path, environ: Mapping[str, str]) -> Settings:
    """Of the deployment in a folder, as `configured` left it."""
    return load_settings({**os.environ, "LANGNGHE_MODE": "demo", "LANGNGHE_DATA": str(folder / "var"), **environ})


def _in_storm(served: Served) -> bool:
    """Whether the telephony process was told so, and listens."""
    told = served.data / "calls" / "standing.json"
    return b"trunk_started" in served.log.read_bytes() and told.exists() and json.loads(told.read_text())["storm"]


def _all_handed_over(served: Served) -> bool:
    calls = served.data / "calls"
    return not list(calls.glob("*/open.json")) and not list(calls.glob("*/record.json"))


async def _all_stored(served: Served) -> None:
    """Until every recording lies in the media store; however many there are, their number goes down."""
    while left := _recordings(served):
        await until(partial(_fewer, served, left), f"one of {left} recordings stored")


def _fewer(served: Served, before: int) -> bool:
    return _recordings(served) < before


def _recordings(served: Served) -> int:
    return len(list((served.data / "calls").glob("*/*.wav*")))


def _port(served: Served) -> int:
    host, _, port = str(served.demo["sip"]).rpartition(":")
    assert host == LOOPBACK
    return int(port)
