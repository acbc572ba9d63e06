"""
Who stands at the door of the apps: an app by its key, and a citizen by the token of a report that they opened.

No staff are known here, and no cookie counts. A token names one report; whatever else is asked for with it is answered
as to anybody who holds none, the same for reports that exist and for those that do not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from typing import Any

from aiohttp import web
from multidict import MultiDictProxy

from channels.app.adapter import AppChannel
from channels.base import same
from core.contract.errors import ConfigError, NotFound
from core.contract.schema import Attachment, Model
from core.identity.codes import parse_code
from core.service.public import FollowView
from gateway.api.app.forms import NOTHING, read_form
from gateway.api.errors import ApiError
from gateway.api.operation import Operation
from gateway.api.serve import check_path, read_body, read_query
from gateway.auth.apps import HEADER, PORTAL, App, app_of
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.portal.follow import UNKNOWN_CODE
from gateway.portal.limits import Limits
from gateway.portal.shared import FOLLOW_TIME, Portal, client_of
from gateway.portal.shared import PORTAL as PAGES

SCHEME = "bearer"
SESSION = "app-session"
TAG = "app"
UNKNOWN = "Ứng dụng chưa được nhận ra. Vui lòng cập nhật ứng dụng rồi thử lại."
OVER = "Phiên xem phản ánh đã hết. Vui lòng mở lại bằng mã phản ánh và mã PIN."
ANOTHERS = "Phiên này không mở phản ánh đó. Vui lòng mở bằng mã phản ánh và mã PIN."
TOO_FAST = "Nơi Quý vị đang dùng mạng vừa gửi rất nhiều. Vui lòng thử lại sau ít phút."


Brought = Callable[[str], Awaitable[tuple[Attachment, ...]]]


@dataclass(frozen=True)
class Door:
    """What the door holds for the life of the application."""

    channel: AppChannel
    sending: Limits = field(default_factory=lambda: Limits(most=30, span=timedelta(minutes=10)))
    writing: Limits = field(default_factory=lambda: Limits(most=60, span=timedelta(minutes=10)))


DOOR = web.AppKey("app_door", Door)


async def open_door(app: web.Application) -> AsyncIterator[None]:
    """For `app.cleanup_ctx`. ConfigError where the channel is off."""
    deployment = app[DEPLOYMENT]
    channel = deployment.channels.get(AppChannel.name)
    if not isinstance(channel, AppChannel):
        raise ConfigError("channels.app", "the door of the apps needs its channel")
    app[DOOR] = Door(channel)
    yield


@dataclass(frozen=True)
class AppCall:
    """
    One request of an app, read and checked. `posted`: the parts of a form that came as one, files among them.

    `brought`: stores, under the contact it is given, what the request only says the address of.
    """

    request: web.Request
    deployment: Deployment
    app: App
    query: Any
    body: Any
    posted: MultiDictProxy[Any]
    brought: Brought | None = None

    @property
    def door(self) -> Door:
        """What the door holds."""
        return self.request.app[DOOR]

    @property
    def pages(self) -> Portal:
        """What it shares with the public pages."""
        return self.request.app[PAGES]

    @property
    def client(self) -> str:
        """Who is limited: the network address behind this app."""
        return client_of(self.request)

    @property
    def code(self) -> str:
        """The report that the address names, twelve digits. NotFound for what cannot be a code."""
        found = parse_code(self.request.match_info["code"])
        if found is None:
            raise NotFound("no code")
        return found

    def slow_down(self, limits: Limits) -> None:
        """Count one act of this app at this address. ApiError 429."""
        if wait := limits.wait(f"{self.app.name}|{self.client}", self.deployment.now()):
            raise too_many(wait, TOO_FAST)

    def session(self, code: str) -> dict[str, object]:
        """A token that opens this report for a while, and when that is over."""
        now = self.deployment.now()
        token = self.pages.notes.write(SESSION, {"code": code, "app": self.app.name}, now=now)
        return {"token": token, "expires_at": now + FOLLOW_TIME}

    @property
    def opened(self) -> str | None:
        """Code of the report that the token of this request opens; None without a token. ApiError 401: it is over."""
        scheme, _, token = self.request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        note = self.pages.notes.open(SESSION, token.strip(), now=self.deployment.now(), longest=FOLLOW_TIME)
        if scheme.lower() != SCHEME or note is None or note.values["app"] != self.app.name:
            raise no_session()
        return str(note.values["code"])

    async def own_report(self) -> FollowView:
        """The report of whoever asks. ApiError 401: no token, 403: of another report, 404: not taken up yet."""
        opened = self.opened
        if opened is None:
            raise no_session()
        if opened != self.code:
            raise ApiError(403, "not_your_report", ANOTHERS)
        view = await self.pages.desk.follow(opened)
        if view is None:
            raise ApiError(404, NotFound.code, UNKNOWN_CODE)
        return view


def no_session() -> ApiError:
    """401: no token, or one that is over."""
    return ApiError(401, "session_over", OVER, headers={"WWW-Authenticate": 'Bearer realm="langnghe-app"'})


def too_many(wait: timedelta, text: str) -> ApiError:
    """429, and after how many seconds."""
    return ApiError(429, "too_many_attempts", text, headers={"Retry-After": str(max(1, ceil(wait.total_seconds())))})


def serve_app(operation: Operation) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of an operation for apps. ApiError 401 before anything is read."""

    async def handle(request: web.Request) -> web.StreamResponse:
        app = await known_app(request, request.headers.get(HEADER, ""))
        check_path(request)
        query = read_query(request, operation.query)
        body, posted = await _read(request, operation)
        call = AppCall(request, request.app[DEPLOYMENT], app, query, body, posted)
        return (await operation.handler(call)).response()

    return handle


async def known_app(request: web.Request, key: str) -> App:
    """The app that a key stands for. ApiError 401."""
    if same(key, request.app[PAGES].app_key):
        return App(PORTAL, "")
    found = await app_of(request.app[DEPLOYMENT].database, key)
    if found is None:
        raise ApiError(401, "app_unknown", UNKNOWN)
    return found


async def _read(request: web.Request, operation: Operation) -> tuple[Model | None, MultiDictProxy[Any]]:
    if operation.form is not None:
        return await read_form(request, operation.form)
    raw = await request.read() if request.can_read_body else b""
    return read_body(request, operation, raw), NOTHING
