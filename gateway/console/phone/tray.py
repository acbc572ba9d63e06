"""
What an agent notes of a call from the telephone's page: the link for photos and place, what came of it, the wrap-up
code.

Who may: the agent for whom the call rang, or who has it noted already. The number a link goes to is the caller's, as
the telephony process told it, or one that the caller says.
"""

from __future__ import annotations

from aiohttp import web

from core.contract.errors import NotFound
from core.identity import phones
from core.service.call_notes import Tray, Unreachable
from gateway.auth import staff_of
from gateway.call_notes import NOTES, wrap_up_codes
from gateway.console.files import kind_of, send_file
from gateway.console.phone.link import LINK
from gateway.console.shared import line_of, now_of, require_caretaker, show
from gateway.deployment import DEPLOYMENT

NO_NUMBER = "Vui lòng nhập số điện thoại di động của người gọi."
SENT = "Đã gửi liên kết đến {}. Ảnh và vị trí sẽ hiện ở đây ngay khi người gọi gửi."


@require_caretaker
async def send_link(request: web.Request) -> web.StreamResponse:
    """Send the caller a link, to the number they call from or to one that they say."""
    posted = await request.post()
    call, said = line_of(posted.get("cuoc-goi")), line_of(posted.get("so"))
    number = phones.normalise(said or number_of(request, call)) or ""
    if not number:
        return await _tray_page(request, call, problem=NO_NUMBER)
    try:
        way = await request.app[NOTES].send_link(await require_call(request, call), number, agent=staff_of(request).id)
    except Unreachable as error:
        return await _tray_page(request, call, problem=error.vi)
    return await _tray_page(request, call, told=SENT.format(way.shown))


@require_caretaker
async def show_tray(request: web.Request) -> web.StreamResponse:
    """What has come so far; the page asks again and again while the call lasts."""
    return await _tray_page(request, await require_call(request, request.match_info["call"]))


@require_caretaker
async def show_tray_file(request: web.Request) -> web.StreamResponse:
    """One file that a caller sent for a call. NotFound unless it came for this one."""
    key, call = request.match_info["key"], await require_call(request, request.match_info["call"])
    note = await request.app[NOTES].find(call)
    tray = await request.app[NOTES].tray(note) if note else Tray()
    if key not in {file.stored_key for file in tray.files}:
        raise NotFound("no such file of this call")
    return await send_file(request, key)


@require_caretaker
async def wrap_up(request: web.Request) -> web.StreamResponse:
    """What came of the call."""
    posted = await request.post()
    code = line_of(posted.get("ma"))
    if code not in wrap_up_codes(request.app[DEPLOYMENT].settings):
        raise web.HTTPBadRequest
    call = await require_call(request, line_of(posted.get("cuoc-goi")))
    await request.app[NOTES].wrap_up(call, code, agent=staff_of(request).id)
    return web.Response(status=204)


def number_of(request: web.Request, call: str) -> str:
    """The number that calls, as the trunk told it; empty where it is withheld, or this agent has no such call."""
    card = request.app[LINK].card(staff_of(request).id, call)
    return card.remote if card else ""


async def require_call(request: web.Request, call: str) -> str:
    """A call of this agent. HTTPForbidden: neither does it ring for them, nor did they note anything of it."""
    if request.app[LINK].card(staff_of(request).id, call) is None:
        note = await request.app[NOTES].find(call)
        if note is None or note.agent != staff_of(request).id:
            raise web.HTTPForbidden
    return call


async def _tray_page(request: web.Request, call: str, *, told: str = "", problem: str = "") -> web.Response:
    note = await request.app[NOTES].find(call)
    tray = await request.app[NOTES].tray(note) if note else Tray()
    kinds = {file.stored_key: kind_of(file.media_type) for file in tray.files}
    waits = bool(note and note.link and note.link_ends_at and now_of(request) < note.link_ends_at)
    asks = not number_of(request, call)
    return show(
        request, "_tray.html", call=call, tray=tray, kinds=kinds, told=told, problem=problem, waits=waits, asks=asks
    )
