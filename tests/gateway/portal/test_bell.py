"""Notices in a browser for whoever reported on the web and left no address."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser, expect
from sqlalchemy import select

from channels.webpush.sandbox import PushSandbox, SandboxBrowser
from core.storage.tables import outbox, push_device
from gateway.admin.services import eraser_of
from tests.gateway.portal.citizen import CONTENT, PLACE, Citizen
from tests.gateway.portal.conftest import portal_app
from tests.gateway.portal.test_browser import opened, send
from tests.gateway.portal.test_follow import ANSWER, work_through
from tests.support.chromium import until
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over

BELL = "/tra-cuu/phan-anh/thong-bao"
CONTACT = "mailto:vanhanh@phananh.example.vn"


@dataclass
class Street:
    """A citizen, the office, and a push service between them."""

    citizen: Citizen
    service: PushSandbox

    @property
    def world(self) -> World:
        return self.citizen.world

    async def switch(self, browser: SandboxBrowser, on: str = "1", **changes: str) -> int:
        """As the page's script does it; returns the status."""
        form = (await self.citizen.see("/tra-cuu/phan-anh")).form(BELL)
        given = {"csrf": form["csrf"], "on": on, **flat(browser), **changes}
        async with self.citizen.client.post(BELL, data=given) as answer:
            return answer.status


def flat(browser: SandboxBrowser) -> dict[str, str]:
    """What the script sends of a subscription."""
    given = browser.subscription()
    return {"endpoint": given["endpoint"], **given["keys"]}


