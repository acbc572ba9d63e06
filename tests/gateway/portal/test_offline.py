"""Reports without a network: kept on the device, sent once when it is back, by our pages as the first own app."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from core.storage import tables
from gateway.app import create_app
from gateway.auth.apps import portal_key
from gateway.portal import drafts
from tests.gateway.portal.citizen import CONTENT, PLACE, Citizen, photo
from tests.gateway.portal.test_browser import PHONE, check
from tests.support.chromium import until
from tests.support.codes import WRITTEN, with_phones
from tests.support.deployments import World, world_over
from tests.support.waiting import PATIENCE
from tests.support.waiting import until as happens

STATIC = Path(drafts.__file__).parents[1] / "static"
IS_KEPT = "caches.match('/phan-anh/ban-nhap').then(Boolean)"
IMPORTED = re.compile(r'^import (?:.* from )?"(\.[^"]+)";$', re.MULTILINE)


@asynccontextmanager
async def opened(world: World, browser: Browser) -> AsyncIterator[tuple[Page, BrowserContext]]:
    """A phone that was on our pages once, with a network."""
    async with TestServer(create_app(world.deployment)) as server:
        context = await browser.new_context(base_url=str(server.make_url("/")), viewport=PHONE)
        page = await context.new_page()
        await page.goto("/phan-anh")
        await until(page, IS_KEPT)
        await until(page, "navigator.serviceWorker.ready.then(() => true)")
        await page.reload()  # from now on the worker stands between
        await until(page, "navigator.serviceWorker.controller !== null")
        yield page, context
        await context.close()


async def reports(world: World) -> list[Any]:
    """Channel and account of each report that came."""
    await world.settle()
    talks = select(tables.conversation.c.channel, tables.conversation.c.account)
    return list(await world.deployment.database.read(lambda one: one.execute(talks).all()))


async def write(page: Page) -> None:
    """A report with a photo, saved in the page of drafts."""
    await page.fill("#content", CONTENT)
    await page.fill("#place", PLACE)
    photograph: Any = {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    await page.set_input_files('input[name="media"] >> nth=1', photograph)
    await expect(page.locator(".preview")).to_have_count(1)
    await page.click("text=Lưu, gửi khi có mạng")


async def become(page: Page, state: str) -> None:
    """The one draft on this device comes to this, as long as it may take on a busy machine."""
    await expect(page.locator(f"[data-state={state}]")).to_have_count(1, timeout=1000 * PATIENCE)


@pytest.mark.rule("TG-4.3", "LS-6.2", "QB-III.1a", "HUE-C")
async def test_written_without_a_network_and_sent_once_when_it_is_back(world: World, browser: Browser) -> None:
    """The page opens offline, the draft survives a reload, and two coming-backs at once make one report."""
    async with opened(world, browser) as (page, context):
        await context.set_offline(True)
        await page.goto("/phan-anh")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Phản ánh khi không có mạng")
        await check(page)
        await write(page)
        await become(page, "waiting")
        await page.reload()
        await expect(page.locator("[data-state=waiting]")).to_contain_text("1 tệp")
        await check(page)
        assert await reports(world) == []

        await context.set_offline(False)
        await page.evaluate("dispatchEvent(new Event('online'))")
        await become(page, "sent")
        sent = page.locator("[data-state=sent]")
        await check(page)
        code = await sent.locator("[data-code]").get_attribute("data-code")
        pin = await sent.locator("[data-pin]").get_attribute("data-pin")

        assert [tuple(row) for row in await reports(world)] == [("app", "portal")]
        await page.goto("/tra-cuu")
        await page.fill("#code", str(code))
        await page.fill("#pin", str(pin))
        await page.click("text=Xem phản ánh")
        await expect(page.get_by_text(CONTENT).first).to_be_visible()
        await page.goto(drafts.PAGE)
        await page.click("text=Tôi đã ghi lại, xóa khỏi máy")
        await expect(page.locator("[data-drafts]")).to_be_hidden()


async def test_it_is_sent_also_when_no_page_of_ours_is_open(world: World, browser: Browser) -> None:
    """The browser wakes the worker; whoever opens the page later finds code and PIN there."""
    async with opened(world, browser) as (page, context):
        await context.set_offline(True)
        await page.goto("/phan-anh")
        await write(page)
        await become(page, "waiting")
        origin = page.url.partition("/phan-anh")[0]
        await page.goto("about:blank")
        session, found = await context.new_cdp_session(page), list[str]()
        session.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
        )
        await session.send("ServiceWorker.enable")
        await happens(lambda: found, "a worker that Chromium tells of")
        await context.set_offline(False)
        woken = {"origin": f"{origin}/", "registrationId": found[0], "tag": "phan-anh", "lastChance": True}
        await session.send("ServiceWorker.dispatchSyncEvent", woken)

        async def has_come() -> bool:
            return len(await reports(world)) == 1

        await happens(has_come, "the report")
        await page.goto(drafts.PAGE)
        await become(page, "sent")
        assert len(await reports(world)) == 1


async def test_a_lost_answer_makes_no_second_report(world: World, browser: Browser) -> None:
    """It was taken, and the answer never came: sent again, it is the same report."""
    async with opened(world, browser) as (page, context):

        async def lose(route: Any) -> None:
            await route.fetch()
            await route.abort()

        await page.goto(drafts.PAGE)
        await context.route("**/api/v1/app/reports", lose)
        await write(page)
        await expect(page.locator(".draft__message")).to_contain_text("Chưa có mạng")
        assert len(await reports(world)) == 1
        await context.unroute("**/api/v1/app/reports")
        await page.click("text=Gửi ngay")

        await become(page, "sent")
        assert len(await reports(world)) == 1


async def test_a_form_that_lost_its_network_becomes_a_draft(world: World, browser: Browser) -> None:
    """Opened with a network, sent without one: nothing typed is lost, and the form says later that it waits."""
    async with opened(world, browser) as (page, context):
        await page.fill("#content", CONTENT)
        await page.fill("#place", PLACE)
        await context.set_offline(True)
        await page.click("text=Gửi phản ánh >> nth=-1")
        await expect(page.locator("[data-state=waiting]")).to_contain_text(CONTENT)

        await page.goto("/phan-anh")
        await become(page, "waiting")
        await context.set_offline(False)
        await page.goto("/")
        await expect(page.locator("[data-waiting-drafts]")).to_be_visible()
        await check(page)


async def test_what_is_refused_goes_back_to_its_writer(world: World, browser: Browser) -> None:
    """A wrong number: the reason stands beside the draft, which is mended and sent."""
    async with opened(world, browser) as (page, _):
        await page.goto(drafts.PAGE)
        await page.fill("#phone", "12")
        await page.check("#consent")
        await write(page)
        await become(page, "refused")
        await expect(page.locator("[data-state=refused]")).to_contain_text("Số điện thoại chưa đúng")
        await check(page)
        await page.click("text=Sửa")
        await expect(page.locator(".preview")).to_have_count(1)
        await page.fill("#phone", "0900 000 001")
        await page.click("text=Lưu, gửi khi có mạng")

        await become(page, "sent")
        assert len(await reports(world)) == 1


async def test_what_was_shared_stands_in_the_form(world: World, browser: Browser) -> None:
    """A photo from the gallery: handed to the worker by the device, without any network."""
    async with opened(world, browser) as (page, context):
        await context.set_offline(True)
        await page.evaluate(
            """([bytes, words]) => {
              const form = Object.assign(document.createElement("form"), {
                method: "post", action: "/phan-anh/chia-se", enctype: "multipart/form-data",
              });
              const input = Object.assign(document.createElement("input"), { type: "file", name: "media" });
              const text = Object.assign(document.createElement("input"), { name: "text", value: words });
              const picked = new DataTransfer();
              picked.items.add(new File([new Uint8Array(bytes)], "cống vỡ.jpg", { type: "image/jpeg" }));
              input.files = picked.files;
              form.append(input, text);
              document.body.append(form);
              form.submit();
            }""",
            [list(photo()), "Nắp cống vỡ"],
        )
        await page.wait_for_url(f"**{drafts.PAGE}#chia-se")
        await expect(page.locator("#content")).to_have_value("Nắp cống vỡ")
        await expect(page.locator(".preview")).to_contain_text("cống vỡ.jpg")
        assert await reports(world) == []


async def test_the_page_is_kept_with_everything_it_imports() -> None:
    """Whatever a module of the page imports is on the list, and nothing else."""
    found, waiting = set[str](), ["portal/offline.js", "js/app.js"]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            imported = IMPORTED.findall((STATIC / name).read_text(encoding="utf-8"))
            waiting += [normpath(join(dirname(name), one)) for one in imported]

    assert found == set(drafts.MODULES)


async def test_the_page_is_the_same_for_everybody(citizen: Citizen) -> None:
    """It is kept by browsers: no token, no cookie, nothing of its reader."""
    first, second = await citizen.see(drafts.PAGE), await citizen.see(drafts.PAGE)

    assert first.html == second.html
    assert "csrf" not in first.html
    assert "Set-Cookie" not in first.headers
    assert await portal_key(citizen.deployment.safe) in first.html


async def test_it_can_be_put_on_a_home_screen(citizen: Citizen) -> None:
    """The manifest offers to take photos that are shared; whoever has no worker is led to the page."""
    async with citizen.client.get("/manifest.webmanifest") as answer:
        manifest = await answer.json(content_type="application/manifest+json")

    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        async with citizen.client.get(icon["src"]) as answer:
            assert (answer.status, answer.content_type) == (200, icon["type"])
    assert manifest["share_target"]["action"] == drafts.SHARE
    assert (await citizen.see(drafts.SHARE)).path == drafts.PAGE


@pytest.mark.rule("QB-QD.III.1.1a", "QB-III.1a")
async def test_a_number_is_proved_in_the_same_place(database_url: str, tmp_path: Path, browser: Browser) -> None:
    """Where the regulation wants it: the draft waits for its password, and is sent with it."""
    async with world_over(database_url, tmp_path, regulation="quang_binh") as world:
        phones = with_phones(world)
        async with opened(world, browser) as (page, _):
            await page.goto(drafts.PAGE)
            fields = {"name": "Nguyễn Văn An", "phone": WRITTEN, "email": "an@example.vn", "occurred": "sáng nay"}
            for name, value in fields.items():
                await page.fill(f"#{name}", value)
            await page.check("#consent")
            await write(page)
            await become(page, "proof")
            await check(page)
            assert await reports(world) == []

            await page.get_by_label("Mã xác nhận gồm 6 chữ số").fill(phones.codes()[0])
            await page.get_by_role("button", name="Xác nhận").click()
            await become(page, "sent")
            assert len(await reports(world)) == 1
