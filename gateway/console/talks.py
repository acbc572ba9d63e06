"""`/console/hoi-thoai`: conversations that want a person; read one, answer it, take it over, hand it back."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from aiohttp import web

from channels.base import clean_text
from core.contract.errors import VersionConflict
from core.contract.schema import new_id
from core.service.answering import LONGEST_REPLY, AddressUnknown, Attended
from core.service.reading import RevealRefused
from core.service.reading.base import Restricted
from core.service.work import Write
from core.storage import answers
from core.storage.answers import Remembered
from core.storage.database import Connection
from gateway.auth import staff_of
from gateway.auth.targets import see_other
from gateway.console.canned.facts import offered
from gateway.console.files import absent_of
from gateway.console.inbox.unread import note_seen
from gateway.console.shared import (
    CONSOLE,
    HOME,
    TALKS,
    line_of,
    member_of,
    next_page,
    now_of,
    read_after,
    reader_of,
    require_caretaker,
    show,
)
from gateway.console.talk_page import mark_of, talk_page, view_of, watch_of

ONCE = "lan_gui"
HOLDER = "nguoi_giu"
WATCHED = timedelta(minutes=20)
STOP_ASKING = 286
"""htmx asks no more after this status."""
EMPTY = "Vui lòng nhập nội dung trả lời."
TOO_LONG = f"Nội dung dài quá {LONGEST_REPLY} ký tự. Vui lòng viết ngắn hơn."
CHANGED = "Hội thoại vừa có thay đổi. Nội dung anh/chị đã nhập vẫn còn nguyên; vui lòng xem lại rồi gửi lại."
MASKED_ONLY = "Chỉ cán bộ Trung tâm được xem thông tin của người gửi."


class Repeated(Exception):
    """The same form was sent twice."""


@require_caretaker
async def show_talks(request: web.Request) -> web.StreamResponse:
    """Those that wait for a person or that one has taken over, the longest waiting first."""
    page = await reader_of(request).conversations(member_of(request), after=read_after(request))
    return show(request, "talks.html", rows=page.items, more=next_page(request, page.after))


@require_caretaker
async def show_talk(request: web.Request) -> web.StreamResponse:
    """One conversation, masked; whoever opens it has seen it as it stands."""
    view = await view_of(request)
    await note_seen(request, view)
    return await talk_page(request, view)


@require_caretaker
async def show_messages(request: web.Request) -> web.StreamResponse:
    """
    For the page that is open: nothing (204) where nothing changed, else the messages.

    Asking ends after a while (286 stops it), so that a page left open does not keep its session alive for a day.
    """
    view, since = await view_of(request), line_of(request.query.get("tu"))
    opened = int(since) if since.isascii() and since.isdigit() and len(since) < 12 else 0
    over = now_of(request).timestamp() - opened > WATCHED.total_seconds()
    absent = await absent_of(request, (), view)
    mark = mark_of(view, absent)
    if mark == request.query.get("dau") and not over:
        return web.Response(status=204)
    await note_seen(request, view)
    watch = "" if over else watch_of(mark, opened)
    status = STOP_ASKING if over else 200
    base = f"{TALKS}/{view.id}"
    return show(request, "_messages.html", status=status, view=view, absent=absent, base=base, watch=watch)


@require_caretaker
async def reveal(request: web.Request) -> web.StreamResponse:
    """The same in clear, for this one answer; who looked is noted before (VN-4)."""
    try:
        return await talk_page(request, await view_of(request, reveal=True))
    except RevealRefused as refused:
        told = refused.vi if isinstance(refused, Restricted) else MASKED_ONLY
        return await talk_page(request, await view_of(request), status=403, problem=told)


@require_caretaker
async def reply(request: web.Request) -> web.StreamResponse:
    """Write to the citizen, on their channel and in their thread; takes the conversation over."""
    form = await request.post()
    text, once = clean_text(str(form.get("text", ""))).strip(), line_of(form.get(ONCE)) or new_id()
    if problem := (EMPTY if not text else TOO_LONG if len(text) > LONGEST_REPLY else ""):
        return await talk_page(request, await view_of(request), status=422, text=text, errors={"text": problem})
    talk, author, cause = request.match_info["talk"], staff_of(request).id, f"{staff_of(request).id}/{once}"
    holder = line_of(form.get(HOLDER))
    try:
        await request.app[CONSOLE].answering.reply(
            talk, text, author=author, cause=cause, holder=holder, also=_once(request, cause)
        )
    except Repeated:
        return _back(request, "tra-loi")
    except (AddressUnknown, Attended) as error:
        return await talk_page(request, await view_of(request), status=409, text=text, problem=error.vi)
    except VersionConflict:
        return await talk_page(request, await view_of(request), status=409, text=text, problem=CHANGED)
    return _back(request, "tra-loi")


@require_caretaker
async def insert_canned(request: web.Request) -> web.StreamResponse:
    """The page with a canned answer behind what was typed: for browsers without our module."""
    form, view = await request.post(), await view_of(request)
    typed, wanted = clean_text(str(form.get("text", ""))).strip(), line_of(form.get("mau"))
    words = next((one.text for one in await offered(request, view) if one.id == wanted), "")
    return await talk_page(request, view, text="\n".join(filter(None, (typed, words))))


@require_caretaker
async def take_over(request: web.Request) -> web.StreamResponse:
    """Whoever asks answers from now on, also in the place of the colleague whom the page showed."""
    holder = line_of((await request.post()).get(HOLDER))
    try:
        await request.app[CONSOLE].answering.take_over(
            request.match_info["talk"], by=staff_of(request).id, holder=holder
        )
    except Attended as error:
        return await talk_page(request, await view_of(request), status=409, problem=error.vi)
    return _back(request, "tiep-nhan")


@require_caretaker
async def hand_back(request: web.Request) -> web.StreamResponse:
    """The dialogue may speak again."""
    await request.app[CONSOLE].answering.hand_back(request.match_info["talk"])
    return _back(request, "tra-ve")


@require_caretaker
async def close(request: web.Request) -> web.StreamResponse:
    """It was a question and is answered: no case comes of it, nobody waits; back to the list."""
    await request.app[CONSOLE].answering.close(request.match_info["talk"], at=now_of(request))
    return see_other(f"{HOME}?xong=dong-hoi-dap")


def _once(request: web.Request, key: str) -> Write:
    """Stops the second of two sendings of one form, in the transaction of the first."""
    seen = partial(answers.remember_once, scope="console/reply", key=key, answer=Remembered("", 303, b""))

    def write(connection: Connection) -> None:
        if not seen(connection, now=now_of(request)):
            raise Repeated(key)

    return write


def _back(request: web.Request, done: str) -> web.Response:
    return see_other(f"{TALKS}/{request.match_info['talk']}?xong={done}")
