"""`/console/tim-kiem`: cases by code, by words, and for the centre by phone number or mail address."""

from __future__ import annotations

from aiohttp import web
from yarl import URL

from core.identity.phones import valid
from core.service.reading import Wanted
from gateway.auth import require_staff
from gateway.auth.targets import see_other
from gateway.console.shared import line_of, member_of, next_page, read_after, reader_of, show
from gateway.deployment import DEPLOYMENT

PAGE = "/console/tim-kiem"


@require_staff()
async def show_search(request: web.Request) -> web.StreamResponse:
    """What the address asks for; without words, the newest cases."""
    query = request.query
    wanted = Wanted(line_of(query.get("q")), line_of(query.get("buoc")), bool(query.get("dang-mo")))
    return await _results(request, wanted)


@require_staff()
async def search(request: web.Request) -> web.StreamResponse:
    """Lead to the address that says it; who a person is stands in no address, so those are answered here."""
    form = await request.post()
    wanted = Wanted(line_of(form.get("q")), line_of(form.get("buoc")), bool(form.get("dang-mo")))
    if _is_personal(wanted.text):
        return await _results(request, wanted)
    query = {"q": wanted.text, "buoc": wanted.stage, "dang-mo": "1" if wanted.open_only else ""}
    return see_other(str(URL(PAGE).with_query({name: value for name, value in query.items() if value})))


def _is_personal(text: str) -> bool:
    """A phone number or a mail address."""
    return "@" in text or valid(text) is not None


async def _results(request: web.Request, wanted: Wanted) -> web.Response:
    page = await reader_of(request).search(member_of(request), wanted, after=read_after(request))
    stages = request.app[DEPLOYMENT].regulation.current.stages.case
    return show(
        request,
        "search.html",
        wanted=wanted,
        rows=page.items,
        stages=[(name, stage.label) for name, stage in stages.items()],
        asked=bool(wanted.text or wanted.stage or wanted.open_only),
        more=next_page(request, page.after) if request.method == "GET" else "",
    )
