"""A neighbour's report, followed by its code: a list in the follower's own browser, and a bell when it moves on."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from channels.webpush.sandbox import SandboxBrowser
from gateway.workers.sweeps import FOLLOWERS, Sweeper
from tests.gateway.portal.citizen import CONTENT, PLACE
from tests.gateway.portal.test_bell import Street, flat, rows, street
from tests.gateway.portal.test_follow import ANSWER, work_through
from tests.support.databases import on_both_engines

__all__ = ["street"]

PAGE = "/tra-cuu/theo-doi"
BELL, END = f"{PAGE}/thong-bao", f"{PAGE}/thoi"


@dataclass
class Neighbour:
    """Somebody in the street who knows a code and no PIN."""

    street: Street
    code: str

    async def follows(self) -> None:
        citizen = self.street.citizen
        citizen.forget_cookies()
        page = await citizen.open(self.code, "")
        await citizen.send(page.form(PAGE))

    async def switches(self, browser: SandboxBrowser, on: str = "1") -> int:
        form = (await self.street.citizen.see(PAGE)).form(BELL)
        given = {"csrf": form["csrf"], "on": on, **flat(browser)}
        async with self.street.citizen.client.post(BELL, data=given) as answer:
            return answer.status

    async def stops(self) -> None:
        await self.street.citizen.send((await self.street.citizen.see(PAGE)).form(END))

    async def sees(self) -> str:
        return (await self.street.citizen.see(PAGE)).text


@pytest.fixture
async def neighbour(street: Street) -> Neighbour:
    code, _ = await street.citizen.reported()
    return Neighbour(street, code)


@pytest.mark.rule("A-4")
async def test_the_list_shows_what_everybody_may_see(neighbour: Neighbour) -> None:
    assert "chưa theo dõi" in await neighbour.sees()
    await neighbour.follows()
    assert "Đã nhận phản ánh" in await neighbour.sees()
    await work_through(neighbour.street.world)
    page = await neighbour.sees()
    assert "Đã có kết quả" in page
    assert (CONTENT in page, PLACE in page) == (False, False)
    await neighbour.stops()
    assert "chưa theo dõi" in await neighbour.sees()


@on_both_engines
@pytest.mark.rule("A-4", "VN-4")
async def test_every_follower_is_rung_when_it_moves_on_and_told_nothing_more(neighbour: Neighbour) -> None:
    phones = [neighbour.street.service.subscribe(name) for name in ("hers", "his")]
    for phone in phones:
        await neighbour.follows()
        assert await neighbour.switches(phone) == 204
    await work_through(neighbour.street.world)
    for phone in phones:
        (notice,) = phone.shown.values()
        assert notice["page"] == "followed"
        assert all(words not in str(notice) for words in (CONTENT, PLACE, ANSWER, neighbour.code))


@pytest.mark.parametrize("way", ["the bell", "the list"])
async def test_whoever_stops_is_rung_no_more_and_forgotten(neighbour: Neighbour, way: str) -> None:
    phone = neighbour.street.service.subscribe()
    await neighbour.follows()
    await neighbour.switches(phone)
    if way == "the bell":
        assert await neighbour.switches(phone, on="0") == 204
    else:
        await neighbour.stops()
    await work_through(neighbour.street.world)
    assert phone.calls == []
    assert await rows(neighbour.street.world) == []


@on_both_engines
@pytest.mark.rule("VN-4", "VN-15")
async def test_browsers_are_forgotten_a_while_after_the_end(neighbour: Neighbour) -> None:
    """Nobody has to switch them off; the page on the use of data says after how many days."""
    world, phone = neighbour.street.world, neighbour.street.service.subscribe()
    await neighbour.follows()
    await neighbour.switches(phone)
    await work_through(world)
    world.clock.advance(days=FOLLOWERS.days - 1)
    await Sweeper(world.deployment).run_once()
    assert len(await rows(world)) == 1
    world.clock.advance(days=2)
    await Sweeper(world.deployment).run_once()
    assert await rows(world) == []
    told = (await neighbour.street.citizen.see("/du-lieu-cua-ban")).text
    assert f"sau khi phản ánh kết thúc (ngày): {FOLLOWERS.days}" in told


async def test_what_is_no_browser_is_refused(neighbour: Neighbour) -> None:
    await neighbour.follows()
    form = (await neighbour.street.citizen.see(PAGE)).form(BELL)
    given = {"csrf": form["csrf"], "on": "1", "endpoint": "https://127.0.0.1/x", "p256dh": "", "auth": ""}
    async with neighbour.street.citizen.client.post(BELL, data=given) as answer:
        assert answer.status == 422
