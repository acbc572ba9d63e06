"""The telephones of a surge: sipp, with a voice, as callers and as those who are called back."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.calls.sipp import Counted, answers_ms, counted
from channels.call_center.media.g711 import encode
from channels.call_center.media.tests.phone import tone
from tests.support.servers.ports import LOOPBACK, free_port
from tests.support.sipp import is_taken
from tests.support.waiting import until
from tests.surge.plan import Caller

SCENARIOS = Path(__file__).parent / "scenarios"
VOICE_HERTZ = 300
_SPEAKS_S, _BREATHES_S = 3.0, 2.6
_PATIENCE_S = 180.0


@dataclass(frozen=True)
class Told:
    """What sipp counted of its callers, and how long each waited for the answer."""

    counted: Counted
    answers_ms: Sequence[float]


async def call(callers: Sequence[Caller], port: int, *, rate: float, folder: Path) -> Told:
    """They all call, those who stay and those who leave, each kind at its share of `rate` a second."""
    stay, leave = ([one for one in callers if (one.leaves_ms is None) is wanted] for wanted in (True, False))
    kinds = [("stays", stay), ("leaves", leave)]
    runs = [
        _calls(scenario, some, port, rate=rate * len(some) / len(callers), folder=_fresh(folder / scenario))
        for scenario, some in kinds
        if some
    ]
    told = await asyncio.gather(*runs)
    return Told(sum((one.counted for one in told), Counted()), sorted(at for one in told for at in one.answers_ms))


async def _calls(scenario: str, callers: Sequence[Caller], port: int, *, rate: float, folder: Path) -> Told:
    with (folder / "callers.csv").open("w", newline="") as file:
        file.write("SEQUENTIAL\n")
        csv.writer(file, delimiter=";").writerows((one.number, one.leaves_ms or 0) for one in callers)
    pace = ["-r", str(max(1, round(rate * 1000))), "-rp", "1000000", "-m", str(len(callers)), "-l", "2000"]
    told = ["-inf", "callers.csv", "-trace_stat", "-stf", "stat.csv", "-fd", "1", "-trace_rtt", "-rtt_freq", "1"]
    process = await _sipp(scenario, folder, f"{LOOPBACK}:{port}", *pace, *told, "-p", str(free_port()))
    try:
        async with asyncio.timeout(len(callers) / rate + _PATIENCE_S):
            await process.wait()
    finally:
        await _end(process)
    return Told(counted(folder), answers_ms(folder))


@asynccontextmanager
async def called_back(port: int, folder: Path) -> AsyncIterator[None]:
    """Whoever is called there answers and talks until we hang up, but for those who are busy."""
    process = await _sipp("is_called", _fresh(folder / "is_called"), "-p", str(port))
    try:
        await until(partial(is_taken, port), "sipp listens")
        yield
    finally:
        await _end(process)


async def _sipp(scenario: str, folder: Path, *more: str) -> asyncio.subprocess.Process:
    (folder / "speech.al").write_bytes(speech())
    where = ["-sf", str(SCENARIOS / f"{scenario}.xml"), "-s", "1022", "-i", LOOPBACK, "-mi", LOOPBACK, "-nostdin"]
    with (folder / "sipp.log").open("wb") as log:
        return await asyncio.create_subprocess_exec(
            "sipp", *where, *more, "-trace_err", cwd=folder, stdout=log, stderr=log
        )


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()


def _fresh(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def speech() -> bytes:
    """A sentence and a breath, as sipp repeats them: A-law."""
    return encode(tone(VOICE_HERTZ, seconds=_SPEAKS_S) + bytes(2 * round(8000 * _BREATHES_S)), "PCMA")
