"""
Every state a case can be in × every form in which everybody loads cases: no word of its reporter in any of them, and
only what was published for everybody is there at all (A-4, VN-3, VN-4).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from core.service.subjects.taking import Entering
from core.service.subjects.words import Asked
from core.storage.cases import CaseRow
from core.subjects.request import ProvedBy, Via
from core.subjects.rights import Right
from gateway.admin.services import eraser_of, subject_desk_of
from gateway.app import create_app
from tests.gateway.api.staffing import LIGHTS, agency, centre, issue
from tests.gateway.portal.citizen import Citizen, File, photo
from tests.gateway.portal.test_follow import CANARY, the_case
from tests.support.deployments import World

FORMS = (
    "/cong-khai",
    "/cong-khai.csv",
    "/cong-khai.geojson",
    "/cong-khai.atom",
    "/cong-khai.rss",
    "/thong-ke",
    "/thong-ke.json",
    "/thong-bao.atom",
    "/thong-bao.rss",
    "/open311/v2/requests.json",
    "/open311/v2/requests.xml",
)
TELL_RESULTS = frozenset(FORMS[:5])
WHO = {"name": CANARY, "phone": "0900 000 001", "email": "canary@example.vn", "consent": "1"}
WHERE = {"latitude": "16.46371", "longitude": "107.59092"}
SECRETS = (CANARY, "canary@", "900 000 001", "900000001", "16.46371", "107.59092")
ANSWER = "Đơn vị đã lắp nắp cống mới ngày 23/11/2026."


@pytest_asyncio.fixture
async def citizen(world: World) -> AsyncIterator[Citizen]:
    """Before the whole application: apps of other cities read there too."""
    async with TestClient(TestServer(create_app(world.deployment))) as client:
        yield Citizen(world, client)


async def stays_open(_world: World, _case: CaseRow) -> None:
    """Nobody has looked at it yet."""


async def worked(world: World, case: CaseRow) -> None:
    """With the agency, which has reported its result in words that name the reporter."""
    ioc, lights = await centre(world), await agency(world)
    await issue(world, ioc, case.id, "accept")
    await issue(world, ioc, case.id, "dispatch", agencies=[LIGHTS], note=f"Gọi cho {CANARY}.")
    await issue(world, lights, case.id, "accept_dispatch")
    await issue(world, lights, case.id, "submit_result", result=f"Đã gặp {CANARY}.")
    await issue(world, lights, case.id, "approve")


async def published(world: World, case: CaseRow) -> None:
    """Answered for everybody."""
    await worked(world, case)
    await issue(world, await centre(world), case.id, "publish", text=ANSWER)


async def answered_privately(world: World, case: CaseRow) -> None:
    """Its reporter asked for secrecy."""
    await worked(world, case)
    await issue(world, await centre(world), case.id, "set_confidential", confidential=True)
    await issue(world, await centre(world), case.id, "reply_privately", text=ANSWER)


async def withheld(world: World, case: CaseRow) -> None:
    """There may be a state secret in it."""
    await worked(world, case)
    await issue(world, await centre(world), case.id, "flag_secret")
    await issue(world, await centre(world), case.id, "withhold", reason="Có thể là bí mật.")


async def declined(world: World, case: CaseRow) -> None:
    """Refused, with a reason that names the reporter."""
    reason = {"reason_code": "private_matter", "reason": f"Việc riêng của {CANARY}."}
    await issue(world, await centre(world), case.id, "decline", **reason)


async def objected(world: World, case: CaseRow) -> None:
    """Published, until its reporter objected."""
    await published(world, case)
    (told,) = case.state["reports"]
    wish = Entering(told["contact_id"], Right.OBJECTION, Via.PORTAL, ProvedBy.CODE, Asked(), told["code"])
    request = await world.deployment.clerk.requests.take(wish)
    await subject_desk_of(world.deployment).carry_out(request.id, 1, actor=(await centre(world)).id)


async def erased(world: World, case: CaseRow) -> None:
    """Published, until its reporter was erased."""
    await published(world, case)
    await eraser_of(world.deployment).erase_reporter(case.code)


State = Callable[[World, CaseRow], Awaitable[None]]
STATES: Mapping[State, bool] = {
    stays_open: False,
    worked: False,
    published: True,
    answered_privately: False,
    withheld: False,
    declined: False,
    objected: False,
    erased: False,
}
"""State → whether its answer is there for everybody."""


@pytest.mark.rule("A-4", "VN-3", "VN-4")
@pytest.mark.parametrize(("state", "is_told"), STATES.items(), ids=[one.__name__ for one in STATES])
async def test_no_form_tells_more_than_was_published(citizen: Citizen, state: State, *, is_told: bool) -> None:
    """The reporter, their contacts and the exact point are in no form, whatever becomes of the case."""
    await citizen.report([File("canary.jpg", photo())], **WHO, **WHERE)
    await citizen.world.settle()
    case = await the_case(citizen.world)
    await state(citizen.world, case)
    await citizen.world.settle()
    citizen.forget_cookies()

    for path in FORMS:
        async with citizen.client.get(path) as response:
            text = await response.text()
        assert response.status == 200, path
        assert [one for one in (*SECRETS, case.state["reports"][0]["contact_id"]) if one in text] == [], path
        if path in TELL_RESULTS:
            assert (f"/cong-khai/{case.id}" in text) is is_told, path
        elif not is_told:
            assert ANSWER not in text, path
