"""Thousands of damaged packets, then a clean call: nothing is deaf, nothing is left behind."""

from __future__ import annotations

import asyncio
import resource

import pytest

from channels.call_center.ports import Answered, Call, CallGone, Ended
from channels.call_center.sip.tests.fuzz import packets
from channels.call_center.sip.tests.lines import FAST, LOOPBACK, Line, a_line
from channels.call_center.sip.tests.raw import RawPhone, a_phone, tag_of
from tests.support.waiting import until


async def take_briefly(call: Call) -> None:
    """Answer; hang up whatever nobody acknowledges or ends."""
    try:
        async with asyncio.timeout(1):
            await call.answer()
    except (CallGone, TimeoutError):
        pass
    await call.hangup()


async def bombard(line: Line, phone: RawPhone, seed: int, count: int) -> None:
    """Send them all, letting the other side work in between."""
    for number, packet in enumerate(packets(phone, seed, count)):
        phone.send(packet)
        if number % 20 == 0:
            await asyncio.sleep(0.002)


@pytest.fixture(autouse=True)
def only_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Damaged addresses lead anywhere; here they lead nowhere."""

    async def found(host: str) -> str:
        if host != LOOPBACK:
            raise OSError(f"no way to {host}")
        return host

    monkeypatch.setattr("channels.call_center.sip.endpoint.numeric", found)


async def survives(seed: int, count: int) -> None:
    """After the packets: a clean call, no call left, and no message that failed inside us."""
    broken: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: broken.append(told))
    async with a_line(take_briefly, timers=FAST, **UNLIMITED) as line:
        async with a_phone(line.port) as phone:
            await bombard(line, phone, seed, count)
            await until(lambda: line.trunk.count == 0, "every call of the fuzz has ended", within=100)
            await until(lambda: not len(line.trunk.endpoint.dispatch), "no dialog is left", within=100)
        async with a_phone(line.port) as caller:
            caller.send(caller.build("INVITE", call="sạch", branch="sach", body=SDP))
            accepted = await caller.status(200)
            caller.send(caller.build("ACK", call="sạch", branch="sach2", to_tag=tag_of(accepted)))
            await caller.request("BYE")
            await until(lambda: line.events(-1) == [Answered(), Ended("us")], "the clean call")

        counters = line.trunk.endpoint.counters
        assert broken == []
        assert counters["failed"] == counters["throttled"] == 0
        assert counters["malformed"] > count / 10
        await until(lambda: line.media.open_legs <= len(line.calls), "ports come back")


UNLIMITED = {
    "max_calls": 10_000,
    "setups_per_s": 1e6,
    "setups_burst": 10_000,
    "questions_per_s": 1e6,
    "questions_burst": 10_000,
}
SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 8\r\n"


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_damaged_packets_then_a_clean_call(seed: int) -> None:
    """3,000 together; the long form sends as many of each seed, and looks at memory."""
    await survives(seed, 1000)


@pytest.mark.chaos
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [11, 12, 13, 14])
async def test_thousands_of_damaged_packets_then_a_clean_call(seed: int) -> None:
    """3,000 each; memory stays where it was."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await survives(seed, 3000)

    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 60, f"{grown:.0f} MB"
