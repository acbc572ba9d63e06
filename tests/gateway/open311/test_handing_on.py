"""Two deployments: a case of one agency goes to another city by Open311, and what is done there comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from channels.http import ProviderHttp
from core.cases.model import Case, Dispatch
from core.contract.errors import OutcomeUnknown, ProviderRefused, TemporarySendError
from core.service.work import Work
from core.storage import cases
from gateway.open311.client import Open311Client, Outgoing
from gateway.open311.handing_on import UNANSWERED, HandingOn
from gateway.portal.shared import PORTAL
from gateway.settings.open311 import Partner
from tests.gateway.api.staffing import LIGHTS, case_ids, centre, issue, report
from tests.gateway.open311.conftest import Program, program_on
from tests.gateway.portal.test_follow import ANSWER, work_through
from tests.support.deployments import World, open_world


@dataclass(frozen=True)
class Cities:
    """Ours, which hands over; theirs, which takes over."""

    ours: World
    theirs: Program

    def partner(self, **changes: Any) -> HandingOn:
        """The city next door, for the agency that looks after lamps."""
        url = str(self.theirs.client.make_url("/open311/v2"))
        told = {"url": url, "agency": LIGHTS, "service": self.theirs.services[0], "api_key": self.theirs.key}
        return HandingOn(self.ours.deployment, "hang-xom", Partner.model_validate(told | changes))

    async def handed(self) -> str:
        """A case of ours that was given to that agency."""
        ioc, case_id = await centre(self.ours), await report(self.ours)
        await issue(self.ours, ioc, case_id, "accept")
        await issue(self.ours, ioc, case_id, "dispatch", agencies=[LIGHTS])
        return case_id

    async def part(self, case_id: str) -> Dispatch:
        """How the agency's part stands with us."""
        row = await self.ours.deployment.database.read(partial(cases.load, case_id=case_id))
        return Case.model_validate(row.state).dispatches[-1]

    async def there(self) -> list[Any]:
        """Every case over there."""
        await self.theirs.world.settle()
        return [
            (await self.theirs.world.deployment.database.read(partial(cases.load, case_id=one))).state
            for one in await case_ids(self.theirs.world)
        ]


@asynccontextmanager
async def two_cities(folder: Path) -> AsyncIterator[Cities]:
    """Both running, each with a data folder of its own."""
    async with open_world(folder / "ours") as ours, program_on(folder / "theirs") as theirs:
        yield Cities(ours, theirs)


async def test_a_case_goes_over_and_its_answer_comes_back(tmp_path: Path) -> None:
    """Once, without its reporter; taken on, and done when they are done."""
    async with two_cities(tmp_path) as cities:
        case_id, partner = await cities.handed(), cities.partner()
        assert await partner.run_once() == 1
        assert await partner.run_once() == 0
        (there,) = await cities.there()
        taken = await cities.part(case_id)
        await work_through(cities.theirs.world)
        assert await partner.run_once() == 1
        done = await cities.part(case_id)
        assert await partner.run_once() == 0

        assert "accept_dispatch" in taken.marks
        assert len(done.resolutions) == 1
        assert done.latest is not None
        assert done.latest.approved_at is not None
        words = await cities.ours.deployment.clerk.texts.read([done.latest.result], work=Work())
        assert words[done.latest.result.id] == f"{ANSWER} (Mã ở hệ thống của đơn vị: {there['code']})"
        assert cities.theirs.client.app is not None
        view = await cities.theirs.client.app[PORTAL].desk.follow(there["code"])
        assert view is not None
        assert "Đèn đường" in view.content
        assert [secret for secret in ("Nguyễn Văn An", "0900 000 001", "0900000001") if secret in view.content] == []


async def test_each_case_has_its_own_request_and_its_own_answer(tmp_path: Path) -> None:
    """The second is no follower of the first: it goes over itself, and waits while the first is done."""
    async with two_cities(tmp_path) as cities:
        first, partner = await cities.handed(), cities.partner()
        assert await partner.run_once() == 1
        await cities.there()
        await work_through(cities.theirs.world)
        second = await cities.handed()
        assert await partner.run_once() == 2
        assert len(await cities.there()) == 2
        assert [len((await cities.part(one)).resolutions) for one in (first, second)] == [1, 0]


async def test_a_city_that_is_away_gets_it_when_it_is_back(tmp_path: Path) -> None:
    async with two_cities(tmp_path) as cities:
        case_id = await cities.handed()
        assert await cities.partner(url="http://127.0.0.1:9/open311/v2").run_once() == 0
        assert "accept_dispatch" not in (await cities.part(case_id)).marks
        cities.ours.clock.advance(minutes=11)
        assert await cities.partner().run_once() == 1
        assert len(await cities.there()) == 1


async def test_what_they_refuse_goes_back_to_the_centre(tmp_path: Path) -> None:
    async with two_cities(tmp_path) as cities:
        case_id, partner = await cities.handed(), cities.partner(api_key="la_khac_x")
        assert await partner.run_once() == 1
        assert await partner.run_once() == 0
        assert "send_back" in (await cities.part(case_id)).marks
        assert await cities.there() == []


