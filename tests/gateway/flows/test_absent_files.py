"""Files that are not here: staff and citizen read how it stands with them, and meet no broken link."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.contract.errors import MessageInvalid, ProviderRefused
from gateway.portal.follow import REPORT
from gateway.portal.shared import FOLLOW, PORTAL
from tests.gateway.api.staffing import centre
from tests.gateway.console.office import open_office
from tests.gateway.flows.office import only_case, stored_reports
from tests.gateway.flows.remote import PHOTO, fetch, kept_by, remote_chat, reported
from tests.gateway.portal.conftest import portal_app
from tests.support.databases import on_both_engines
from tests.support.deployments import World


async def pages(world: World) -> list[str]:
    """Case and conversation as staff see them, then the report as its citizen sees it."""
    (report,) = await stored_reports(world)
    case = await only_case(world)
    member = await centre(world)
    async with open_office(world) as office, office.desk(member) as desk:
        page = (await desk.get(f"/console/ho-so/{case.id}")).text
        talk = page.partition('href="/console/hoi-thoai/')[2].partition('"')[0]
        seen = [page, (await desk.get(f"/console/hoi-thoai/{talk}")).text]
    return [*seen, await _own_page(world, report.code)]


async def _own_page(world: World, code: str) -> str:
    app = portal_app(world.deployment)
    async with TestClient(TestServer(app)) as client:
        note = app[PORTAL].notes.write(FOLLOW, {"code": code}, now=world.clock())
        async with client.get(REPORT, headers={"Cookie": f"{FOLLOW}={note}"}) as response:
            return await response.text()


@on_both_engines
async def test_a_file_on_its_way_is_said_to_be(world: World) -> None:
    """Until it is here; then it is a picture on all three."""
    chat = remote_chat(world)
    key = await reported(world, chat)
    before = await pages(world)
    await fetch(world, chat)
    after = await pages(world)

    assert all("đang tải từ testchat" in page and f"/tep/{key}" not in page for page in before)
    assert all("đang tải từ" not in page and f"tep/{key}" in page for page in after)
    assert f"/tep/{key}/nho" in after[0]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (ProviderRefused("gone", provider_code="404"), "không còn tải được"),
        (MessageInvalid("too long"), "không nhận: dung lượng lớn hơn mức cho phép"),
        (b"<svg onload=alert(1)>", "không nhận: loại tệp không được hỗ trợ"),
    ],
    ids=["gone", "too long", "script"],
)
async def test_a_file_that_will_never_be_here_is_said_to_be_lost(
    world: World, problem: bytes | Exception, words: str
) -> None:
    """With the reason where it was not taken."""
    chat = remote_chat(world)
    key = await reported(world, chat)
    kept_by(chat).files[PHOTO] = problem
    await fetch(world, chat)

    assert all(words in page and f"/tep/{key}" not in page for page in await pages(world))
