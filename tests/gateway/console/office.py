"""The whole application over a test's world, with officials who are signed in, each in a browser of their own."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from html import unescape
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from core.service.actors import Member
from gateway.app import create_app
from gateway.auth import sessions
from tests.support.deployments import World

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True)
class Answer:
    """What came back; `location` of a redirect."""

    status: int
    text: str
    location: str
    headers: dict[str, str]
    body: bytes

    def forms(self) -> dict[str, dict[str, str]]:
        """Action → hidden fields of every form on the page."""
        found = re.findall(r'<form ([^>]*method="post"[^>]*)>(.*?)</form>', self.text, re.DOTALL)
        return {_action(head): {k: unescape(v) for k, v in _HIDDEN.findall(inner)} for head, inner in found}


def _action(head: str) -> str:
    """Where a form is sent."""
    return unescape(head.partition('action="')[2].partition('"')[0])


@dataclass
class Office:
    """A running application."""

    world: World
    app: web.Application
    url: str

    @asynccontextmanager
    async def desk(self, member: Member) -> AsyncIterator[Desk]:
        """A browser in which this official is signed in."""
        from aiohttp import ClientSession, CookieJar

        cookie = await self.cookie(member)
        jar = CookieJar(unsafe=True)
        async with ClientSession(cookie_jar=jar, cookies={"langnghe": cookie}) as client:
            yield Desk(self.url, client)

    async def cookie(self, member: Member) -> str:
        """The cookie of a fresh session."""
        begin = partial(sessions.open_session, user_id=member.id, second_factor=True, now=self.world.clock())
        return (await self.world.deployment.database.write(begin)).cookie


@dataclass
class Desk:
    """One browser."""

    url: str
    client: Any

    async def get(self, path: str, **options: Any) -> Answer:
        """A page, redirects not taken."""
        async with self.client.get(self.url + path, allow_redirects=False, **options) as response:
            return await _answer(response)

    async def post(self, path: str, data: Any = None, **options: Any) -> Answer:
        """A form as it is, without token."""
        async with self.client.post(self.url + path, data=data, allow_redirects=False, **options) as response:
            return await _answer(response)

    async def send(self, page: str, action: str, **fields: Any) -> Answer:
        """Open a page, fill the form with this action, send it; a list gives a field several values."""
        return await self.submit(await self.get(page), action, **fields)

    async def submit(self, shown: Answer, action: str, **fields: Any) -> Answer:
        """The same with a page that is open already."""
        from aiohttp import FormData

        hidden = next(fields for given, fields in shown.forms().items() if given.partition("?")[0] == action)
        target = next(given for given in shown.forms() if given.partition("?")[0] == action)
        form = FormData()
        for name, value in {**hidden, **fields}.items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, tuple):
                    form.add_field(name, one[1], filename=one[0])
                else:
                    form.add_field(name, one)
        return await self.post(target, form)


async def _answer(response: Any) -> Answer:
    body = await response.read()
    text = body.decode(errors="replace")
    return Answer(response.status, text, response.headers.get("Location", ""), dict(response.headers), body)


@asynccontextmanager
async def open_office(world: World) -> AsyncIterator[Office]:
    """Serve the deployment of a world on a free port of loopback."""
    app = create_app(world.deployment)
    async with TestServer(app) as server:
        yield Office(world, app, str(server.make_url("/")).rstrip("/"))
