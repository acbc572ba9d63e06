"""What an administrator changes leads the next call: told by the web side, followed where the linter finds nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from structlog.testing import capture_logs

from channels.call_center.flow.load import read_flow
from channels.call_center.flow.plan import UNCHANGED, Item, Menu, Plan
from channels.call_center.opening import Hours
from channels.call_center.prompts.catalogue import read_catalogue
from channels.call_center.status import TelephonyStatus
from gateway.telephony.liaison import Liaison
from gateway.telephony.link import serving_calls
from gateway.telephony.menus import Menus
from gateway.telephony.paths import links_folder, standing_file
from gateway.telephony.plans import PlanBook
from tests.support.calls import spool_of
from tests.support.deployments import World

STATUS = TelephonyStatus(pid=1, listening="127.0.0.1:5060", calls=3)
SHORT = Menu(items=(Item(key="3", to="report"), Item(key="5", to="emergency")))
NO_WAY_FOR_DANGER = Menu(items=(Item(key="3", to="report"),))


@dataclass
class Told:
    """What the web side said last."""

    plan: Plan = field(default_factory=lambda: UNCHANGED)


def test_the_next_call_is_led_by_what_was_told() -> None:
    """The number that goes its own way is known however the trunk writes it."""
    told = Told()
    menus = Menus(read_flow(), read_catalogue(), lambda: told.plan)
    assert menus.flow_for("1022") == read_flow().flow

    told.plan = Plan(menus={"menu": SHORT}, numbers={"0236123456": "follow"})
    assert dict(menus.flow_for("1022").steps["menu"].keys) == {"3": "report", "5": "emergency"}  # type: ignore[union-attr]
    assert menus.flow_for("+84236123456").steps["menu"].otherwise == "follow"  # type: ignore[union-attr]
    told.plan = UNCHANGED
    assert menus.flow_for("1022") == read_flow().flow


def test_a_plan_that_no_longer_fits_the_flow_leads_nobody() -> None:
    told = Told(Plan(menus={"menu": NO_WAY_FOR_DANGER}, numbers={"1022": "follow"}))
    menus = Menus(read_flow(), read_catalogue(), lambda: told.plan)
    with capture_logs() as logs:
        assert menus.flow_for("1022") == menus.flow_for("1080") == read_flow().flow
    assert [line["event"] for line in logs] == ["dial_plan_not_followed"]


async def test_the_plan_and_its_hours_are_told_and_remembered(world: World) -> None:
    """Also for a process that starts while the web side is away; an hour later it is open where it is always."""
    plan = Plan(menus={"menu": SHORT}, hours=Hours(kind="always"))
    await PlanBook(world.deployment.database).write(plan, after=0, by="an", at=world.clock())
    spool_of(world).folder.mkdir(exist_ok=True)
    async with serving_calls(world.deployment):
        assert await liaison_of(world).report(STATUS)

    world.clock.advance(hours=15)
    fresh = liaison_of(world)
    assert fresh.plan() == plan
    assert fresh.standing().open


def liaison_of(world: World) -> Liaison:
    data = world.deployment.settings.data
    return Liaison(links_folder(data), spool=spool_of(world), memory=standing_file(data), now=world.clock)
