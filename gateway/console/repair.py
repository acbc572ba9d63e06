"""`/console/cach-ly` and `/console/hop-gui`: what could not be read, and what did not reach the citizen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import structlog
from aiohttp import web

from core.contract.errors import NotFound
from core.service.reading.names import CHANNELS
from core.storage import inbox_queue, outbox, staff_lists
from gateway.auth import staff_of
from gateway.auth.targets import see_other
from gateway.console.shared import line_of, next_page, read_number, require_caretaker, show
from gateway.deployment import DEPLOYMENT

QUARANTINE = "/console/cach-ly"
OUTBOX = "/console/hop-gui"
PAGE = 50
BODY_GONE = "Không đọc lại được: tin không còn trong vùng cách ly, hoặc bản gốc đã được xóa."
SETTLED = "Tin này không còn ở trạng thái gửi lỗi nên không gửi lại."

_AGAIN = "gui-lai"
_DECISIONS: Mapping[str, Callable[..., bool]] = MappingProxyType(
    {
        _AGAIN: outbox.resend,
        "da-den": partial(outbox.decide, arrived=True),
        "bo-qua": partial(outbox.decide, arrived=False),
    }
)

log = structlog.get_logger()


@require_caretaker
async def show_quarantine(request: web.Request) -> web.StreamResponse:
    """What came in and could not be read, in order of arrival."""
    return await _quarantine(request)


@require_caretaker
async def replay(request: web.Request) -> web.StreamResponse:
    """Back into the queue: it is read again within seconds."""
    deployment, item = request.app[DEPLOYMENT], _number((await request.post()).get("tin"))
    try:
        await deployment.database.write(partial(inbox_queue.replay, item_id=item))
    except NotFound:
        return await _quarantine(request, status=409, problem=BODY_GONE)
    deployment.inbox.arrived.set()
    log.info("items_replayed", count=1, user=staff_of(request).id)
    return see_other(f"{QUARANTINE}?xong=doc-lai")


@require_caretaker
async def show_outbox(request: web.Request) -> web.StreamResponse:
    """Messages that failed, and those of which nobody knows whether they went out."""
    return await _outbox(request)


@require_caretaker
async def settle(request: web.Request) -> web.StreamResponse:
    """A person decides: it is tried again, it has arrived, or nobody needs it any more."""
    deployment, form = request.app[DEPLOYMENT], await request.post()
    entry, act = line_of(form.get("tin")), line_of(form.get("viec")) or _AGAIN
    if act not in _DECISIONS:
        raise web.HTTPBadRequest
    if not await deployment.database.write(partial(_DECISIONS[act], entry_id=entry, now=deployment.now())):
        return await _outbox(request, status=409, problem=SETTLED)
    deployment.clerk.changed.set()
    log.info("message_settled", entry=entry, decision=act, user=staff_of(request).id)
    return see_other(f"{OUTBOX}?xong={act}")


async def _quarantine(request: web.Request, *, status: int = 200, problem: str = "") -> web.Response:
    read = partial(staff_lists.quarantined, after=read_number(request), most=PAGE + 1)
    rows = await request.app[DEPLOYMENT].database.read(read)
    more = next_page(request, rows[PAGE - 1].id if len(rows) > PAGE else None)
    return show(
        request, "quarantine.html", status=status, rows=rows[:PAGE], more=more, problem=problem, channels=CHANNELS
    )


async def _outbox(request: web.Request, *, status: int = 200, problem: str = "") -> web.Response:
    read = partial(staff_lists.stopped, after=read_number(request), most=PAGE + 1)
    rows = await request.app[DEPLOYMENT].database.read(read)
    more = next_page(request, rows[PAGE - 1].seq if len(rows) > PAGE else None)
    return show(request, "outbox.html", status=status, rows=rows[:PAGE], more=more, problem=problem, channels=CHANNELS)


def _number(given: object) -> int:
    """The number of an item. HTTPBadRequest for anything else."""
    text = line_of(given)
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise web.HTTPBadRequest
    return int(text)
