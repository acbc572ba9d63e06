"""What everybody is told stands on the first page, on a page of its own and in a feed; public services beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
import pytest_asyncio

from tests.gateway.portal.citizen import Citizen
from tests.support.deployments import World, world_over
from tests.support.public_notices import TEXT, TITLE, tell_everybody, withdraw

ATOM = "{http://www.w3.org/2005/Atom}"
LAND = "https://datdai.example.vn/tra-cuu"


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """Tiền Giang, with one public service that has an address."""
    portal = {"utilities": {"land": LAND}}
    async with world_over(database_url, tmp_path, regulation="tien_giang", portal=portal) as opened:
        yield opened


async def feed(citizen: Citizen) -> list[tuple[str, str]]:
    """(id, title) of each entry of a feed that is one."""
    async with citizen.client.get("/thong-bao.atom") as answer:
        assert (answer.status, answer.content_type) == (200, "application/atom+xml")
        root = fromstring(await answer.read())
    for name in ("id", "title", "updated", "author"):
        assert root.find(ATOM + name) is not None
    entries = root.findall(f"{ATOM}entry")
    return [(one.findtext(f"{ATOM}id", ""), one.findtext(f"{ATOM}title", "")) for one in entries]


@pytest.mark.rule("TG-4.1a")
async def test_warnings_stand_first_until_they_end(citizen: Citizen) -> None:
    notice = await tell_everybody(citizen.world, "notice", title="Lịch cắt điện <b>")
    warning = await tell_everybody(citizen.world)
    for page in ("/", "/thong-bao"):
        shown = (await citizen.see(page)).text
        assert shown.index(TITLE) < shown.index("Lịch cắt điện <b>")
        assert TEXT.splitlines()[1] in shown
    told = await feed(citizen)
    assert [title for _, title in told] == [f"Cảnh báo: {TITLE}", "Thông báo: Lịch cắt điện <b>"]
    assert told[0][0].endswith(f"/thong-bao#{warning}")

    await withdraw(citizen.world, notice)
    citizen.world.clock.advance(days=1)
    for page in ("/", "/thong-bao"):
        assert TITLE not in (await citizen.see(page)).text
    assert await feed(citizen) == []
    assert "Hiện không có thông báo nào" in (await citizen.see("/thong-bao")).text


async def test_every_warning_stands_on_the_first_page_and_a_few_of_the_others(citizen: Citizen) -> None:
    for number in range(4):
        await tell_everybody(citizen.world, title=f"Cảnh báo số {number}")
        await tell_everybody(citizen.world, "notice", title=f"Thông báo số {number}")
    home, page = (await citizen.see("/")).text, (await citizen.see("/thong-bao")).text
    assert [home.count(f"Cảnh báo số {number}") for number in range(4)] == [1, 1, 1, 1]
    assert [home.count(f"Thông báo số {number}") for number in range(4)] == [0, 1, 1, 1]
    assert page.count("Thông báo số") == 4


@pytest.mark.rule("TG-4.1a")
async def test_public_services_with_an_address_are_linked(citizen: Citizen) -> None:
    home = await citizen.see("/")
    assert f'href="{LAND}"' in home.html
    assert "Đất đai" in home.text
    assert "Dịch vụ hành chính công" not in home.text
