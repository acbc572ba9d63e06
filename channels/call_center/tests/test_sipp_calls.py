"""Calls that sipp makes: each scenario must end as it says, on its side and on ours."""

from __future__ import annotations

import pytest

from channels.call_center.ports import Answered, Ended
from channels.call_center.sip.tests.lines import a_line
from tests.support.sipp import sipp
from tests.support.waiting import until


@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_a_call_is_answered_and_ended_by_the_caller(transport: str) -> None:
    """INVITE, 200, ACK, BYE over UDP and TCP."""
    async with a_line() as line:
        verdict = await (await sipp("caller", line.port, "-t", transport, "-d", "200")).verdict()

        assert verdict.passed, verdict.log
        await until(lambda: Ended("them") in line.events(), "the end of the call")
        assert [Answered(), Ended("them")] == line.events()
        assert ("0900000001", "1022") == (line.calls[0].remote, line.calls[0].called)
        assert [plan.law for plan in line.legs[0].plans] == ["PCMA"]
