"""What everybody will read is held back where it tells who reported; a person may publish it and says why."""

from __future__ import annotations

import pytest

from core.cases.decide import Refusal
from core.service.naming_nobody import CODE
from core.service.publishing import Shown
from core.service.wording import OVERRIDE
from core.storage import reports
from tests.gateway.flows.office import CENTRE, LAMP, RESULT, handled, issue, only_case
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import write_mail

SIGNED = f"{LAMP} Tôi là Trần Thị Bình, số 0900 000 002."
WITH_NAME = f"{RESULT} Xin cảm ơn chị Trần thị Bình."
WITH_NUMBER = f"{RESULT} Xin cảm ơn chị Bình (+84 900.000.002)."


async def published(world: World, case_id: str) -> str:
    """What everybody reads; empty: nothing."""
    row = await world.deployment.database.read(lambda connection: reports.publication_of(connection, case_id))
    return Shown.model_validate(row.view).answer if row is not None else ""


@pytest.mark.rule("LS-3.2", "VN-4", "QB-IV.1.4a.1")
@on_both_engines
@pytest.mark.parametrize("answer", [WITH_NAME, WITH_NUMBER])
async def test_who_reported_is_not_published_without_a_reason(world: World, answer: str) -> None:
    await write_mail(world, SIGNED)
    case = await only_case(world)
    await handled(world, case.id)
    before = await only_case(world)

    refusal = await world.deployment.clerk.execute(case.id, "publish", {"text": answer}, actor=CENTRE)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.http) == (CODE, 422)
    assert set(refusal.details["fields"]) == {"text", OVERRIDE}
    assert (await only_case(world)).version == before.version
    assert await published(world, case.id) == ""

    await issue(world, case.id, "publish", text=answer, override_reason="Người phản ánh đề nghị nêu tên.")
    assert await published(world, case.id) == answer


@pytest.mark.rule("LS-3.2")
async def test_their_first_name_alone_and_the_place_tell_nobody(world: World) -> None:
    await write_mail(world, SIGNED)
    case = await only_case(world)
    await handled(world, case.id)
    answer = f"{RESULT} Xin cảm ơn chị Bình đã báo tin ở số 12 Lê Lợi."

    await issue(world, case.id, "publish", text=answer)

    assert await published(world, case.id) == answer
