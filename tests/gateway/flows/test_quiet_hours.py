"""At night a citizen hears what cannot wait and what they have just asked for; the rest comes in the morning."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.storage import outbox
from tests.gateway.flows.office import LAMP, issue, only_case
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import answer_mail, received, write_mail

NIGHT = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
"""21:30 in Việt Nam."""


async def reported(world: World, text: str = LAMP) -> str:
    """A case, late in the evening; its code is told at once, for its writer is awake."""
    world.clock.at = NIGHT
    await write_mail(world, text, subject="Đèn hỏng")
    assert len(received(world)) == 1
    return (await only_case(world)).id


@pytest.mark.rule("VN-6")
@on_both_engines
async def test_what_can_wait_comes_at_seven(world: World) -> None:
    """Neither before nor later, once; and no alarm takes it for stuck."""
    case_id = await reported(world)
    await issue(world, case_id, "accept")

    await world.pass_time(hours=9, minutes=29, seconds=59)
    before = len(received(world))
    late = await world.deployment.database.read(outbox.outbox_state)
    await world.pass_time(seconds=1)

    assert before == 1
    assert late.pending == 1
    assert late.oldest is not None
    assert late.oldest > NIGHT
    assert len(received(world)) == 2
    assert "đã tiếp nhận" in received(world)[-1]


@pytest.mark.rule("VN-6")
@on_both_engines
async def test_an_answer_does_not_stand_behind_what_waits(world: World) -> None:
    """Who writes at night is answered at night, in the same conversation."""
    case_id = await reported(world)
    await issue(world, case_id, "accept")

    await answer_mail(world, "Bổ sung: hỏng từ tối hôm qua, ngay cổng trường.")

    assert len(received(world)) == 2
    assert "bổ sung" in received(world)[-1]
    await world.pass_time(hours=10)
    assert len(received(world)) == 3


@pytest.mark.rule("VN-6", "A-HUE-3")
async def test_a_question_with_a_limit_does_not_wait(world: World) -> None:
    """Its reader's time runs already."""
    case_id = await reported(world)

    await issue(world, case_id, "request_supplement", fields=["time"], note="Hỏng từ khi nào ạ?")

    assert len(received(world)) == 2


@pytest.mark.rule("VN-6")
async def test_of_an_emergency_one_hears_at_once(world: World) -> None:
    """Nobody sleeps then."""
    case_id = await reported(world, "Cháy lớn ở nhà kho trước số 12 Lê Lợi, có người mắc kẹt!")
    told = len(received(world))

    await issue(world, case_id, "accept")

    assert len(received(world)) == told + 1
