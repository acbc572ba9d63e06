"""
`/console/ban-do`: open cases where they happened; agencies see their own and those below them (TG-2.2, TG-P1.II.4b).

The page is a list of communes and of cases. Where the deployment names a source of map pictures, a script draws the
same cases as clusters, which the server counts.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web
from yarl import URL

from core.clock import local
from core.service.reading.mapped import MapWish, Spot
from gateway.auth import require_staff
from gateway.console.case_map.wish import COMMUNE, FRAME, query_of, read_wish
from gateway.console.deadlines import LABELS
from gateway.console.shared import CASES, HOME, member_of, read_number, reader_of, show
from gateway.deployment import DEPLOYMENT
from gateway.portal.form_page import grouped_categories, with_map
from gateway.portal.shared import PORTAL

PAGE = f"{HOME}/ban-do"
SPOTS = f"{PAGE}/diem"
LIST = f"{PAGE}/danh-sach"
AT_ONCE = 50


@require_staff()
async def show_map(request: web.Request) -> web.StreamResponse:
    """Filters, the map, communes with their numbers, and the cases."""
    wish, portal = _wish(request), request.app[PORTAL]
    areas = await reader_of(request).map_areas(member_of(request), wish)
    page = show(
        request,
        "map.html",
        **await _listed(request, wish),
        areas=[(area, await _named(request, area.commune)) for area in areas],
        area_address=lambda area: _address(PAGE, {**_without(wish, FRAME), COMMUNE: area.commune}),
        groups=grouped_categories(request),
        states=LABELS,
        tiles=portal.tiles,
        credit=portal.credit,
        spots=_address(SPOTS, query_of(wish)),
    )
    return with_map(request, page)


@require_staff()
async def show_list(request: web.Request) -> web.StreamResponse:
    """The list alone, for a map that was moved."""
    return show(request, "_map_list.html", **await _listed(request, _wish(request)))


@require_staff()
async def show_spots(request: web.Request) -> web.StreamResponse:
    """
    What the map draws: clusters in the frame, those that cannot wait by themselves.

    `frame`: south, west, north, east in degrees, null where no point is known; `finest`: coming nearer parts nothing.
    """
    drawn = await reader_of(request).map_spots(member_of(request), _wish(request))
    edges = drawn.frame and [edge / 1000 for edge in drawn.frame.__dict__.values()]
    told = {"frame": edges, "finest": drawn.finest, "spots": [_told(spot) for spot in drawn.spots]}
    return web.json_response(told, headers={"Cache-Control": "no-store"})


async def _listed(request: web.Request, wish: MapWish) -> dict[str, Any]:
    skip = read_number(request)
    rows, more = await reader_of(request).map_cases(member_of(request), wish, most=AT_ONCE, skip=skip)
    query = query_of(wish)
    return {
        "wish": wish,
        "rows": rows,
        "commune": await _named(request, wish.commune),
        "anywhere": _address(PAGE, _without(wish, COMMUNE)),
        "more": _address(PAGE, {**query, "sau": str(skip + AT_ONCE)}) if more else "",
        "urgent": _urgent_tiers(request),
    }


def _wish(request: web.Request) -> MapWish:
    return read_wish(request.query, categories=request.app[DEPLOYMENT].regulation.current.intake.categories)


def _urgent_tiers(request: web.Request) -> frozenset[str]:
    packs = request.app[DEPLOYMENT].regulation.packs
    return frozenset(name for pack in packs for name, tier in pack.intake.urgencies.items() if tier.emergency)


async def _named(request: web.Request, commune: str) -> str:
    """The name of a commune today; its code where it has none, empty for none."""
    deployment = request.app[DEPLOYMENT]
    await deployment.places.warm()
    known = deployment.places.known(deployment.regulation.agencies)
    found = known.of(commune, local(deployment.now()).date()) if commune else None
    return found.title if found else commune


def _told(spot: Spot) -> dict[str, Any]:
    cell = spot.cell
    told = {"at": [cell.latitude, cell.longitude], "count": cell.count, "overdue": cell.overdue, "soon": cell.soon}
    single = {"code": spot.code, "category": spot.category, "href": f"{CASES}/{cell.one}"} if cell.one else {}
    return {**told, "urgent": cell.urgent, **single}


def _without(wish: MapWish, name: str) -> dict[str, str]:
    return {key: value for key, value in query_of(wish).items() if key != name}


def _address(path: str, query: dict[str, str]) -> str:
    return str(URL(path).with_query(query))


def mount(router: web.UrlDispatcher) -> None:
    """Its addresses."""
    router.add_get(PAGE, show_map)
    router.add_get(LIST, show_list)
    router.add_get(SPOTS, show_spots)
