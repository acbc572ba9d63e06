"""The two sides of the link, over a real socket: calls are handed over, reports looked up, hours and storm told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from channels.call_center.adapter import CallCenterChannel
from channels.call_center.facts import CHANNEL
from channels.call_center.flow.happenings import Looked
from channels.call_center.prompts.catalogue import read_catalogue
from channels.call_center.status import TelephonyStatus
from channels.call_center.tests.played import CODE, NOON, PIN
from core.service.public import FollowView
from core.service.public.progress import NextStep, Progress
from gateway.lines import ask_line
from gateway.telephony.liaison import Liaison
from gateway.telephony.link import serving_calls, until_calls_arrive
from gateway.telephony.paths import links_folder, standing_file
from gateway.telephony.told import next_slots
from tests.gateway.api.staffing import centre, issue
from tests.gateway.flows.office import only_case
from tests.support.calls import CALL, book_of, leave_call, only_call, spool_of
from tests.support.deployments import World

STATUS = TelephonyStatus(pid=1, listening="127.0.0.1:5060", calls=3)


def liaison_of(world: World) -> Liaison:
    """The telephony side, as a process that has just started."""
    data = world.deployment.settings.data
    spool = spool_of(world)
    spool.folder.mkdir(exist_ok=True)
    return Liaison(links_folder(data), spool=spool, memory=standing_file(data), now=world.clock)


@pytest_asyncio.fixture
async def linked(world: World) -> AsyncIterator[Liaison]:
    """Both sides."""
    async with serving_calls(world.deployment):
        yield liaison_of(world)


async def test_calls_are_handed_over_once(world: World, linked: Liaison) -> None:
    leave_call(world)
    leave_call(world, id="0" * 31 + "2")

    assert await linked.hand_over_all() == 2
    assert await linked.hand_over_all() == 0
    await world.settle()

    assert len(await book_of(world).owed()) == 2
    assert not list(spool_of(world).folder.glob("*/record.json"))


async def test_while_the_web_side_is_away_nothing_is_lost(world: World) -> None:
    leave_call(world)
    liaison = liaison_of(world)

    assert await liaison.hand_over_all() == 0
    assert not await liaison.report(STATUS)
    assert liaison.reader() is None, "nobody said yet who may read"
    assert await liaison.look_up(CODE, PIN, caller="") == Looked(None)
    async with serving_calls(world.deployment):
        assert await liaison.hand_over_all() == 1
    await world.settle()

    assert (await only_call(world)).row.id == CALL


async def test_a_record_nobody_can_read_holds_up_no_other(world: World, linked: Liaison) -> None:
    leave_call(world)
    leave_call(world, id="0" * 31 + "2")
    broken, whole = spool_of(world).waiting()
    (broken / "record.json").write_text("{}")

    assert await linked.hand_over_all() == 1
    assert spool_of(world).waiting() == [broken]
    assert not whole.exists()


async def test_a_report_is_looked_up_by_code_and_pin(world: World, linked: Liaison) -> None:
    """A wrong PIN says the same as a wrong code; the stage is a sentence that exists."""
    leave_call(world, "what", purpose="report", code=CODE, code_told=True, pin=PIN)
    await linked.hand_over_all()
    await world.settle()

    fresh = await linked.look_up(CODE, PIN, caller="+84900000001")
    wrong = await linked.look_up(CODE, "000000", caller="+84900000001")
    unknown = await linked.look_up("999999999999", PIN, caller="")
    await issue(world, await centre(world), (await only_case(world)).id, "cancel", reason_code="mistake")
    ended = await linked.look_up(CODE, PIN, caller="+84900000001")

    assert (fresh.stage, fresh.due) == (("stage_received",), ()), "no limit runs yet under this regulation"
    assert wrong == unknown == Looked(found=False)
    assert (ended.stage, ended.due) == (("stage_declined",), ())


@pytest.mark.parametrize(
    ("told", "slots"),
    [
        ({"agencies": ("Sở X",)}, "next_processing next_due at digit_8 hour in_the_morning tomorrow"),
        ({"asked_for": ("ảnh",)}, "next_waiting next_due at digit_8 hour in_the_morning tomorrow"),
        ({"late": True}, "next_received next_late"),
    ],
)
def test_the_next_step_is_said_with_its_limit_and_late_ones_without(told: dict[str, Any], slots: str) -> None:
    due = datetime.fromisoformat("2026-03-03T08:00+07:00")
    step = NextStep("Tiếp nhận", due, late=told.pop("late", False))
    follow = FollowView(CODE, "r", "c", "t", "k", NOON, "call_center", progress=Progress(next_step=step, **told))

    said = next_slots(follow, now=NOON)
    assert " ".join(said) == slots
    assert set(said) <= read_catalogue().keys()


async def test_hours_and_storm_are_told_and_remembered(world: World, linked: Liaison) -> None:
    """At night it is closed, also for a process that starts while the web side is away."""
    assert linked.standing().open
    assert await linked.report(STATUS)
    assert (linked.standing().open, linked.standing().storm) == (True, False)
    channel = world.deployment.channels[CHANNEL]
    assert isinstance(channel, CallCenterChannel)
    assert channel.status == STATUS

    assert linked.reader() == linked.seal_to() == channel.seal_to
    await book_of(world).set_storm(True, by="an")
    await linked.report(STATUS)
    world.clock.at = datetime.fromisoformat("2026-11-23T23:00+07:00")
    fresh = liaison_of(world)

    assert (fresh.standing().open, fresh.standing().storm) == (False, True)
    world.clock.advance(days=30)
    assert fresh.standing().open


@pytest.mark.parametrize("request_", [{"action": "nonsense"}, {}, {"action": "look_up"}, {"action": "report"}])
async def test_nonsense_is_answered(world: World, linked: Liaison, request_: dict[str, object]) -> None:
    (socket,) = links_folder(world.deployment.settings.data).iterdir()
    answer = await ask_line(socket, request_)

    assert answer["error"] == "bad_request"


async def test_a_memory_that_is_broken_is_none(world: World, tmp_path: Path) -> None:
    liaison = liaison_of(world)
    standing_file(world.deployment.settings.data).write_text("{")

    assert liaison_of(world).standing() == liaison.standing()


@pytest.mark.parametrize("listening", ["127.0.0.1:5060", ""])
async def test_a_port_that_is_taken_holds_up_no_demo(world: World, linked: Liaison, listening: str) -> None:
    await linked.report(STATUS.model_copy(update={"listening": listening}))

    async with asyncio.timeout(15):
        await until_calls_arrive(world.deployment)
