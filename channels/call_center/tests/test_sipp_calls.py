"""Calls that sipp makes: each scenario must end as it says, on its side and on ours."""

from __future__ import annotations

import asyncio

import pytest

from channels.call_center.ports import Answered, Call, CallGone, Ended, Held, KeyPressed, Resumed
from channels.call_center.sip import TrunkSettings
from channels.call_center.sip.tests.lines import FAST, Operator, a_line, answer, ring
from tests.support.sipp import Verdict, sipp
from tests.support.waiting import until


async def refuse(call: Call) -> None:
    """Busy."""
    await call.reject(486)


async def answer_and_hang_up(call: Call) -> None:
    """Take it and end it at once."""
    await call.answer()
    await call.hangup()


async def call_with(scenario: str, port: int, *more: str) -> Verdict:
    """Run a scenario to its end."""
    return await (await sipp(scenario, port, *more)).verdict()


@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_a_call_is_answered_and_ended_by_the_caller(transport: str) -> None:
    """INVITE, 200, ACK, BYE over UDP and TCP."""
    async with a_line() as line:
        verdict = await call_with("caller", line.port, "-t", transport, "-d", "200")

        assert verdict.passed, verdict.log
        await until(lambda: Ended("them") in line.events(), "the end of the call")
        assert line.events() == [Answered(), Ended("them")]
        assert (line.calls[0].remote, line.calls[0].called) == ("0900000001", "1022")
        assert [plan.law for plan in line.legs[0].plans] == ["PCMA"]


@pytest.mark.parametrize(
    ("scenario", "operator", "events"),
    [
        ("caller_waits", answer_and_hang_up, [Answered(), Ended("us")]),
        ("cancel", ring, [Ended("them", 487)]),
        ("hold", answer, [Answered(), Held(), Resumed(), Ended("them")]),
        ("delayed", answer, [Answered(), Ended("them")]),
        ("info", answer, [Answered(), KeyPressed("5", 180), Ended("them")]),
        ("refused", refuse, [Ended("us", 486)]),
    ],
)
@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_a_caller_and_we_agree_on_how_it_went(
    scenario: str, operator: Operator, events: list[object], transport: str
) -> None:
    """What sipp saw is what the call told, and nothing is left behind."""
    async with a_line(operator) as line:
        verdict = await call_with(scenario, line.port, "-t", transport)

        assert verdict.passed, verdict.log
        await until(lambda: isinstance(line.events()[-1], Ended), "the end of the call")
        assert line.events() == events
        assert line.trunk.count == 0


async def test_a_caller_who_never_acknowledges_is_sent_home() -> None:
    """The 200 comes again and again, then BYE."""
    async with a_line(timers=FAST) as line:
        verdict = await call_with("no_ack", line.port)

        assert verdict.passed, verdict.log
        assert line.events() == [Ended("trunk", 408, "no ACK")]


@pytest.mark.parametrize("scenario", ["options", "g729"])
async def test_what_is_no_call_for_us_is_answered_without_one(scenario: str) -> None:
    """OPTIONS and a codec that we do not speak reach nobody, and take no port."""
    async with a_line() as line:
        verdict = await call_with(scenario, line.port)

        assert verdict.passed, verdict.log
        assert line.calls == []
        assert line.legs == []


async def test_one_call_too_many_is_told_to_come_again() -> None:
    """503 with Retry-After, while the call that is up is left alone."""
    async with a_line(max_calls=1) as line:
        first = await sipp("caller_waits", line.port)
        await until(lambda: line.legs and line.legs[0].plans, "the first call")
        second = await call_with("full", line.port)

        assert second.passed, second.log
        await line.calls[0].hangup()
        kept = await first.verdict()
        assert kept.passed, kept.log


async def test_a_line_with_all_its_channels_taken_is_busy() -> None:
    """486: another line of the same process may still be free."""
    settings = TrunkSettings(peers=("127.0.0.0/8",), channels=1)
    async with a_line(settings=settings) as line:
        first = await sipp("caller_waits", line.port)
        await until(lambda: line.legs and line.legs[0].plans, "the first call")
        second = await call_with("refused", line.port)

        assert second.passed, second.log
        await line.calls[0].hangup()
        kept = await first.verdict()
        assert kept.passed, kept.log


async def test_answering_a_cancelled_call_says_that_it_is_gone() -> None:
    """CANCEL overtakes the answer: nothing is answered."""
    gone = asyncio.Event()

    async def slow(call: Call) -> None:
        await call.ring()
        async for event in call.events():
            assert isinstance(event, Ended)
        with pytest.raises(CallGone):
            await call.answer()
        gone.set()

    async with a_line(slow) as line:
        verdict = await call_with("cancel", line.port)

        assert verdict.passed, verdict.log
        await until(gone.is_set, "the refusal to answer")
        await until(lambda: line.legs[0].closed, "the port is free again")


async def test_hanging_up_in_drain_ends_what_is_up() -> None:
    """A stop with a call up says goodbye properly."""
    async with a_line() as line:
        caller = await sipp("caller_waits", line.port)
        await until(lambda: line.calls and line.calls[0].id in line.heard and line.events(), "the call")
        await line.trunk.stop()
        verdict = await caller.verdict()

        assert verdict.passed, verdict.log
