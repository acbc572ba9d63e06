"""The whole way of a call: `langnghe serve`, a real telephone over SIP and RTP, a case with its recordings."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import wave
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from channels.call_center.ports import Call
from tests.support.caller import over, short_prompts, telephone
from tests.support.servers import PostgresServer
from tests.support.servers.ports import free_port
from tests.support.serving import Served, fetch, start, wait_until

CONFIG = """
[call_center]
sip_port = {port}
prompts = "{prompts}"
latest_ms = 100000
rtp_first = 0
rtp_last = 0
drain_seconds = 0
"""


def start_again(tmp_path: Path, **more: str) -> Served:
    """A gateway with a hotline, over whatever was there before."""
    config = str(tmp_path / "langnghe.toml")
    return start(tmp_path, LANGNGHE_CONFIG=config, LANGNGHE_ROLES="web,worker,telephony", LANGNGHE_SIP_PORT="", **more)


def hotline(tmp_path: Path, **more: str) -> Served:
    """A gateway with a hotline whose sentences are short."""
    (tmp_path / "langnghe.toml").write_text(
        CONFIG.format(port=free_port(), prompts=short_prompts(tmp_path / "prompts"))
    )
    served = start_again(tmp_path, **more)
    wait_until(lambda: b"trunk_started" in served.log.read_bytes(), "the hotline takes calls")
    return served


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    running = hotline(tmp_path)
    yield running
    assert running.stop() == 0, running.log.read_text()


async def speak(call: Call) -> None:
    """A second of something that is no silence."""
    await call.media.play(["tone"] * 5)


async def report(call: Call) -> None:
    """Press 1, and say what and where, each ended with #."""
    await call.media.send_keys("1")
    for _ in range(2):
        await speak(call)
        await call.media.send_keys("#")


def ask(served: Served, path: str) -> Any:
    """The API, as the administrator."""
    return fetch(f"{served.demo['http']}/api/v1{path}", token=served.demo["tokens"]["receptionist"])


def only_case(served: Served) -> dict[str, Any]:
    """The one case, as soon as it is there, as reception reads it."""
    (line,) = wait_until(lambda: ask(served, "/cases")["items"], "the case is there")
    case: dict[str, Any] = ask(served, f"/cases/{line['id']}")
    return case


def lines(served: Served, event: str) -> list[dict[str, Any]]:
    """What the processes logged of an event."""
    told = (json.loads(line) for line in served.log.read_text().splitlines() if line.startswith("{"))
    return [line for line in told if line["event"] == event]


async def logged(served: Served, event: str, count: int = 1) -> list[dict[str, Any]]:
    """The same, as soon as there are so many."""
    return await asyncio.to_thread(
        wait_until, lambda: found if len(found := lines(served, event)) >= count else None, event
    )


def seconds_of(recording: bytes) -> float:
    """How long a recording is, as any player reads it: stereo."""
    with wave.open(BytesIO(recording)) as sound:
        assert sound.getnchannels() == 2
        return sound.getnframes() / sound.getframerate()


def loud_seconds(path: Path) -> float:
    """How much of what somebody heard was no silence: the left side of their recording."""
    with wave.open(str(path)) as sound:
        left = memoryview(sound.readframes(sound.getnframes())).cast("h")[0::2]
    return sum(max(map(abs, left[at : at + 160])) > 1000 for at in range(0, len(left), 160)) / 50


def file_of(served: Served, case: dict[str, Any], number: int) -> bytes:
    key = case["reports"][0]["files"][number]["key"]
    headers = {"Authorization": f"Bearer {served.demo['tokens']['receptionist']}"}
    address = f"{served.demo['http']}/api/v1/cases/{case['id']}/files/{key}"
    with urlopen(Request(address, headers=headers), timeout=10) as answer:
        return bytes(answer.read())


