"""`/console`: everything that waits, whoever sent it by whatever channel. The longest waiting stands on top."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Any

from aiohttp import web

from core.service.reading.lists import microseconds
from core.service.reading.names import CHANNELS
from core.service.reading.views import QueueLine
from gateway.auth import require_staff
from gateway.console.basis import bases
from gateway.console.calls import OUTCOMES, book_of, number_of
from gateway.console.inbox.entries import CALL_CHANNEL, Entry, Sources, is_emergency
from gateway.console.inbox.merging import Merged, Place, merged
from gateway.console.inbox.tabs import Tab, address, count, tabs_of
from gateway.console.inbox.unread import unseen
from gateway.console.inbox.wish import SORTS, Wish
from gateway.console.shared import HOME, member_of, now_of, reader_of, show
from gateway.deployment import DEPLOYMENT

LIST = f"{HOME}/hang-viec"
MOST = 50


@require_staff()
async def show_inbox(request: web.Request) -> web.StreamResponse:
    """The whole page."""
    return show(request, "inbox.html", **await _context(request))


@require_staff()
async def show_list(request: web.Request) -> web.StreamResponse:
    """The list alone, for the page that is open; nothing (204) where it still shows just that."""
    context = await _context(request)
    if context["mark"] == request.query.get("dau"):
        return web.Response(status=204)
    return show(request, "_inbox.html", **context)


async def _context(request: web.Request) -> dict[str, Any]:
    deployment, reader, member = request.app[DEPLOYMENT], reader_of(request), member_of(request)
    wish, hears = Wish.read(request.query), reader.hears(member)
    counts = await count(deployment) if hears else None
    found = await read_entries(request, wish, after=_read_place(request))
    lines = [one.item for one in found.items if isinstance(one.item, QueueLine)]
    rests = dict(zip(map(id, lines), await bases(deployment, lines), strict=True))
    unread = await unseen(deployment.database, member.id, found.items)
    tabs = tabs_of(deployment, member, wish, waiting=await reader.waiting(member), counts=counts)
    mark = _mark(found, tabs, unread)
    return {
        "wish": wish,
        "tabs": tabs,
        "chosen": next((tab for tab in tabs if tab.current), None),
        "entries": found.items,
        "unread_refs": unread,
        "basis": lambda item: rests[id(item)],
        "emergency": is_emergency,
        "outcomes": OUTCOMES,
        "number": number_of,
        "channels": _channels(request, hears=hears),
        "more": address(HOME, {**wish.query, "sau": _written(found.after)}) if found.after else "",
        "mark": mark,
        "fresh": address(LIST, {**wish.query, "sau": request.query.get("sau", ""), "dau": mark}),
        "hears": hears,
        "counts": counts,
    }


async def read_entries(request: web.Request, wish: Wish, *, after: Place | None = None) -> Merged[Entry]:
    """One page of what somebody wants to see."""
    reader, member = reader_of(request), member_of(request)
    book = book_of(request) if reader.hears(member) else None
    sources = Sources(reader, member, book, partial(unseen, request.app[DEPLOYMENT].database, member.id))
    now = microseconds(now_of(request))
    parts = [await sources.part(sort, wish, now=now, after=after, most=MOST) for sort in wish.sorts]
    return merged(parts, most=MOST)


def _channels(request: web.Request, *, hears: bool) -> list[tuple[str, str]]:
    """Channels to choose from: those that are on, and the telephone for who hears it."""
    known = request.app[DEPLOYMENT].channels
    names = reader_of(request).names()
    return [
        (name, names.channel(name).label)
        for name in CHANNELS
        if name in known or name == "web" or (hears and name == CALL_CHANNEL)
    ]


def _mark(found: Merged[Entry], tabs: Sequence[Tab], unread: frozenset[str]) -> str:
    """Changes whenever the list would look otherwise."""
    return hashlib.sha256(repr((found, tabs, sorted(unread))).encode()).hexdigest()[:16]


def _read_place(request: web.Request) -> Place | None:
    """Where the page before ended, out of `?sau=`; None for anything else."""
    instant, _, rest = request.query.get("sau", "").partition("-")
    number, _, one = rest.partition("-")
    if not (instant.isdecimal() and number.isdecimal() and instant.isascii() and number.isascii()):
        return None
    whole, owner = int(instant[:20]), int(number[:2])
    return (whole, owner, one[:64]) if whole < 2**63 and owner < len(SORTS) else None


def _written(place: Place) -> str:
    return "-".join(map(str, place))