@pytest_asyncio.fixture
async def street(database_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    async with (
        PushSandbox() as service,
        world_over(database_url, tmp_path, push={"contact": CONTACT, "sandbox": service.url}) as world,
    ):
        service.now = world.clock
        async with TestClient(TestServer(portal_app(world.deployment))) as client:
            yield Street(Citizen(world, client), service)


async def rows(world: World) -> list[Any]:
    return await world.deployment.database.read(lambda one: one.execute(select(push_device)).all())


async def waiting_until(world: World) -> datetime:
    """When the next bell that waits is rung."""
    waits = (outbox.c.channel == "webpush", outbox.c.state == "pending")
    soonest = select(outbox.c.next_at).where(*waits).order_by(outbox.c.next_at)
    found = await world.deployment.database.read(lambda one: one.scalars(soonest).first())
    assert found is not None
    return found


@on_both_engines
@pytest.mark.rule("VN-4")
async def test_news_rings_without_an_address_and_without_a_word_of_it(street: Street) -> None:
    await street.citizen.open(*await street.citizen.reported())
    phone = street.service.subscribe()

    assert await street.switch(phone) == 204
    await work_through(street.world)

    (notice,) = phone.shown.values()
    assert notice["page"] == "report"
    for words in (CONTENT, PLACE, ANSWER):
        assert words not in str(notice)
    (row,) = await rows(street.world)
    assert phone.endpoint.encode() not in row.device_sealed


async def test_it_can_be_taken_back(street: Street) -> None:
    await street.citizen.open(*await street.citizen.reported())
    phone = street.service.subscribe()
    await street.switch(phone)

    assert await street.switch(phone, on="0") == 204
    await work_through(street.world)

    assert phone.calls == []
    assert await rows(street.world) == []


async def test_a_browser_that_took_it_back_itself_is_forgotten(street: Street) -> None:
    """410 from its service ends it; the page has the answer all the same."""
    await street.citizen.open(*await street.citizen.reported())
    phone = street.service.subscribe()
    await street.switch(phone)
    phone.gone = True

    await work_through(street.world)

    assert await rows(street.world) == []
    assert ANSWER in (await street.citizen.see("/tra-cuu/phan-anh")).text


async def test_only_whoever_opened_the_report_can_switch_it_on(street: Street) -> None:
    await street.citizen.open(*await street.citizen.reported())
    form = (await street.citizen.see("/tra-cuu/phan-anh")).form(BELL)
    phone = street.service.subscribe()
    given = {"on": "1", **flat(phone)}
    async with street.citizen.client.post(BELL, data=given) as answer:
        assert answer.status == 403

    street.citizen.forget_cookies()
    visitor = (await street.citizen.see("/tra-cuu")).form("/tra-cuu")["csrf"]
    assert visitor != form["csrf"]
    async with street.citizen.client.post(BELL, data=given | {"csrf": visitor}, allow_redirects=False) as answer:
        assert answer.status == 303
    assert await rows(street.world) == []


@pytest.mark.parametrize(
    "wrong",
    [{"endpoint": "https://169.254.169.254/latest"}, {"p256dh": "AAAA"}, {"auth": ""}, {"endpoint": ""}],
)
async def test_what_no_browser_says_is_refused(street: Street, wrong: dict[str, str]) -> None:
    await street.citizen.open(*await street.citizen.reported())

    assert await street.switch(street.service.subscribe(), **wrong) == 422
    assert await rows(street.world) == []


@pytest.mark.rule("VN-4")
async def test_who_is_erased_rings_no_more(street: Street) -> None:
    await street.citizen.open(*await street.citizen.reported())
    await street.switch(street.service.subscribe())
    (row,) = await rows(street.world)

    await eraser_of(street.world.deployment).erase_contact(row.subject_id)

    assert await rows(street.world) == []


@pytest.mark.rule("VN-6")
async def test_at_night_the_phone_stays_silent(street: Street) -> None:
    """The page has it at once; the bell waits for the morning."""
    await street.citizen.open(*await street.citizen.reported())
    phone = street.service.subscribe()
    await street.switch(phone)
    await street.world.pass_time(hours=14)  # 22:00
    before = len(phone.calls)

    await work_through(street.world)

    assert len(phone.calls) == before
    assert await waiting_until(street.world) >= datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    await street.world.pass_time(hours=10)
    assert len(phone.calls) > before


async def test_where_it_is_off_nothing_is_offered(citizen: Citizen) -> None:
    await citizen.open(*await citizen.reported())
    page = await citizen.see("/tra-cuu/phan-anh")

    assert not page.has_form(BELL)
    async with citizen.client.post(BELL, data={"csrf": page.form("/tra-cuu/phan-anh/dong")["csrf"]}) as answer:
        assert answer.status == 404


def ids(told: dict[str, Any]) -> list[str]:
    """Of the service workers that Chromium tells of."""
    return [one["registrationId"] for one in told["registrations"]]


SUBSCRIBED = """
const given = %s;
const found = {...given, toJSON: () => given, unsubscribe: async () => true};
PushManager.prototype.subscribe = async function (options) {
  window.askedWith = options.applicationServerKey;
  return found;
};
PushManager.prototype.getSubscription = async () => (window.askedWith ? found : null);
"""
"""A Chromium without its company's push service: the subscription is one of the sandbox's."""


@pytest.mark.rule("VN-13")
async def test_one_press_in_a_real_browser(street: Street, browser: Browser) -> None:
    """Offered, switched on, rung, shown by the service worker, and switched off again."""
    phone = street.service.subscribe()
    async with opened(street.world, browser, permissions=["notifications"]) as page:
        await page.context.add_init_script(SUBSCRIBED % json.dumps(phone.subscription()))
        await send(page)
        await street.world.settle()
        await page.goto("/tra-cuu/phan-anh")
        button = page.locator("form[data-bell] button")
        await expect(button).to_have_text("Nhận thông báo trên trình duyệt này")

        await button.click()

        await expect(button).to_have_text("Tắt thông báo trên trình duyệt này")
        assert await page.evaluate("window.askedWith") == await page.get_attribute("form[data-bell]", "data-bell")
        await work_through(street.world)
        (notice,) = phone.shown.values()
        session = await page.context.new_cdp_session(page)
        found: list[str] = []
        session.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
        )
        await session.send("ServiceWorker.enable")
        await until(page, "navigator.serviceWorker.ready.then(one => one.active?.state === 'activated')")
        origin = page.url.partition("/tra-cuu")[0]
        push = {"origin": f"{origin}/", "registrationId": found[0], "data": json.dumps(notice)}
        for _twice in range(2):
            await session.send("ServiceWorker.deliverPushMessage", push)
        shown = "navigator.serviceWorker.ready.then(one => one.getNotifications())"
        await until(page, f"{shown}.then(all => all.length === 1 && all[0].body === {json.dumps(notice['body'])})")
        await button.click()
        await expect(button).to_have_text("Nhận thông báo trên trình duyệt này")
        assert await rows(street.world) == []
