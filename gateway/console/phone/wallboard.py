"""`/console/tong-dai/bang`: the floor and the day at a glance, for supervisors and a screen on the wall."""

from __future__ import annotations

from datetime import date
from typing import Any

from aiohttp import web

from core.clock.zone import end_of, local, midnight
from core.storage import people
from gateway.auth import staff_of
from gateway.call_notes import NOTES, wrap_up_codes
from gateway.console.calls import OUTCOMES, book_of
from gateway.console.phone.board import supervises
from gateway.console.phone.link import LINK
from gateway.console.shared import day_in, now_of, require_caretaker, show
from gateway.deployment import DEPLOYMENT

PAGE = "/console/tong-dai/bang"


@require_caretaker
async def show_wallboard(request: web.Request) -> web.StreamResponse:
    """
    Who is there, who waits, and what came of the calls of the chosen days (`tu`, `den`; today where none is chosen).

    htmx asks for it again and again, and gets the figures alone.
    """
    if not supervises(staff_of(request), request.app[DEPLOYMENT].settings):
        raise web.HTTPForbidden
    today = local(now_of(request)).date()
    first = day_in(request.query.get("tu")) or today
    last = max(first, day_in(request.query.get("den")) or first)
    name = "_wallboard.html" if "HX-Request" in request.headers else "wallboard.html"
    values = await _floor(request) | await _figures(request, first, last)
    return show(request, name, first=first, last=last, today=today, again=str(request.rel_url), **values)


async def _floor(request: web.Request) -> dict[str, Any]:
    """The floor with people's names; `board` is None while the telephony process is away."""
    users = await request.app[DEPLOYMENT].database.read(people.all_users)
    names = {user.id: user.display_name for user in users}
    return {"board": await request.app[LINK].floor(), "names": names, "now": now_of(request)}


async def _figures(request: web.Request, first: date, last: date) -> dict[str, Any]:
    since, until = midnight(first), end_of(last)
    counted = await book_of(request).outcomes(since=since, until=until)
    codes = await request.app[NOTES].codes(since=since, until=until)
    labels = wrap_up_codes(request.app[DEPLOYMENT].settings)
    outcomes = {
        label: sum(count for (one, _), count in counted.items() if one == name) for name, (label, _) in OUTCOMES.items()
    }
    return {
        "outcomes": outcomes,
        "calls": sum(counted.values()),
        "owed": sum(count for (_, owed), count in counted.items() if owed),
        "codes": {labels.get(code, code): count for code, count in sorted(codes.items(), key=lambda one: -one[1])},
    }
