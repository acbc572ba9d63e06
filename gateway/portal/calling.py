"""`/goi`: call the hotline from the browser ("Gọi tổng đài"), without a number and without a telephone."""

from __future__ import annotations

from typing import Any

import structlog
from aiohttp import web

from gateway.deployment import DEPLOYMENT
from gateway.pages import render
from gateway.pages.languages import say
from gateway.portal.shared import PORTAL, client_of
from gateway.telephony.paths import PORTAL as LINE
from gateway.telephony.paths import node_sockets
from gateway.telephony.peers import Away, Peers

log = structlog.get_logger()
PAGE = "/goi"
CALL = "/goi/cuoc-goi"
KEYS = "/goi/phim"
END = "/goi/gac-may"
RELAYS = "/goi/tram-chuyen"
PATIENCE_S = 5.0

TOO_MANY = "Quý vị vừa gọi nhiều lần. Vui lòng chờ ít phút rồi gọi lại, hoặc gửi phản ánh bằng biểu mẫu."
OTHERWISE = "Vui lòng gọi số điện thoại hoặc gửi phản ánh bằng biểu mẫu."
PROBLEMS = {
    "full": f"Tổng đài đang nhận rất nhiều cuộc gọi từ trang web. {OTHERWISE}",
    "away": f"Tổng đài trên trang web đang tạm dừng. {OTHERWISE}",
    "offer": f"Trình duyệt này không gọi được; hãy thử Chrome, Edge, Firefox hoặc Safari mới. {OTHERWISE}",
}
STATUS = {"full": 503, "away": 503, "offer": 422, "gone": 410, "bad_request": 400}


async def show_call(request: web.Request) -> web.StreamResponse:
    """The page; without a script it shows the number and the form."""
    lines = request.app[PORTAL].rules.emergency_lines
    return render(request, "portal/call.html", hotline=request.app[DEPLOYMENT].settings.hotline, lines=lines)


async def begin(request: web.Request) -> web.StreamResponse:
    """Take a page's offer: our SDP, and the name of the call."""
    wait = request.app[PORTAL].calling.wait(client_of(request), request.app[DEPLOYMENT].now())
    if wait:
        later = {"Retry-After": str(int(wait.total_seconds()) + 1)}
        return web.json_response({"message": say(request, TOO_MANY)}, status=429, headers=later)
    return await _pass_on(request, "call", "offer")


async def press(request: web.Request) -> web.StreamResponse:
    """A key of the page's keypad."""
    return await _pass_on(request, "press", "call", "keys")


async def end(request: web.Request) -> web.StreamResponse:
    """The caller hangs up; that the call is over already is as good."""
    said = await _pass_on(request, "end", "call")
    return web.json_response({}) if said.status == STATUS["gone"] else said


async def _pass_on(request: web.Request, action: str, *names: str) -> web.Response:
    """Ask the telephony processes, where one has no room the next; what all refuse becomes a sentence."""
    given = await request.post()
    asked: dict[str, Any] = {"action": action, **{name: str(given.get(name, "")) for name in names}}
    try:
        data = request.app[DEPLOYMENT].settings.data
        lines = Peers(lambda: node_sockets(data, LINE), spread=True)
        said = await lines.ask(asked, within_s=PATIENCE_S, unless=("full", "gone"))
    except Away as error:
        log.warning("portal_call_not_passed_on", error=str(error))
        said = {"error": "away"}
    problem = said.get("error", "")
    if problem:
        return web.json_response({"message": say(request, PROBLEMS.get(problem, ""))}, status=STATUS.get(problem, 503))
    return web.json_response(said)
