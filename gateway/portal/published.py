"""
What everybody may read: published results, and refusals with their reasons where the regulation lists them.

Pages show what the publication table holds and nothing else; it was filled from the pack's allow-list.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from yarl import URL

from core.contract.errors import NotFound
from core.service.public import Page
from core.service.publishing import DECLINED, RESULT, Shown
from gateway.deployment import DEPLOYMENT
from gateway.pages import render
from gateway.portal.communes import titles
from gateway.portal.feeds import Feed, Item, atom, rss
from gateway.portal.follow import file_response
from gateway.portal.form_page import grouped_categories, with_map
from gateway.portal.result_filters import Filters, read_filters
from gateway.portal.shared import PORTAL

RESULTS_PAGE = "/cong-khai"
DECLINED_PAGE = "/khong-du-dieu-kien"
FEED = f"{RESULTS_PAGE}.atom"
RSS = f"{RESULTS_PAGE}.rss"
POINTS = f"{RESULTS_PAGE}.geojson"
MOST_POINTS = 500
"""On one map; filters show the others."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


async def show_results(request: web.Request) -> web.StreamResponse:
    """Results, the newest first, or those that were asked for."""
    filters, page = await _page(request, RESULT)
    portal = request.app[PORTAL]
    return with_map(
        request,
        render(
            request,
            "portal/results.html",
            rows=page.rows,
            filters=filters,
            groups=grouped_categories(request),
            communes=(await titles(request.app[DEPLOYMENT])).items(),
            more=_more(request, filters, page),
            tiles=portal.tiles,
            credit=portal.credit,
            feed=_address(FEED, filters),
            rss=_address(RSS, filters),
            points=_address(POINTS, filters),
        ),
    )


async def show_feed(request: web.Request) -> web.StreamResponse:
    """The same for readers of feeds, in the form that the address ends with."""
    filters, page = await _page(request, RESULT)
    deployment = request.app[DEPLOYMENT]
    settings = deployment.settings
    results = f"{settings.public_url}{RESULTS_PAGE}"
    own = f"{settings.public_url}{_address(request.path, filters)}"
    feed = Feed(f"Kết quả của {settings.office}", settings.office, results, own, deployment.now())
    write = rss if request.path == RSS else atom
    return write(feed, (_item(case_id, shown, results, deployment.now()) for case_id, shown in page.rows))


async def show_points(request: web.Request) -> web.StreamResponse:
    """Where the results are (RFC 7946), rounded to thousandths of a degree; for our map and for everybody's."""
    filters = await read_filters(request)
    page = await request.app[PORTAL].desk.published(filters.wanted(RESULT), most=MOST_POINTS)
    address = request.app[DEPLOYMENT].settings.public_url + RESULTS_PAGE
    features = [_feature(case_id, shown, address) for case_id, shown in page.rows if shown.point]
    body = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
    return web.Response(text=body, content_type="application/geo+json", headers=headers)


async def show_declined(request: web.Request) -> web.StreamResponse:
    """Refusals with their grounds (QB-IV.1.1a): code, category, ground; no word of any reporter (A-QB-7)."""
    rules = request.app[DEPLOYMENT].regulation.current.publication
    if not rules.declined_public:
        raise web.HTTPNotFound
    filters, page = await _page(request, DECLINED)
    return render(
        request,
        "portal/declined.html",
        rows=page.rows,
        filters=filters,
        more=_more(request, filters, page),
        heading=rules.declined_title,
    )


async def show_result(request: web.Request) -> web.StreamResponse:
    """One published result."""
    shown = await _result(request)
    files = [(number, kind) for number, key in enumerate(shown.media, start=1) if (kind := await _kind(request, key))]
    here = f"{RESULTS_PAGE}/{request.match_info['case']}"
    origin = request.app[DEPLOYMENT].settings.public_url
    return render(request, "portal/result.html", shown=shown, files=files, here=here, origin=origin)


async def show_result_file(request: web.Request) -> web.StreamResponse:
    """A picture or film that was chosen for publication."""
    shown = await _result(request)
    number = int(request.match_info["number"])
    if not 1 <= number <= len(shown.media):
        raise web.HTTPNotFound
    found = await request.app[DEPLOYMENT].media.open_public(shown.media[number - 1])
    response = file_response(found.data, found.media_type)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


async def _kind(request: web.Request, key: str) -> str:
    """Media type of a file; empty for one whose time was over."""
    try:
        return (await request.app[DEPLOYMENT].media.open_public(key)).media_type
    except NotFound:
        return ""


async def _result(request: web.Request) -> Shown:
    try:
        return await request.app[PORTAL].desk.publication(request.match_info["case"])
    except NotFound as error:
        raise web.HTTPNotFound from error


async def _page(request: web.Request, kind: str) -> tuple[Filters, Page]:
    filters, before = await read_filters(request), _read_place(request.query.get("truoc", ""))
    return filters, await request.app[PORTAL].desk.published(filters.wanted(kind), before=before)


def _more(request: web.Request, filters: Filters, page: Page) -> str:
    """Address of the next page; empty on the last."""
    if page.more is None:
        return ""
    at, case_id = page.more
    place = f"{(at - _EPOCH) // _MICROSECOND}-{case_id}"
    return str(URL(_address(request.path, filters)).update_query(truoc=place))


def _address(path: str, filters: Filters) -> str:
    """A path that asks for the same."""
    return str(URL(path).with_query(filters.query))


def _item(case_id: str, shown: Shown, results: str, now: datetime) -> Item:
    title = shown.category or "Kết quả xử lý phản ánh"
    return Item(f"{results}/{case_id}", title, shown.answered_at or now, shown.answer, (shown.category, shown.category))


def _feature(case_id: str, shown: Shown, results: str) -> dict[str, Any]:
    latitude, longitude = shown.point or (0.0, 0.0)
    told = shown.model_dump(mode="json", include={"code", "category", "stage", "agencies", "answered_at", "interim"})
    return {
        "type": "Feature",
        "id": case_id,
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {**told, "url": f"{results}/{case_id}"},
    }


def _read_place(written: str) -> tuple[datetime, str] | None:
    """Where a page begins: microseconds and case id; None for anything else."""
    at, dash, case_id = written.partition("-")
    if not (dash and at.isascii() and at.isdigit() and len(at) <= 16 and case_id.isalnum()):
        return None
    return _EPOCH + int(at) * _MICROSECOND, case_id[:32]
