"""Who writes to us on Zalo or Messenger: named by the provider when asked, and shown as what it is."""

from __future__ import annotations

import pytest

from channels.zalo.sandbox import Mood
from channels.zalo.tests.stage import ZaloStage
from core.service.work import Work
from core.storage.conversations import ConversationRow
from tests.gateway.api.staffing import centre
from tests.gateway.console.office import open_office
from tests.gateway.flows.office import wanted
from tests.support.deployments import World
from tests.support.stage import Stage, stagings

STAGINGS = stagings()


async def spoken(world: World, stage: Stage) -> ConversationRow:
    """A citizen asks for a person; what follows from it is done."""
    await stage.citizen("an").write("Cho tôi gặp cán bộ")
    await stage.quiet()
    await world.settle()
    await world.pass_time(seconds=10)
    (row,) = await wanted(world)
    return row


@pytest.mark.parametrize("channel", ["zalo", "facebook"])
async def test_the_provider_is_asked_for_a_name_that_proves_nothing(world: World, channel: str) -> None:
    """Once, after the first message; staff read whose word it is."""
    async with STAGINGS[channel].open(world) as stage:
        row = await spoken(world, stage)
        naming = world.deployment.intake.naming
        assert (await naming.run_once(), await naming.run_once()) == (1, 0)
        talk = await world.deployment.clerk.talks.load(Work(), row.id)
        ioc = await centre(world)
        async with open_office(world) as office, office.desk(ioc) as desk:
            page = (await desk.get(f"/console/hoi-thoai/{row.id}")).text

    assert talk.correspondent.name == "Nguyễn Văn An"
    assert "chưa xác minh" in page


async def test_a_provider_that_does_not_tell_changes_nothing(world: World) -> None:
    """It is not asked again, and nobody waits for it."""
    async with STAGINGS["zalo"].open(world) as stage:
        row = await spoken(world, stage)
        assert isinstance(stage, ZaloStage)
        stage.sandbox.mood = Mood.ERROR
        naming = world.deployment.intake.naming
        assert (await naming.run_once(), await naming.run_once()) == (1, 0)
        talk = await world.deployment.clerk.talks.load(Work(), row.id)

    assert talk.correspondent.name == ""
