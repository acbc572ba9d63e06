"""`/console/ho-so/{case}/lien-quan`: what may be the same, and what it may be about; brought by the case's own page."""

from __future__ import annotations

from aiohttp import web

from core.service.reading.views import CaseView
from gateway.auth import require_staff
from gateway.console.casefile import move_address, read_view
from gateway.console.shared import CASES, CONSOLE, member_of, reader_of, show
from gateway.deployment import DEPLOYMENT

LINK, CLASSIFY, RAISE = "link_report", "classify", "raise_emergency"


@require_staff()
async def show_aids(request: web.Request) -> web.StreamResponse:
    """Each open case that resembles this one with the reason, each category with its words; acts where one may act."""
    view = await read_view(request)
    sorters, looks = request.app[DEPLOYMENT].sorters, request.app[CONSOLE].looks
    aids = await reader_of(request).aids(view.id, member_of(request), sorters=sorters, looks=looks)
    template = "_aids.html" if "HX-Request" in request.headers else "aids.html"
    return show(
        request,
        template,
        view=view,
        aids=aids,
        base=f"{CASES}/{view.id}",
        link=_address(view, LINK),
        classify=_address(view, CLASSIFY),
        raises=_address(view, RAISE),
    )


def _address(view: CaseView, command: str) -> str:
    """The form of a move, ready for one more value; empty where it may not be made now."""
    move = next((one for one in view.moves if one.command == command), None)
    address = move_address(view, move) if move else ""
    return address and f"{address}{'&' if '?' in address else '?'}"
