"""`/console`: everything that waits, whoever sent it by whatever channel. The longest waiting stands on top."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from core.service.reading.names import CHANNELS
from gateway.auth import require_staff
from gateway.console.inbox.entries import CALL_CHANNEL
from gateway.console.inbox.merging import Place
from gateway.console.inbox.shelf import Shelf, draw, shelf_of
from gateway.console.inbox.tabs import Tab, address, tabs_of
from gateway.console.inbox.unread import unseen
from gateway.console.inbox.wish import SORTS, Wish
from gateway.console.shared import HOME, member_of, reader_of, show
from gateway.deployment import DEPLOYMENT
from gateway.pages.languages import language_of
from gateway.pages.packing import Leaflet, hand_out
from gateway.pages.rendering import render_text

LIST = f"{HOME}/hang-viec"


@require_staff()
async def show_inbox(request: web.Request) -> web.StreamResponse:
    """The whole page."""
    _, context = await _look(request)
    return show(request, "inbox.html", **context)


@require_staff()
async def show_list(request: web.Request) -> web.StreamResponse:
    """
    The list alone, for the page that is open; nothing (204) where it still shows just that.

    Every open page asks when something changes: it is drawn and packed once for all to whom it looks the same.
    """
    shelf, context = await _look(request)
    if context["mark"] == request.query.get("dau"):
        return web.Response(status=204)
    look = (language_of(request), context["fresh"], *context["lines"])
    if look not in shelf.leaflets:
        shelf.leaflets[look] = Leaflet(render_text(request, "console/_inbox.html", **context).encode())
    return hand_out(request, shelf.leaflets[look])


async def _look(request: web.Request) -> tuple[Shelf, dict[str, Any]]:
    deployment, reader, member = request.app[DEPLOYMENT], reader_of(request), member_of(request)
    wish, hears = Wish.read(request.query), reader.hears(member)
    shelf = await shelf_of(request, wish, after=_read_place(request))
    after = shelf.found.after
    unread = await unseen(deployment.small_reads, member.id, shelf.found.items)
    tabs = tabs_of(deployment, member, wish, waiting=shelf.waiting, counts=shelf.counts)
    mark = _mark(shelf, tabs, unread)
    return shelf, {
        "wish": wish,
        "tabs": tabs,
        "chosen": next((tab for tab in tabs if tab.current), None),
        "lines": draw(request, shelf, wish, unread),
        "channels": _channels(request, hears=hears),
        "more": address(HOME, {**wish.query, "sau": _written(after)}) if after else "",
        "mark": mark,
        "fresh": address(LIST, {**wish.query, "sau": request.query.get("sau", ""), "dau": mark}),
        "hears": hears,
        "counts": shelf.counts,
    }


def _channels(request: web.Request, *, hears: bool) -> list[tuple[str, str]]:
    """Channels to choose from: those that are on, and the telephone for who hears it."""
    known = request.app[DEPLOYMENT].channels
    names = reader_of(request).names()
    return [
        (name, names.channel(name).label)
        for name in CHANNELS
        if name in known or name == "web" or (hears and name == CALL_CHANNEL)
    ]


def _mark(shelf: Shelf, tabs: Sequence[Tab], unread: frozenset[str]) -> str:
    """Changes whenever the list would look otherwise."""
    return hashlib.sha256(repr((shelf.mark, tabs, sorted(unread))).encode()).hexdigest()[:16]


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
