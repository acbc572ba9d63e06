"""Pages that ask for the inbox at the same moment share one reading of it, and each still sees its own marks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from gateway.console.inbox import page, shelf
from gateway.console.inbox.merging import Place
from gateway.console.inbox.sharing import Shared
from gateway.console.inbox.wish import Wish
from gateway.pages.rendering import render_text
from tests.gateway.api.staffing import centre, report
from tests.gateway.console.office import Office
from tests.support.letters import write_mail

UNREAD = 'class="visually-hidden">Chưa đọc'


async def test_whoever_asks_gets_a_reading_that_began_afterwards() -> None:
    """Those who ask while one is under way share the next; another key waits for nobody."""
    shared, begun, go_on = Shared[int](), list[str](), asyncio.Event()

    async def read(key: str) -> int:
        begun.append(key)
        await go_on.wait()
        return len(begun)

    async def ask(key: str) -> int:
        return await shared.read(key, lambda: read(key))

    first = [asyncio.create_task(ask("a")) for _ in range(3)]
    await asyncio.sleep(0.01)
    later = [asyncio.create_task(ask(key)) for key in ("a", "a", "b")]
    await asyncio.sleep(0.01)
    assert begun == ["a", "b"]
    go_on.set()

    assert await asyncio.gather(*first) == [2, 2, 2]
    assert await asyncio.gather(*later) == [3, 3, 2]
    assert await ask("a") == 4


async def test_a_reading_that_fails_fails_for_those_who_share_it_and_no_longer() -> None:
    shared = Shared[int]()

    async def fail() -> int:
        raise ValueError

    async def read() -> int:
        return 1

    found = await asyncio.gather(*(shared.read("a", fail) for _ in range(2)), return_exceptions=True)
    assert [type(one) for one in found] == [ValueError, ValueError]
    assert await shared.read("a", read) == 1


async def test_pages_that_share_a_reading_show_what_is_unread_and_whose_it_is(office: Office) -> None:
    """One took the conversation over and opened the case; both ask at once, one of them in English."""
    ioc, other = await centre(office.world), await centre(office.world)
    case = await report(office.world)
    await write_mail(office.world, "Tôi muốn gặp nhân viên.", sender="binh@hopthu.example.vn", subject="Hỏi")
    async with office.desk(ioc) as desk, office.desk(other) as theirs:
        talks = (await desk.get("/console?loai=hoi-thoai")).text
        base = "/console/hoi-thoai/" + talks.partition('data-ref="talk:')[2].partition('"')[0]
        await desk.send(base, f"{base}/tiep-nhan")
        await desk.get(f"/console/ho-so/{case}")
        asked = [desk.get("/console"), theirs.get("/console"), theirs.get("/console?lang=en")]
        mine, seen, english = [page.text for page in await asyncio.gather(*asked)]

    assert (mine.count(UNREAD), seen.count(UNREAD)) == (0, 2)
    assert ("Anh/chị</span>" in mine, "Anh/chị</span>" in seen) == (True, False)
    assert UNREAD not in english
    assert "Unread" in english


async def test_the_list_anew_is_drawn_once_for_all_to_whom_it_looks_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three hear of a change at once; one has seen the case, of the other two one reads nothing packed."""
    people = [await centre(office.world) for _ in range(3)]
    case, drawn, all_asked = await report(office.world), list[str](), asyncio.Barrier(3)

    async def at_once(request: web.Request, wish: Wish, *, after: Place | None) -> shelf.Shelf:
        await all_asked.wait()
        return await shelf.shelf_of(request, wish, after=after)

    def noting(request: web.Request, template: str, **context: Any) -> str:
        drawn.append(template)
        return render_text(request, template, **context)

    monkeypatch.setattr(page, "shelf_of", at_once)
    monkeypatch.setattr(page, "render_text", noting)
    async with office.desk(people[0]) as one, office.desk(people[1]) as two, office.desk(people[2]) as three:
        await three.get(f"/console/ho-so/{case}")
        plain = {"Accept-Encoding": "identity"}
        lists = await asyncio.gather(one.get(page.LIST), two.get(page.LIST, headers=plain), three.get(page.LIST))

    first, second, seen = (answer.text for answer in lists)
    assert first == second
    assert (first.count(UNREAD), seen.count(UNREAD)) == (1, 0)
    assert drawn == ["console/_inbox.html"] * 2
