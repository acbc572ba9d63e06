"""
A small real application around the shell: database, keys, sign-in and pages, without channels and cases.

The clock is the test's own; it starts on an ordinary working day.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, cast

import pyotp
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from core.identity.passwords import Passwords
from core.privacy.master import KeyRing, MasterKey
from core.service.regulation import Regulation, open_regulation
from core.service.safe import Safe
from core.storage.database import Database
from core.storage.keys import SqlKeyStore
from core.storage.people import UserRow
from core.storage.small_reads import SmallReads
from gateway.auth import require_staff, setup_auth, staff_of
from gateway.auth.accounts import create_user
from gateway.auth.door import HASHING, Hashing
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.events.base import Events
from gateway.events.memory import MemoryEvents
from gateway.middleware import middlewares
from gateway.pages import CONSOLE_MENU, PUBLIC_MENU, Entry, setup_pages
from gateway.settings.model import Settings
from tests.support.usual import REGULATION

PASSWORD = "bốn mùa hoa nở ven sông"
NOW = datetime(2026, 11, 20, 9, 45, tzinfo=UTC)


@dataclass
class Clock:
    """The deployment's `now`."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def pass_by(self, **length: float) -> None:
        """Let time pass: `pass_by(minutes=5)`."""
        self.moment += timedelta(**length)


@dataclass(frozen=True)
class Shell:
    """The parts of a deployment that the shell uses; all of them are real."""

    settings: Settings
    now: Clock
    database: Database
    safe: Safe
    regulation: Regulation
    events: Events = field(default_factory=MemoryEvents)

    @cached_property
    def small_reads(self) -> SmallReads:
        """Over the same database."""
        return SmallReads(self.database)


@dataclass
class Site:
    """A running application with a browser-like client."""

    shell: Shell
    app: web.Application
    client: TestClient[web.Request, web.Application]
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """Its database."""
        return self.shell.database

    @property
    def clock(self) -> Clock:
        """Its time."""
        return self.shell.now

    @property
    def hashing(self) -> Hashing:
        """Its password hashing."""
        return self.app[HASHING]

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        return str(self.client.make_url("/")).rstrip("/")

    async def add_user(self, login: str = "an.nguyen", **wanted: Any) -> UserRow:
        """An official: Nguyễn Văn An unless told otherwise."""
        details = {"display_name": "Nguyễn Văn An", "password": PASSWORD, "now": self.clock(), **wanted}
        return await create_user(self.database, self.hashing, login=login, **details)

    async def page(self, path: str, **options: Any) -> tuple[int, str]:
        """Status and text of a page."""
        async with self.client.get(path, **options) as response:
            return response.status, await response.text()

    async def token(self, path: str = "/console/dang-nhap") -> str:
        """The CSRF token that stands on a page."""
        _, text = await self.page(path)
        return text.partition('name="csrf" value="')[2].partition('"')[0]

    async def post(self, path: str, *, page: str = "", token: str | None = None, **form: str) -> Answer:
        """Send a form as the browser does; the redirect that follows is not taken."""
        csrf = await self.token(page or path) if token is None else token
        async with self.client.post(path, data={"csrf": csrf, **form}, allow_redirects=False) as response:
            return Answer(response.status, await response.text(), response.headers.get("Location", ""), response)

    async def give_password(self, login: str = "an.nguyen", password: str = PASSWORD, **form: str) -> Answer:
        """The first step of the sign-in."""
        return await self.post("/console/dang-nhap", login=login, password=password, **form)

    async def enrol(self, login: str = "an.nguyen") -> Answer:
        """Set up the second factor as a new official does, with the secret shown for typing."""
        await self.give_password(login)
        _, text = await self.page("/console/xac-thuc")
        self.secrets[login] = text.partition('<code class="secret">')[2].partition("<")[0].replace(" ", "")
        return await self.give_code(login)

    async def give_code(self, login: str = "an.nguyen", **form: str) -> Answer:
        """The second step, with the code that the phone shows now."""
        return await self.post("/console/xac-thuc", code=self.code(login), **form)

    def code(self, login: str = "an.nguyen") -> str:
        """What the phone shows now."""
        return pyotp.TOTP(self.secrets[login]).at(self.clock())

    def forget_cookies(self) -> None:
        """Another browser."""
        self.client.session.cookie_jar.clear()

    def cookie(self, name: str = "langnghe") -> str:
        """The value of a cookie, or nothing."""
        found = self.client.session.cookie_jar.filter_cookies(URL(self.url)).get(name)
        return found.value if found else ""


@dataclass(frozen=True)
class Answer:
    """What came back on a form."""

    status: int
    text: str
    location: str
    response: Any


@asynccontextmanager
async def open_site(
    database: Database, *, pages: Callable[[web.Application], object] | None = None, **changed: Any
) -> AsyncIterator[Site]:
    """
    An application over a database.

    Args:
        pages: mounts what a test wants besides the probes.
        changed: settings that differ from demo mode with a second factor.
    """
    await database.write(SqlKeyStore.create)
    clock = Clock()
    store = SqlKeyStore(database, now=clock)
    settings = Settings(**{"mode": "demo", "regulation": REGULATION, **changed})
    ring = KeyRing([MasterKey(1, os.urandom(32))])
    regulation = await open_regulation(settings.regulation, database, now=clock)
    shell = Shell(settings, clock, database, await asyncio.to_thread(Safe.open, store, ring), regulation)
    deployment = cast(Deployment, shell)
    app = web.Application(middlewares=middlewares(deployment), client_max_size=settings.http.max_body_mb * 1024 * 1024)
    app[DEPLOYMENT] = deployment
    setup_pages(app)
    setup_auth(app, passwords=Passwords(time_cost=1, memory_kib=64, lanes=1))
    add_probes(app)
    if pages is not None:
        pages(app)
    async with TestClient(TestServer(app)) as client:
        yield Site(shell, app, client)


def add_probes(app: web.Application) -> None:
    """Pages and menu entries that stand for the areas built on the shell."""

    @require_staff()
    async def home(request: web.Request) -> web.Response:
        return web.json_response({"login": staff_of(request).login, "roles": sorted(staff_of(request).roles)})

    @require_staff("admin")
    async def admins(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def sent(request: web.Request) -> web.Response:
        form = await request.post()
        return web.Response(text=str(form.get("content", "")))

    async def broken(request: web.Request) -> web.Response:
        raise RuntimeError("0900 000 001 must not be seen")

    app.router.add_get("/console", home)
    app.router.add_get("/api/v1/me", home)
    app.router.add_post("/api/v1/me", home)
    app.router.add_get("/console/quan-tri", admins)
    app.router.add_post("/phan-anh", sent)
    app.router.add_post("/hooks/zalo", sent)
    app.router.add_get("/hong/{code}", broken)
    app.router.add_get("/api/v1/hong", broken)
    for label, href in (("Gửi phản ánh", "/phan-anh"), ("Tra cứu", "/tra-cuu"), ("Kết quả công khai", "/cong-khai")):
        app[PUBLIC_MENU].add(Entry(label, href))
    app[CONSOLE_MENU].add(Entry("Việc của tôi", "/console", icon="inbox", order=1))
    app[CONSOLE_MENU].add(Entry("Hồ sơ", "/console/ho-so", icon="cases", order=2))
    app[CONSOLE_MENU].add(Entry("Quản trị", "/console/quan-tri", icon="settings", roles=("admin",), order=9))
