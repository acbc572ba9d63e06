"""
What everybody may read: published results, and refusals with their reasons where the regulation lists them.

Pages show what the publication table holds and nothing else; it was filled from the pack's allow-list.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aiohttp import web
from yarl import URL

from channels.base import clean_text
from core.contract.errors import NotFound
from core.service.public import Page
from core.service.publishing import DECLINED, RESULT, Shown
from gateway.deployment import DEPLOYMENT
from gateway.pages import render
from gateway.portal.follow import file_response
from gateway.portal.shared import PORTAL

RESULTS_PAGE = "/cong-khai"
DECLINED_PAGE = "/khong-du-dieu-kien"
LONGEST_SEARCH = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


async def show_results(request: web.Request) -> web.StreamResponse:
    """Results, the newest first, or those that hold the words asked for."""
    search, page = await _page(request, RESULT)
    return render(request, "portal/results.html", rows=page.rows, search=search, more=_more(request, page))


async def show_declined(request: web.Request) -> web.StreamResponse:
    """Refusals with their grounds (QB-IV.1.1a): code, category, ground; no word of any reporter (A-QB-7)."""
    rules = request.app[DEPLOYMENT].regulation.current.publication
    if not rules.declined_public:
        raise web.HTTPNotFound
    search, page = await _page(request, DECLINED)
    return render(
        request,
        "portal/declined.html",
        rows=page.rows,
        search=search,
        more=_more(request, page),
        heading=rules.declined_title,
    )


async def show_result(request: web.Request) -> web.StreamResponse:
    """One published result."""
    shown = await _result(request)
    files = [(number, kind) for number, key in enumerate(shown.media, start=1) if (kind := await _kind(request, key))]
    return render(
        request, "portal/result.html", shown=shown, files=files, here=f"{RESULTS_PAGE}/{request.match_info['case']}"
    )


async def show_result_file(request: web.Request) -> web.StreamResponse:
    """A picture or film that was chosen for publication."""
    shown = await _result(request)
    number = int(request.match_info["number"])
    if not 1 <= number <= len(shown.media):
        raise web.HTTPNotFound
    found = await request.app[DEPLOYMENT].media.open(shown.media[number - 1])
    response = file_response(found.data, found.media_type)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


async def _kind(request: web.Request, key: str) -> str:
    """Media type of a file; empty for one whose time was over."""
    try:
        return (await request.app[DEPLOYMENT].media.open(key)).media_type
    except NotFound:
        return ""


async def _result(request: web.Request) -> Shown:
    try:
        return await request.app[PORTAL].desk.publication(request.match_info["case"])
    except NotFound as error:
        raise web.HTTPNotFound from error


async def _page(request: web.Request, kind: str) -> tuple[str, Page]:
    search = clean_text(request.query.get("q", "")).strip()[:LONGEST_SEARCH]
    before = _read_place(request.query.get("truoc", ""))
    return search, await request.app[PORTAL].desk.published(kind=kind, search=search, before=before)


def _more(request: web.Request, page: Page) -> str:
    """Address of the next page; empty on the last."""
    if page.more is None:
        return ""
    at, case_id = page.more
    kept = {"q": request.query["q"]} if request.query.get("q") else {}
    return str(URL(request.path).with_query({**kept, "truoc": f"{(at - _EPOCH) // _MICROSECOND}-{case_id}"}))


def _read_place(written: str) -> tuple[datetime, str] | None:
    """Where a page begins: microseconds and case id; None for anything else."""
    at, dash, case_id = written.partition("-")
    if not (dash and at.isascii() and at.isdigit() and len(at) <= 16 and case_id.isalnum()):
        return None
    return _EPOCH + int(at) * _MICROSECOND, case_id[:32]
