"""
The door of other systems: a request to the API that is signed by a link is made by that link's own account.

What is forged, stale or sent twice is refused before anything is looked at; whoever asks too often waits. Which moves
the account may make is decided where everybody's are.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from math import ceil

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from core.service.links.book import Link
from core.service.links.signing import Verdict, judged, new_secret, of_request
from core.storage import answers, people
from core.storage.answers import Remembered
from core.storage.database import Connection
from gateway.api.errors import ApiError
from gateway.auth.network import CLIENT
from gateway.auth.sessions import held
from gateway.auth.staff import STAFF, Staff
from gateway.deployment import Deployment
from gateway.links.partner import ID, KEY, SIGNATURE, TIMESTAMP
from gateway.portal.limits import Limits

log = structlog.get_logger()

TOKEN = "link:"  # noqa: S105 - how the token of such a request is called, no secret
_MINUTE = timedelta(minutes=1)
_STRANGERS_A_MINUTE = 60
_GOOD_ID = re.compile(r"[\x21-\x7e]{8,80}")
_READS = frozenset({"GET", "HEAD"})
_REPEATED = "Lời gọi này đã được nhận trước đó. Để gửi lại, vui lòng ký lại với mã mới, giữ nguyên Idempotency-Key."
_SAID = {
    "forged": ("signature_invalid", "Không xác thực được hệ thống gọi đến: khóa hoặc chữ ký không đúng."),
    "stale": ("signature_stale", "Chữ ký đã quá hạn. Vui lòng kiểm tra đồng hồ máy chủ và ký lại."),
}


class LinkDoor:
    """Finds out which link speaks. What is counted is counted in this process."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._calls = Limits(most=deployment.settings.links.most_a_minute, span=_MINUTE)
        self._strangers = Limits(most=_STRANGERS_A_MINUTE, span=_MINUTE)
        self._nobodys = new_secret()

    async def enter(self, request: web.Request) -> Staff:
        """The account of whoever signed this. ApiError: 401 forged or stale, 409 sent twice, 429 too often."""
        link = await self._deployment.clerk.links.find(request.headers[KEY])
        verdict = await self._verdict(request, link)
        if link is None or verdict:
            raise self._refusal(request, verdict or "forged", link)
        self._slow_down(self._calls, link.name)
        if request.method not in _READS:
            await self._once(link, request.headers[ID])
        staff = await self._deployment.database.read(partial(_account, link=link, deployment=self._deployment))
        if staff is None:
            raise self._refusal(request, "forged", link)
        return staff

    async def _verdict(self, request: web.Request, link: Link | None) -> Verdict:
        """Of an unknown key as much is worked out as of a known one."""
        now, message_id = self._deployment.now(), request.headers.get(ID, "")
        body = of_request(request.method, request.raw_path, await request.read())
        verdict = judged(
            link.in_force(now) if link else (self._nobodys,),
            message_id=message_id,
            timestamp=request.headers.get(TIMESTAMP, ""),
            given=request.headers.get(SIGNATURE, ""),
            body=body,
            now=now,
        )
        return verdict if _GOOD_ID.fullmatch(message_id) else "forged"

    def _refusal(self, request: web.Request, verdict: str, link: Link | None) -> ApiError:
        self._slow_down(self._strangers, request.get(CLIENT, request.remote or ""))
        code, text = _SAID[verdict]
        log.warning("link_refused", reason=code, link=link.name if link else "")
        return ApiError(HTTPStatus.UNAUTHORIZED, code, text)

    def _slow_down(self, limits: Limits, who: str) -> None:
        wait = limits.wait(who, self._deployment.now())
        if wait > timedelta(0):
            text = "Hệ thống gọi quá nhiều lần. Vui lòng chờ rồi gọi lại."
            headers = {"Retry-After": str(max(1, ceil(wait.total_seconds())))}
            raise ApiError(HTTPStatus.TOO_MANY_REQUESTS, "too_many_calls", text, headers=headers)

    async def _once(self, link: Link, message_id: str) -> None:
        """A signed request that somebody has copied is worth nothing a second time."""
        note = partial(
            answers.remember_once,
            scope=f"{TOKEN}{link.name}",
            key=message_id,
            answer=Remembered("", 0, b""),
            now=self._deployment.now(),
        )
        if not await self._deployment.database.write(note):
            raise ApiError(HTTPStatus.CONFLICT, "call_repeated", _REPEATED)


def _account(connection: Connection, *, link: Link, deployment: Deployment) -> Staff | None:
    user = people.user_by_id(connection, link.user_id)
    if not user.active:
        return None
    grants, lent = held(connection, user.id, now=deployment.now())
    return Staff(user.id, user.login, user.display_name, grants, token_id=TOKEN + link.name, borrowed=lent)


DOOR = web.AppKey("link_door", LinkDoor)


@web.middleware
async def know_the_link(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Who asks, where a link signed the request."""
    if KEY in request.headers and request.path.startswith("/api/"):
        request[STAFF] = await request.app[DOOR].enter(request)
    return await handler(request)


def link_of(staff: Staff) -> str:
    """The name of the link that asks; empty: a person, or a person's program."""
    return staff.token_id.removeprefix(TOKEN) if staff.token_id.startswith(TOKEN) else ""
