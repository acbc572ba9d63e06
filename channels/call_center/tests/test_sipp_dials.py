"""Calls that we make to sipp: challenges, refusals, giving up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from channels.call_center.ports import Answered, CallEvent, CallFailed, Ended, Ringing, TrunkState
from channels.call_center.sip import TrunkSettings
from channels.call_center.sip.tests.lines import Line, a_line
from tests.support.sipp import Sipp, sipp
from tests.support.waiting import until

ACCOUNT = {"user": "hotline", "password": "mat-khau", "domain": "example.vn"}


@asynccontextmanager
async def called(scenario: str, **settings: object) -> AsyncIterator[tuple[Line, Sipp]]:
    """A line that leads to a sipp which plays a scenario."""
    phone = await sipp(scenario, None, *(["-t", "t1"] if settings.get("transport") == "tcp" else []))
    made = TrunkSettings(**{"host": "127.0.0.1", "port": phone.port, "options_s": 0, **settings})  # type: ignore[arg-type]
    try:
        await phone.listening()
        async with a_line(settings=made) as line:
            yield line, phone
    finally:
        await phone.close()


async def events_of(line: Line, call: object) -> list[CallEvent]:
    """All that a call told."""
    return [event async for event in call.events()]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("scenario", "settings"),
    [
        ("answers", {}),
        ("answers", {"transport": "tcp"}),
        ("early_media", {}),
        ("asks_401", ACCOUNT),
        ("asks_407", ACCOUNT),
    ],
)
async def test_somebody_answers_and_we_hang_up(scenario: str, settings: dict[str, object]) -> None:
    """Rings, is answered, sends sound where the answer says; BYE at the end."""
    async with called(scenario, **settings) as (line, phone):
        call = await line.trunk.dial("0900000002", caller="1022")
        await call.hangup()

        assert (await phone.verdict()).passed
        assert await events_of(line, call) == [Ringing(), Answered(), Ended("us")]
        assert len(line.legs[0].plans) == 1
        assert line.trunk.count == 0


async def test_the_other_side_hangs_up() -> None:
    """Their BYE is answered and told."""
    async with called("answers_and_ends") as (line, phone):
        call = await line.trunk.dial("0900000002", caller="1022")

        assert await events_of(line, call) == [Ringing(), Answered(), Ended("them")]
        verdict = await phone.verdict()
        assert verdict.passed, verdict.log


@pytest.mark.parametrize(("scenario", "code"), [("busy", 486), ("moved", 302)])
async def test_a_refusal_is_acknowledged_and_told(scenario: str, code: int) -> None:
    """The status says why; a redirection is not followed."""
    async with called(scenario) as (line, phone):
        with pytest.raises(CallFailed) as failure:
            await line.trunk.dial("0900000002", caller="1022")

        assert failure.value.code == code
        verdict = await phone.verdict()
        assert verdict.passed, verdict.log
        await until(lambda: line.legs[0].closed, "the port is free again")


async def test_nobody_takes_it_in_time() -> None:
    """CANCEL after the time to ring, and 408 for us."""
    async with called("never_answers") as (line, phone):
        with pytest.raises(CallFailed) as failure:
            await line.trunk.dial("0900000002", caller="1022", ring_s=0.3)

        assert failure.value.code == 408
        verdict = await phone.verdict()
        assert verdict.passed, verdict.log


async def test_a_wrong_password_is_not_tried_twice() -> None:
    """The carrier's word is final: no account is locked by us."""
    async with called("asks_401_twice", **{**ACCOUNT, "password": "sai"}) as (line, phone):
        with pytest.raises(CallFailed) as failure:
            await line.trunk.dial("0900000002", caller="1022")

        assert failure.value.code == 401
        verdict = await phone.verdict()
        assert verdict.passed, verdict.log


async def test_a_line_registers_with_its_password() -> None:
    """REGISTER, 401, REGISTER with digest: the trunk is up."""
    async with called("registrar", register=True, **ACCOUNT) as (line, phone):
        await until(lambda: line.trunk.status().state is TrunkState.UP, "the registration")

        verdict = await phone.verdict()
        assert verdict.passed, verdict.log
