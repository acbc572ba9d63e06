"""
A hundred officials at their desks: the console's first page while all of them work, and how soon a change is seen.

Each has the page open: its websocket, a whole page every ten seconds, and the list anew whenever it hears of a change
(at most every 1.5 seconds, as the page's own script does). One of them accepts a case every four seconds. The store is
the one of `growth.questions`; `LANGNGHE_BENCH_DESK_CASES` takes a smaller one where a million would take too long.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import quantiles

from aiohttp import ClientSession, ClientTimeout, ClientWebSocketResponse, TCPConnector

from bench.growth.load import NOTE, load, settings_of
from bench.growth.questions import CENTRE
from bench.launch import gateway
from bench.measurement import Cell, Goal, Measurement, Result, Table, Terms
from channels.tasks import ended
from core.contract.schema import new_id
from core.storage import case_search, people
from core.storage.case_search import Search
from core.storage.database import Connection
from core.storage.people import UserRow
from gateway.auth import sessions, tokens
from gateway.deployment import Deployment, open_deployment

HOME, LIST, ADDRESS = "/console", "/console/hang-viec", "/console/truc-tiep"
"""The first page, its list anew, its websocket."""
SESSIONS, CHANGES = 100, 20
EVERY, BETWEEN, APART = 10.0, 4.0, 1.5
"""Seconds: between two whole pages of one session, two changes, two lists of one page (as `watch.js` has it)."""
SETTLED = 3.0


@dataclass(frozen=True)
class Desk:
    """One official's browser: cookie and the token of its pages."""

    cookie: str
    csrf: str


@dataclass(frozen=True)
class Cast:
    """Who works, the key of the one who accepts, and what there is to accept."""

    desks: tuple[Desk, ...]
    token: str
    cases: tuple[str, ...]


@dataclass
class Seen:
    """What the desks found: seconds a page or a list took, seconds from a change to the list that shows it."""

    pages: list[float] = field(default_factory=list)
    lists: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    changed_at: float = 0.0


def measurements() -> list[Measurement]:
    """The one measurement of this module."""
    goals = (
        Goal("page_p95", f"queue page, {SESSIONS} sessions open, p95", at_most=200, unit="ms", source="issue 7"),
        Goal("seen_p95", "a change is on the others' lists, p95", at_most=1000, unit="ms", source="issue 7"),
    )
    return [Measurement("desk.sessions", f"{SESSIONS} console sessions on a large store", goals, run)]


def run(terms: Terms) -> Result:
    """Make the store if it is not there, and work at it."""
    size = 1_000 if terms.quick else int(os.environ.get("LANGNGHE_BENCH_DESK_CASES", "1000000"))
    store = terms.stores / ("sqlite" if size == 1_000_000 else f"sqlite-{size}")
    if not (store / NOTE).exists():
        terms.say(f"making {store}")
        asyncio.run(load(store, cases=size, templates=26 if terms.quick else 300))
    working = asyncio.run(_cast(store, changes=4 if terms.quick else CHANGES))
    folder = terms.folder / "serving"
    folder.mkdir()
    (folder / "data-1").symlink_to(store.resolve())
    (folder / "master.key").write_text((store / "master.key").read_text())
    with gateway(folder, roles="web,worker") as served:
        terms.say(f"{SESSIONS} desks at {size:,} cases")
        seen = asyncio.run(_work(f"http://127.0.0.1:{served.ports[0]}", working))
    return _result(seen, size)


async def _cast(store: Path, *, changes: int) -> Cast:
    """A hundred officials of the centre, signed in; and cases that wait for acceptance."""
    async with open_deployment(settings_of(store)) as deployment:
        desks = [await hired(deployment, number) for number in range(SESSIONS)]
        fresh = Search(stage=deployment.regulation.current.first_stage)
        waiting = await deployment.database.read(partial(case_search.search, wanted=fresh, most=changes))
        user = await deployment.database.read(people.all_users)
        chosen = next(one for one in user if one.login.startswith("desk"))
        token = await tokens.create_token(deployment.database, chosen.id, name="bench", now=datetime.now(UTC))
    return Cast(tuple(desks), token.secret, tuple(row.id for row in waiting))


async def hired(deployment: Deployment, number: int) -> Desk:
    """An official of the centre, signed in; `number` tells them apart."""
    user_id, now = new_id(), datetime.now(UTC)

    def write(connection: Connection) -> sessions.Opened:
        row = UserRow(user_id, f"desk{user_id[-10:]}", f"Cán bộ {number}", "-", None, 0, True, now)
        people.add_user(connection, row)
        for role, agency in CENTRE:
            people.grant(connection, user_id, role=role, agency_id=agency)
        return sessions.open_session(connection, user_id, second_factor=True, now=now)

    opened = await deployment.database.write(write)
    return Desk(opened.cookie, opened.row.csrf)


