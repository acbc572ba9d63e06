"""`/console/thong-ke`: figures of a period as tables, spreadsheet and PDF, for whoever may see which agencies."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from aiohttp import web

from core.service.statistics import Figures, PeriodUnknown, usual_periods
from core.service.statistics.sheets import sheets, written
from gateway.auth import require_staff
from gateway.console.shared import HOME, day_in, line_of, member_of, now_of, show
from gateway.deployment import DEPLOYMENT
from gateway.statistics.asking import figures_of, for_member
from gateway.statistics.printed import drawn
from gateway.statistics.spreadsheet import MEDIA_TYPE, workbook
from gateway.statistics.wording import subtitle_of, title_of

PAGE = f"{HOME}/thong-ke"
NO_PERIOD = "Không đọc được kỳ thống kê này. Vui lòng chọn trong danh sách, hoặc chọn từ ngày, đến ngày."
TYPES: Mapping[str, str] = MappingProxyType({"xlsx": MEDIA_TYPE, "pdf": "application/pdf"})


@require_staff()
async def show_statistics(request: web.Request) -> web.StreamResponse:
    """The period of `?ky=` or `?tu=&den=`, as of the end of the day `?tinh-den=`; usually the running month."""
    offered = usual_periods(now_of(request))
    name = _name(request) or offered[0][0]
    try:
        figures = await _figures(request, name)
    except PeriodUnknown:
        return _page(request, offered, name, status=422, problem=NO_PERIOD)
    return _page(request, offered, name, figures=figures)


@require_staff()
async def download(request: web.Request) -> web.StreamResponse:
    """The same figures as a file to keep or to send on."""
    kind = request.match_info["kind"]
    try:
        figures = await _figures(request, _name(request))
    except PeriodUnknown as error:
        raise web.HTTPNotFound from error
    title, subtitle = title_of(figures), subtitle_of(figures, request.app[DEPLOYMENT].settings.office)
    make = workbook if kind == "xlsx" else drawn
    body = await asyncio.to_thread(make, title, subtitle, sheets(figures))
    name = quote(f"{title}.{kind}")
    disposition = f"attachment; filename=\"thong-ke.{kind}\"; filename*=UTF-8''{name}"
    return web.Response(body=body, content_type=TYPES[kind], headers={"Content-Disposition": disposition})


async def _figures(request: web.Request, name: str) -> Figures:
    deployment, as_of = request.app[DEPLOYMENT], day_in(request.query.get("tinh-den"))
    figures = await figures_of(deployment, name, as_of=as_of)
    return for_member(figures, member_of(request), deployment.regulation)


def _name(request: web.Request) -> str:
    first, last = day_in(request.query.get("tu")), day_in(request.query.get("den"))
    if first and last:
        return f"{first.isoformat()}..{last.isoformat()}"
    return line_of(request.query.get("ky"))


def _page(
    request: web.Request,
    offered: list[tuple[str, str]],
    name: str,
    *,
    figures: Figures | None = None,
    status: int = 200,
    problem: str = "",
) -> web.Response:
    return show(
        request,
        "statistics.html",
        status=status,
        problem=problem,
        offered=offered,
        chosen=name,
        figures=figures,
        title=title_of(figures) if figures else "Thống kê",
        subtitle=subtitle_of(figures, "") if figures else "",
        sheets=sheets(figures) if figures else (),
        written=written,
        query=request.query_string,
    )


def mount(router: web.UrlDispatcher) -> None:
    """Its addresses."""
    router.add_get(PAGE, show_statistics)
    router.add_get(f"{PAGE}/tai-ve.{{kind:xlsx|pdf}}", download)
