"""The page of one conversation: what stands on it, and how it knows that something changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import urlencode

from aiohttp import web

from core.contract.schema import new_id
from core.service.answering import LONGEST_REPLY
from core.service.reading.views import ConversationView
from gateway.console.canned.facts import offered
from gateway.console.files import absent_of
from gateway.console.shared import TALKS, member_of, now_of, reader_of, show
from gateway.console.talk_window import is_call, notices_of
from gateway.deployment import DEPLOYMENT


def mark_of(view: ConversationView, absent: Mapping[str, str]) -> str:
    """Changes whenever a message comes or gets further on its way, or one of its files."""
    told = [(line.id, line.delivery and (line.delivery.state, line.delivery.outcome)) for line in view.messages]
    return hashlib.sha256(repr((told, sorted(absent.items()))).encode()).hexdigest()[:16]


def watch_of(mark: str, opened: int) -> str:
    """The question that an open page asks: the mark it shows, and since when it is open (seconds since 1970)."""
    return urlencode({"dau": mark, "tu": opened})


async def view_of(request: web.Request, *, reveal: bool = False) -> ConversationView:
    """The conversation of this address. NotFound · RevealRefused."""
    return await reader_of(request).conversation(request.match_info["talk"], member_of(request), reveal=reveal)


async def talk_page(
    request: web.Request,
    view: ConversationView,
    *,
    status: int = 200,
    text: str = "",
    errors: dict[str, str] | None = None,
    problem: str = "",
) -> web.Response:
    """The page. `text`: what was typed; `problem`: what could not be done just now."""
    absent = await absent_of(request, (), view)
    return show(
        request,
        "talk.html",
        canned=await offered(request, view),
        notices=await notices_of(request.app[DEPLOYMENT], view),
        called=is_call(view),
        status=status,
        view=view,
        absent=absent,
        text=text,
        errors=errors or {},
        problem=problem,
        once=new_id(),
        longest=LONGEST_REPLY,
        watch="" if view.revealed else watch_of(mark_of(view, absent), int(now_of(request).timestamp())),
        base=f"{TALKS}/{view.id}",
    )
