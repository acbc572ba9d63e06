"""The machine calls people: a real telephone rings, its owner listens and presses keys."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from channels.call_center.calling_people import TelephonyAway
from channels.call_center.errands import Errand, ErrandEnd, Outcome
from channels.call_center.ports import Call
from core.contract.schema import new_id
from gateway.telephony.errand_line import ErrandLine
from tests.gateway.telephony.test_hotline import CONFIG, lines, logged, only_case, report, start_again
from tests.support.caller import Telephone, over, short_prompts, telephone
from tests.support.servers.ports import free_port
from tests.support.serving import Served, wait_until

OTP, NUMBER = "918273", "+84900000001"
LINE = """
[call_center.trunks.carrier]
host = "127.0.0.1"
port = {phone}
options_seconds = 0
"""


@pytest.fixture
def phone_port() -> int:
    return free_port()


@pytest.fixture
def served(tmp_path: Path, phone_port: int) -> Iterator[Served]:
    """A gateway whose carrier is one telephone."""
    prompts, config = short_prompts(tmp_path / "prompts"), tmp_path / "langnghe.toml"
    config.write_text(CONFIG.format(port=free_port(), prompts=prompts) + LINE.format(phone=phone_port))
    running = start_again(tmp_path)
    wait_until(lambda: b"trunk_started" in running.log.read_bytes(), "the hotline takes calls")
    yield running
    assert running.stop() == 0, running.log.read_text()


def call_them(served: Served, errand: Errand) -> asyncio.Task[ErrandEnd]:
    """As the outbox has it done."""
    return asyncio.create_task(ErrandLine(served.data).run(errand))


def result(code: str, **more: object) -> Errand:
    return Errand.model_validate({"message": new_id(), "kind": "result", "number": NUMBER, "code": code} | more)


def _has_heard(call: Call, packets: int) -> bool:
    return call.media.stats().received > packets


async def pick_up(mine: Telephone, *keys: str) -> None:
    """Answer, press a key now and then, and listen until they hang up."""
    call = await mine.rung()
    await call.answer()
    for key in keys:
        enough = call.media.stats().received + 25
        await asyncio.to_thread(wait_until, partial(_has_heard, call, enough), "they speak")
        await call.media.send_keys(key)
    assert (await over(call)).by == "them"
    await call.media.close()


@pytest.mark.rule("QB-QD.III.1.1a", "QB-QD.III.1.1b")
async def test_a_password_and_a_result_by_telephone(served: Served, phone_port: int) -> None:
    """
    One reports by telephone, hears a password, is called with the news, and is busy once.

    The same message asked for twice while it is up is one call.
    """
    async with telephone(served.demo["sip"], port=phone_port) as mine:
        call = await mine.call()
        await report(call)
        await over(call)
        code = (await asyncio.to_thread(only_case, served))["reports"][0]["code"].replace(" ", "")

        spoken = call_them(served, Errand(message=new_id(), kind="code", number=NUMBER, otp=OTP))
        await pick_up(mine, "1")
        assert await spoken == ErrandEnd(outcome=Outcome.REACHED)

        told = result(code, proved=True, text="Đang xử lý.")
        running = call_them(served, told)
        await pick_up(mine, "1")
        end = await running
        assert end.outcome is Outcome.REACHED
        assert await ErrandLine(served.data).asked(told.message) == end

        busy = result(code)
        first = call_them(served, busy)
        ringing = await mine.rung()
        assert (await ErrandLine(served.data).asked(busy.message)).outcome is Outcome.UNDER_WAY
        second = call_them(served, busy)
        await logged(served, "call_asked_again", 1)
        await ringing.reject(486)
        assert [one.outcome for one in await asyncio.gather(first, second)] == [Outcome.NOT_REACHED] * 2
        assert (await ErrandLine(served.data).asked(new_id())).outcome is Outcome.UNKNOWN

    noted = await logged(served, "call_noted", 3)
    assert sorted((one["outcome"], one["owed"]) for one in noted) == [
        ("not_reached", False),
        ("reported", False),
        ("served", False),
    ]
    assert {one["call"] for one in noted} >= {end.call}
    assert len(lines(served, "code_call_ended")) == 1
    assert await asyncio.to_thread(served.stop) == 0  # what is about to be put away is, and nothing vanishes under us
    kept = [path for path in served.data.rglob("*") if path.is_file()]
    assert not [path for path in (*kept, served.log) if OTP.encode() in path.read_bytes()]


async def test_without_a_telephony_process_nobody_is_called(tmp_path: Path) -> None:
    with pytest.raises(TelephonyAway):
        await ErrandLine(tmp_path).run(result("1"))
    with pytest.raises(TelephonyAway):
        await ErrandLine(tmp_path).asked(new_id())
