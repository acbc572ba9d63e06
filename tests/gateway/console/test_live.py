"""Pages that stay current: what changed is told at once, who else looks is said, strangers hear nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, WSMsgType
from playwright.async_api import Browser, expect

from core.storage import people
from gateway.auth.ending import tell_ended
from gateway.auth.tokens import create_token
from gateway.console.live import socket
from gateway.console.live.presence import LASTS, Here, Presence
from gateway.events.bells import STAFF, pass_on_changes
from tests.gateway.api.staffing import centre, hire
from tests.gateway.console.office import Desk, Office
from tests.gateway.console.test_browser import NARROW, WIDE, page_of
from tests.gateway.pages.axe import violations
from tests.support.letters import write_mail
from tests.support.waiting import until

TALK = "talk:" + "a" * 32


@asynccontextmanager
async def watching(desk: Desk, at: str, **more: Any) -> AsyncIterator[ClientWebSocketResponse]:
    """A page's websocket that has said what it shows."""
    page = await desk.get("/console")
    token = page.text.partition('"X-CSRF-Token": "')[2].partition('"')[0]
    async with desk.client.ws_connect(desk.url + socket.ADDRESS) as connection:
        await connection.send_str(token)
        await connection.send_json({"at": at, **more})
        yield connection


async def told(connection: ClientWebSocketResponse, wanted: dict[str, Any]) -> None:
    """Wait until just this is told; what is told before it does not matter."""
    async with asyncio.timeout(30):
        while (await connection.receive_json()) != wanted:
            pass


def met(*names: str, at: str = TALK, typing: bool = False) -> dict[str, Any]:
    """What is told of colleagues at a place."""
    return {"tell": "here", "at": at, "who": [{"name": name, "typing": typing} for name in names]}


async def test_a_change_is_told_where_it_is_looked_at_and_nowhere_else(office: Office) -> None:
    """A page about one conversation hears of that one, the inbox of all; an empty word is for everybody."""
    ioc, events = await centre(office.world), office.world.deployment.events
    async with office.desk(ioc) as desk, watching(desk, TALK) as one, watching(desk, "inbox") as inbox:
        await told(one, met())
        await told(inbox, met(at="inbox"))
        events.publish(STAFF, "case:" + "b" * 32)
        await told(inbox, {"tell": "look"})
        events.publish(STAFF, TALK)
        await told(one, {"tell": "look"})
        await told(inbox, {"tell": "look"})
        events.publish(STAFF, "")
        await told(one, {"tell": "look"})


async def test_who_else_looks_or_writes_is_said_until_they_go(office: Office) -> None:
    """To the others at the same place, and to the inbox that lists it; never to oneself."""
    first, second = await centre(office.world), await hire(office.world, "Lê Thị Hoa", ("receptionist", ""))
    async with (
        office.desk(first) as desk,
        office.desk(second) as other,
        watching(desk, "inbox", lists=[TALK]) as inbox,
        watching(desk, TALK) as page,
    ):
        await told(page, met())
        async with watching(other, TALK) as theirs:
            await told(page, met("Lê Thị Hoa"))
            await told(theirs, met("Trần Thị Bình"))
            await theirs.send_json({"at": TALK, "typing": True})
            await told(page, met("Lê Thị Hoa", typing=True))
            await told(inbox, met("Lê Thị Hoa", typing=True))
        await told(page, met())


async def test_a_page_without_its_token_hears_nothing(office: Office) -> None:
    """Another site's script would come with the cookie, but not with the token; nonsense is passed over."""
    ioc = await centre(office.world)
    async with office.desk(ioc) as desk:
        async with desk.client.ws_connect(desk.url + socket.ADDRESS) as stranger:
            await stranger.send_str("x")
            answer = await stranger.receive()
        async with watching(desk, "inbox") as page:
            for nonsense in ("{", '"x"', json.dumps({"at": "../etc"}), json.dumps({"at": "", "lists": ["x"] * 900})):
                await page.send_str(nonsense)
            await page.send_json({"at": "inbox", "lists": [TALK]})
            await told(page, met())
            office.world.deployment.events.publish(STAFF, "")
            await told(page, {"tell": "look"})

    assert (answer.type, stranger.close_code) == (WSMsgType.CLOSE, socket.STRANGER)


async def test_the_page_of_an_ended_session_is_closed(office: Office) -> None:
    """Whoever signed out, here or by an administrator's hand, hears no more."""
    ioc, world = await centre(office.world), office.world
    async with office.desk(ioc) as desk, watching(desk, "inbox") as page:
        await told(page, met(at="inbox"))
        await world.deployment.database.write(
            lambda connection: people.revoke_sessions(connection, ioc.id, now=world.clock())
        )
        tell_ended(world.deployment, ioc.id)
        async with asyncio.timeout(30):
            assert (await page.receive()).type is WSMsgType.CLOSE
    assert page.close_code == socket.OVER


