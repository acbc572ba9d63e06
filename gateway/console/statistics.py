"""`/console/thong-ke`: figures of a period as tables, spreadsheet and PDF, for whoever may see which agencies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote

from aiohttp import web

from core.service.statistics import Figures, PeriodUnknown, usual_periods
from core.service.statistics.sheets import sheets
from core.storage.statistics import Period
from gateway.auth import require_staff
from gateway.console import figure_cases
from gateway.console.figure_cases import PAGE, addresses, wanted_period, wanted_query
from gateway.console.shared import now_of, show
from gateway.deployment import DEPLOYMENT
from gateway.pages.languages import say
from gateway.statistics.asking import figures_of
from gateway.statistics.awaited import AGAIN, AWAITED, Awaited, awaiting
from gateway.statistics.charts import Chart, Month, charts_of
from gateway.statistics.files import FILES, file_of
from gateway.statistics.shown import lines_of
from gateway.statistics.trend import TREND, Trend
from gateway.statistics.wording import subtitle_of, title_of

__all__ = ["PAGE", "attachment", "mount"]

NO_PERIOD = "Không đọc được kỳ thống kê này. Vui lòng chọn trong danh sách, hoặc chọn từ ngày, đến ngày."


@require_staff()
async def show_statistics(request: web.Request) -> web.StreamResponse:
    """
    The period of `?ky=` or `?tu=&den=`, as of the end of the day `?tinh-den=`; usually the running month. While it is
    counted for the first time, a page that says so and asks again.
    """
    offered = usual_periods(now_of(request))
    try:
        period = wanted_period(request, default=offered[0][0])
    except PeriodUnknown:
        return _page(request, offered, status=422, problem=NO_PERIOD)
    asked = (request.query_string, period.agencies)
    counted = await request.app[AWAITED].ask(asked, partial(_counted, request.app, period))
    if counted is None:
        waiting = _page(request, offered, counting=True, status=202)
        waiting.headers["Refresh"] = str(AGAIN)
        return waiting
    figures, months = counted
    return _page(request, offered, figures=figures, charts=charts_of(figures, months, say=partial(say, request)))


async def _counted(app: web.Application, period: Period) -> tuple[Figures, list[Month]]:
    return await figures_of(app[DEPLOYMENT], period), await app[TREND].months(period)


@require_staff()
async def download(request: web.Request) -> web.StreamResponse:
    """The same figures as a file to keep or to send on."""
    kind, deployment = request.match_info["kind"], request.app[DEPLOYMENT]
    period = _period_or_none(request)
    figures = await figures_of(deployment, period)
    title, subtitle = title_of(figures), subtitle_of(figures, deployment.settings.office)
    body = await file_of(deployment, kind, title=title, subtitle=subtitle, tables=sheets(figures), figures=figures)
    return attachment(body, kind, title=title, plain="thong-ke")


def attachment(body: bytes, kind: str, *, title: str, plain: str) -> web.Response:
    """A file to keep, under its Vietnamese title; `plain` for programs that read no such names."""
    name = quote(f"{title}.{kind}")
    disposition = f"attachment; filename=\"{plain}.{kind}\"; filename*=UTF-8''{name}"
    return web.Response(body=body, content_type=FILES[kind].media_type, headers={"Content-Disposition": disposition})


def _period_or_none(request: web.Request) -> Period:
    try:
        return wanted_period(request)
    except PeriodUnknown as error:
        raise web.HTTPNotFound from error


def _page(
    request: web.Request,
    offered: list[tuple[str, str]],
    *,
    figures: Figures | None = None,
    charts: Sequence[Chart] = (),
    status: int = 200,
    problem: str = "",
    counting: bool = False,
) -> web.Response:
    query = wanted_query(request, default=offered[0][0])
    return show(
        request,
        "statistics.html",
        status=status,
        problem=problem,
        counting=counting,
        offered=offered,
        chosen=query.get("ky", ""),
        figures=figures,
        title=title_of(figures) if figures else "Thống kê",
        subtitle=subtitle_of(figures, "") if figures else "",
        sheets=sheets(figures) if figures else (),
        charts=charts,
        query=query,
        lines_of=lines_of,
        address=addresses(query, figures.period.until if figures else None),
    )


def mount(app: web.Application) -> None:
    """Its addresses, and those of what is behind its figures."""
    app[TREND] = Trend(app[DEPLOYMENT].database, app[DEPLOYMENT].now)
    app[AWAITED] = Awaited()
    app.cleanup_ctx.append(awaiting)
    figure_cases.mount(app.router)
    app.router.add_get(PAGE, show_statistics)
    app.router.add_get(f"{PAGE}/tai-ve.{{kind:{'|'.join(FILES)}}}", download)