async def _work(url: str, working: Cast) -> Seen:
    seen, over = Seen(), asyncio.Event()
    session = ClientSession(url, connector=TCPConnector(limit=0), timeout=ClientTimeout(60))
    async with session as client, asyncio.TaskGroup() as group:
        listening = [group.create_task(_listen(client, desk, seen)) for desk in working.desks]
        for number, desk in enumerate(working.desks):
            group.create_task(_read_pages(client, desk, seen, over, first=EVERY * number / SESSIONS))
        await asyncio.sleep(EVERY + SETTLED)  # every page has been open once
        seen.pages.clear()
        for case_id in working.cases:
            seen.changed_at = time.perf_counter()
            await _accept(client, working, case_id)
            await asyncio.sleep(BETWEEN)
        over.set()
        for task in listening:
            task.cancel()
    return seen


async def _read_pages(client: ClientSession, desk: Desk, seen: Seen, over: asyncio.Event, *, first: float) -> None:
    await asyncio.sleep(first)
    while not over.is_set():
        began = time.perf_counter()
        await get(client, desk, HOME)
        seen.pages.append(time.perf_counter() - began)
        await asyncio.sleep(max(0.0, EVERY - (time.perf_counter() - began)))


async def _listen(client: ClientSession, desk: Desk, seen: Seen) -> None:
    """Until cancelled: hear of changes, as a browser does whatever else it waits for, and ask for the list anew."""
    changed = asyncio.Event()
    asking = asyncio.create_task(_ask_anew(client, desk, seen, changed))
    try:
        async with _socket(client, desk) as news:
            async for told in news:
                if json.loads(told.data).get("tell") == "look":
                    changed.set()
    finally:
        await ended(asking)


async def _ask_anew(client: ClientSession, desk: Desk, seen: Seen, changed: asyncio.Event) -> None:
    while True:
        await changed.wait()
        changed.clear()
        since, asked = seen.changed_at, time.perf_counter()
        await get(client, desk, LIST)
        seen.lists.append(time.perf_counter() - asked)
        if since:
            seen.changes.append(time.perf_counter() - since)
        await asyncio.sleep(APART)


@asynccontextmanager
async def _socket(client: ClientSession, desk: Desk) -> AsyncIterator[ClientWebSocketResponse]:
    async with client.ws_connect(ADDRESS, headers=_cookie(desk), heartbeat=None) as news:
        await news.send_str(desk.csrf)
        await news.send_str(json.dumps({"at": "inbox", "lists": [], "typing": False}))
        yield news


async def _accept(client: ClientSession, working: Cast, case_id: str) -> None:
    headers = {"Authorization": f"Bearer {working.token}", "Idempotency-Key": new_id()}
    async with client.post(f"/api/v1/cases/{case_id}/commands/accept", json={}, headers=headers) as answer:
        if answer.status >= 300:
            raise RuntimeError(f"a case was not accepted: {answer.status} {await answer.text()}")


async def get(client: ClientSession, desk: Desk, path: str) -> None:
    """A whole page, or the list as its script asks for it. RuntimeError: it was not shown."""
    by_script = {"HX-Request": "true"} if path == LIST else {}
    async with client.get(path, headers=_cookie(desk) | by_script, allow_redirects=False) as answer:
        await answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")


def _cookie(desk: Desk) -> dict[str, str]:
    return {"Cookie": f"langnghe={desk.cookie}"}


def _result(seen: Seen, size: int) -> Result:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (what, len(taken), *(round(1000 * one, 1) for one in _spread(taken)))
        for what, taken in (("whole page", seen.pages), ("list anew", seen.lists), ("change seen", seen.changes))
    )
    table = Table(f"{size:,} cases on SQLite, milliseconds", ("what", "times", "p50", "p95", "p99"), rows)
    figures = {"page_p95": 1000 * _spread(seen.pages)[1], "seen_p95": 1000 * _spread(seen.changes)[1]}
    notes = (
        f"{SESSIONS} officials of the centre, each with its websocket, a page every {EVERY:g} s and the list anew at "
        f"every change (one every {BETWEEN:g} s); from the click that accepts a case to the others' new list.",
        f"Store of {size:,} cases; gateway and desks share the machine.",
    )
    return Result(figures, (table,), notes)


def _spread(taken: list[float]) -> tuple[float, float, float]:
    cut = quantiles(taken, n=100, method="inclusive")
    return cut[49], cut[94], cut[98]