async def test_a_program_has_no_open_page(office: Office) -> None:
    """Its token may be ended at any time, and nobody would close what it had opened."""
    world = office.world
    ioc = await centre(world)
    token = await create_token(world.deployment.database, ioc.id, name="Bảng số liệu", now=world.clock())
    proof = {"Authorization": f"Bearer {token.secret}"}
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), headers=proof) as program:
        async with program.get(office.url + "/console") as page:
            shown = (await page.text()).partition('"X-CSRF-Token": "')[2].partition('"')[0]
        async with program.ws_connect(office.url + socket.ADDRESS) as opened:
            await opened.send_str(shown)
            async with asyncio.timeout(30):
                assert (await opened.receive()).type is WSMsgType.CLOSE
        assert opened.close_code == socket.OVER


def test_pages_that_fall_silent_are_forgotten(office: Office) -> None:
    """Their process may have died; one that moved on is where it is now."""
    presence, now = Presence(), office.world.clock()
    here = Here(page="p", user="u", at="case:1")

    assert presence.note(here, now) == {"case:1"}
    assert presence.note(here, now) == set()
    assert presence.note(here.model_copy(update={"at": "case:2"}), now) == {"case:1", "case:2"}
    assert presence.at("case:1") == {}
    assert presence.forget(now + LASTS) == set()
    assert presence.forget(now + LASTS + timedelta(seconds=1)) == {"case:2"}
    assert presence.at("case:2") == {}


async def test_an_agent_works_the_inbox_live_and_by_keyboard(office: Office, browser: Browser) -> None:
    """A mail comes and stands there; opened by key, answered by key; a colleague is seen; the question is closed."""
    world = office.world
    ringing = asyncio.create_task(pass_on_changes(world.deployment.clerk.changed, world.deployment.events))
    ioc, other = await centre(world), await hire(world, "Lê Thị Hoa", ("receptionist", ""))
    page, second = await page_of(office, browser, ioc, WIDE), await page_of(office, browser, other, NARROW)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{office.url}/console")
    await expect(page.locator("main")).to_contain_text("Không có việc nào đang chờ.")
    await until(lambda: bool(office.app[socket.HUB].presence.at("inbox")), "the page to be connected")
    await write_mail(world, "Tôi muốn gặp nhân viên.", subject="Hỏi")
    await expect(page.locator("[data-lines] .is-new")).to_contain_text("Tôi muốn gặp nhân viên.", timeout=20_000)
    assert await violations(page) == []
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/hoi-thoai/*")
    await second.goto(page.url)
    await expect(page.locator(".page-head__here")).to_have_text("Lê Thị Hoa đang xem", timeout=20_000)
    await second.locator("#text").press_sequentially("Chào")
    await expect(page.locator(".page-head__here")).to_have_text("Lê Thị Hoa đang soạn trả lời", timeout=20_000)
    await page.keyboard.press("Shift+?")
    await expect(page.locator("dialog.keys")).to_contain_text("Soạn trả lời")
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await page.keyboard.type("Chào anh, tôi nghe.")
    await page.keyboard.press("Control+Enter")
    await page.wait_for_url("**?xong=tra-loi")
    await expect(second.locator(".talk")).to_contain_text("Chào anh, tôi nghe.", timeout=20_000)
    await page.keyboard.press("x")
    await page.wait_for_url("**?xong=dong-hoi-dap")
    ringing.cancel()

    assert complaints == []


async def test_what_happened_while_the_line_was_away_is_shown_when_it_is_back(office: Office, browser: Browser) -> None:
    """Nobody rings here: the page asks by itself, as soon as it is connected again, and was not loaded anew."""
    ioc, hub = await centre(office.world), office.app[socket.HUB]
    page = await page_of(office, browser, ioc, WIDE)
    await page.goto(f"{office.url}/console")
    await until(lambda: bool(hub.presence.at("inbox")), "the page to be connected")
    await page.evaluate("window.loaded = 'once'")
    await page.context.set_offline(True)
    for shown in tuple(hub._pages.values()):
        await shown._socket.close(code=1012)  # type: ignore[attr-defined]  # as a server that is restarted does
    await expect(page.locator("[data-connection]")).to_have_text("Mất kết nối, đang thử lại…")
    await write_mail(office.world, "Tôi muốn gặp nhân viên.", subject="Hỏi")
    await until(lambda: not hub.presence.at("inbox"), "the line to be away")
    await expect(page.locator("main")).to_contain_text("Không có việc nào đang chờ.")
    await page.context.set_offline(False)

    await expect(page.locator("[data-lines] .is-new")).to_contain_text("Tôi muốn gặp nhân viên.", timeout=30_000)
    await expect(page.locator("[data-connection]")).to_have_text("")
    assert await page.evaluate("window.loaded") == "once"