async def test_a_call_leaves_a_case_with_its_recordings(served: Served) -> None:
    """Whoever hangs up in the greeting is owed a call; who is on the line when we stop has left a record."""
    assert served.demo["channels"]["sip"] == {"user": "1022"}
    async with telephone(served.demo["sip"]) as mine:
        call = await mine.call()
        await report(call)
        assert (await over(call)).by == "them"
        curious = await mine.call(caller="0900000002")
        await curious.hangup()

    case = await asyncio.to_thread(only_case, served)
    await logged(served, "file_fetched", 3)
    whole = await asyncio.to_thread(file_of, served, case, 2)
    assert seconds_of(whole) > seconds_of(await asyncio.to_thread(file_of, served, case, 0)) > 0.5
    assert case["channel"]["id"] == "call_center"
    noted = await logged(served, "call_noted", 2)
    assert {(one["outcome"], one["owed"]) for one in noted} == {("reported", False), ("missed", True)}
    async with telephone(served.demo["sip"]) as mine:
        call = await mine.call(caller="0900000003")
        assert await asyncio.to_thread(served.stop) == 0
        assert (await over(call)).by == "them"
    assert len(lines(served, "call_ended")) == 3
    assert not list((served.data / "calls").glob("*/record.json"))


async def test_a_call_goes_on_while_the_gateway_is_killed(served: Served, tmp_path: Path) -> None:
    """What waits meanwhile is sealed, also who called; the next start takes it over, and the process as it was."""
    (before,) = lines(served, "telephony_started")
    async with telephone(served.demo["sip"]) as mine:
        call = await mine.call()
        await call.media.send_keys("1")
        served.process.kill()
        served.process.wait()
        for _ in range(2):
            await speak(call)
            await call.media.send_keys("#")
        assert (await over(call)).by == "them"
    await logged(served, "call_ended")
    assert {path.suffix for path in (served.data / "calls").glob("*/*.wav*")} == {".sealed"}
    (record,) = (served.data / "calls").glob("*/record.json")
    assert b"900000001" not in record.read_bytes()
    served.process = start_again(tmp_path).process

    case = await asyncio.to_thread(only_case, served)

    assert case["channel"]["id"] == "call_center"
    assert (await asyncio.to_thread(ask, served, "/calls"))["items"][0]["number"].endswith("001")
    assert [one["pid"] for one in lines(served, "telephony_found")] == [before["pid"]]


@pytest.fixture
def database() -> Iterator[PostgresServer]:
    """One that may be killed."""
    with PostgresServer.start() as server:
        yield server


@pytest.fixture
def on_postgres(tmp_path: Path, database: PostgresServer) -> Iterator[Served]:
    running = hotline(tmp_path, LANGNGHE_DATABASE_URL=database.dsn())
    yield running
    assert running.stop() == 0, running.log.read_text()


async def test_a_call_goes_on_while_the_database_is_killed(
    on_postgres: Served, database: PostgresServer, tmp_path: Path
) -> None:
    """The caller hears every sentence to the end of their code; the case is there as soon as the database is."""
    served = on_postgres
    async with telephone(served.demo["sip"]) as mine:
        call = await mine.call()
        await call.media.send_keys("1")
        await speak(call)
        await asyncio.to_thread(database.kill)
        call.media.record(tmp_path / "after.wav")
        await call.media.send_keys("#")
        await speak(call)
        await call.media.send_keys("#")
        assert (await over(call)).by == "them"
        await call.media.close()
    await logged(served, "call_ended")
    await asyncio.to_thread(database.restart)

    case = await asyncio.to_thread(only_case, served)
    await logged(served, "file_fetched", 3)

    assert loud_seconds(tmp_path / "after.wav") > 1
    assert case["channel"]["id"] == "call_center"
    assert [line["step"] for line in lines(served, "call_ended")] == ["thanks"]


async def test_what_was_said_until_the_telephony_process_died_is_kept(served: Served) -> None:
    """The file is playable as it lies there, and handed over when the process is back."""
    calls = served.data / "calls"
    async with telephone(served.demo["sip"]) as mine:
        call = await mine.call()
        await call.media.send_keys("1")
        await speak(call)
        await asyncio.to_thread(wait_until, lambda: list(calls.glob("*/what.wav")), "it is recorded")
        await speak(call)
        os.kill(lines(served, "telephony_started")[0]["pid"], signal.SIGKILL)
        (path,) = calls.glob("*/what.wav")
        assert seconds_of(path.read_bytes()) > 0
        await call.hangup()

    (noted,) = await logged(served, "call_noted")
    assert (noted["outcome"], noted["owed"]) == ("missed", True)
    await logged(served, "file_fetched", 2)
    assert len(lines(served, "telephony_started")) == 2
    assert not list(calls.glob("*/*.wav*"))