@pytest.mark.rule("QB-IV.1.2a.4", "QB-IV.1.2a.6")
async def test_an_answer_comes_back_where_unit_and_person_are_named_first(tmp_path: Path) -> None:
    """Nobody of the agency sits here: every step to the result is made in its name, and a long answer comes whole."""
    answer = "Đơn vị đã thay bóng đèn.\n" + "Đã kiểm tra toàn tuyến và thay dây. " * 100
    async with open_world(tmp_path / "ours", regulation="quang_binh") as ours, _city(answer) as url:
        ioc, case_id = await centre(ours), await report(ours)
        for name, state in (await stored(ours, case_id)).completeness.items():
            if state.value == "missing":
                await issue(ours, ioc, case_id, "declare_none", field=name, reason="Không có trong thư")
        await issue(ours, ioc, case_id, "accept")
        await issue(ours, ioc, case_id, "dispatch", agencies=[LIGHTS])
        told = {"url": url, "agency": LIGHTS, "service": "lamp"}
        partner = HandingOn(ours.deployment, "hang-xom", Partner.model_validate(told))
        assert await partner.run_once() == 1
        taken = [clock.name for clock in (await stored(ours, case_id)).running()]
        assert await partner.run_once() == 1

        (part,) = (await stored(ours, case_id)).dispatches
        assert (part.stage, len(part.resolutions)) == ("approved", 1)
        assert "focal_accept" not in taken
        draft = part.resolutions[0].draft_answer
        words = await ours.deployment.clerk.texts.read([draft], work=Work())
        assert list(words.values()) == [answer.strip()]


async def test_a_result_that_the_case_does_not_take_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again until somebody has made way for it."""
    async with two_cities(tmp_path) as cities:
        case_id, partner = await cities.handed(), cities.partner()
        assert await partner.run_once() == 1
        await cities.there()
        await work_through(cities.theirs.world)
        with monkeypatch.context() as patched:
            patched.setattr("gateway.links.steps.answered", lambda *_given, **_more: ())
            assert await partner.run_once() == 0
        assert await partner.run_once() == 1
        assert len((await cities.part(case_id)).resolutions) == 1


async def test_a_city_that_does_not_answer_ends_the_round(tmp_path: Path) -> None:
    """However many cases wait for it: nobody asks each of them in vain, one patience after the other."""
    async with two_cities(tmp_path) as cities:
        for _ in range(UNANSWERED + 2):
            await cities.handed()
        away = cities.partner(url="http://127.0.0.1:9/open311/v2")
        with capture_logs() as logs:
            assert await away.run_once() == 0
        assert [one["event"] for one in logs].count("open311_not_now") == UNANSWERED


async def test_every_open_case_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those that are older than one reading holds."""
    monkeypatch.setattr("gateway.open311.handing_on.AT_ONCE", 2)
    async with two_cities(tmp_path) as cities:
        for _ in range(5):
            await cities.handed()
        assert await cities.partner().run_once() == 5
        assert len(await cities.there()) == 5


async def stored(world: World, case_id: str) -> Case:
    return Case.model_validate((await world.deployment.database.read(partial(cases.load, case_id=case_id))).state)


@asynccontextmanager
async def _city(answer: str) -> AsyncIterator[str]:
    """A server that takes every request, and has closed it with this answer."""

    async def take(_request: web.Request) -> web.Response:
        return web.json_response([{"service_request_id": "7"}])

    async def tell(_request: web.Request) -> web.Response:
        return web.json_response([{"service_request_id": "7", "status": "closed", "status_notes": answer}])

    app = web.Application()
    app.router.add_post("/requests.json", take)
    app.router.add_get("/requests/7.json", tell)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.mark.rule("VN-3")
async def test_what_may_be_a_secret_stays(tmp_path: Path) -> None:
    async with two_cities(tmp_path) as cities:
        case_id = await cities.handed()
        await issue(cities.ours, await centre(cities.ours), case_id, "flag_secret")
        assert await cities.partner().run_once() == 0
        assert await cities.there() == []


ODD = {
    "/requests/1.json": (200, '[{"service_request_id": 1, "status": "CLOSED", "status_notes": null}]'),
    "/requests/2.json": (200, '{"service_request_id": 2, "status": "open", "status_notes": "Đang\\u0000 làm\\n"}'),
    "/requests/3.json": (200, "[]"),
    "/requests/4.json": (200, "<html>"),
    "/requests/5.json": (503, ""),
    "/requests/6.json": (404, '[{"code": 404}]'),
    "/requests/7.json": (200, "[1]"),
}


async def test_answers_of_odd_servers_are_read_or_refused_clearly() -> None:
    """Ids as numbers, one object in the place of a list, rubbish."""

    async def serve(request: web.Request) -> web.Response:
        status, text = ODD.get(request.path, (200, "[{}]"))
        return web.Response(status=status, text=text, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", serve)
    async with TestServer(app) as server:
        http = ProviderHttp(str(server.make_url("")).rstrip("/"))
        client = Open311Client(http)
        assert (await client.standing("1")).closed
        assert (await client.standing("2")).notes == "Đang làm"
        for number, error in {3: ProviderRefused, 4: OutcomeUnknown, 5: TemporarySendError, 6: ProviderRefused}.items():
            with pytest.raises(error):
                await client.standing(str(number))
        with pytest.raises(OutcomeUnknown):
            await client.standing("7")
        with pytest.raises(OutcomeUnknown):
            await client.post(Outgoing("a", "b", "c"))
        await http.close()
