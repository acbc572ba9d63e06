"""The whole gateway for a measurement, and processes that stand beside it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.results import ROOT
from gateway.deployment import open_deployment
from tests.support.caller import short_prompts
from tests.support.servers import free_port
from tests.support.serving import Served, start, wait_until
from tests.surge.agents import employ
from tests.surge.drill import RTP_PORTS, configured, rtp_range, settings_of

FLOW = """
name: bench
start: notice
give_up: bye
most_steps: 200
longest_s: 3600
queues:
  reports: {rules: [{after_s: 8, do: capture}]}
steps:
  notice: {do: say, say: [recording_notice], then: agent}
  agent: {do: queue, queue: reports, say: [please_wait], then: bye, callback: bye, otherwise: menu}
  menu: {do: ask, say: [menu_main], keys: {"0": agent}, wait_s: 2, tries: 5, otherwise: menu}
  bye: {do: end, say: [goodbye]}
"""
"""Who finds every agent talking is led to a menu, which speaks until they hang up."""
MENU_S = 10.0
_SEALING_S = 300.0
"""Ten minutes of a hundred callers are 2 GB of recordings, all of which end at once."""
CONFIG = """
[call_center]
sip_port = {sip}
rtp_first = {rtp}
rtp_last = {rtp_last}
latest_ms = 100000
drain_seconds = 0
flow = "{flow}"
prompts = "{prompts}"
"""


@contextmanager
def hotline(folder: Path, *, agents: int) -> Iterator[Served]:
    """The whole gateway with so many receptionists, taking calls; every sentence but the menu is a short tone."""
    first, flow = rtp_range(), folder / "flow.yaml"
    flow.write_text(FLOW)
    ports = {"sip": free_port(), "rtp": first, "rtp_last": first + RTP_PORTS - 1}
    prompts = short_prompts(folder / "prompts", menu_main=MENU_S)
    environ = configured(folder, CONFIG.format(flow=flow, prompts=prompts, **ports))
    asyncio.run(_employ(folder, environ, agents))
    served = start(folder, **environ)
    try:
        wait_until(lambda: b"trunk_started" in served.log.read_bytes(), "the hotline takes calls")
        yield served
    finally:
        served.stop(patience=_SEALING_S)


async def _employ(folder: Path, environ: Mapping[str, str], count: int) -> None:
    async with open_deployment(settings_of(folder, environ)) as deployment:
        await employ(deployment, count)


@contextmanager
def beside(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A process that says a line when it is ready."""
    command = [sys.executable, "-m", module, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise RuntimeError(f"{module} did not start")
        yield process
    finally:
        process.kill()
        process.wait()


def tell(process: subprocess.Popen[str]) -> None:
    """A line."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def asked(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What it answers to a line."""
    tell(process)
    assert process.stdout is not None
    said: dict[str, Any] = json.loads(process.stdout.readline())
    return said


def port_of(served: Served) -> int:
    """Where it takes calls."""
    return int(str(served.demo["sip"]).rpartition(":")[2])
