"""
`/du-lieu-mo`: everything that everybody may load, in which forms, and what stands in it; and the results as one table.

A table holds the publication rows and nothing else: the same allow-list as the pages (A-4).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from core.clock import local
from core.service.csv_lines import MARK, csv_lines
from core.service.public import Page
from core.service.publishing import RESULT, Shown
from gateway.deployment import DEPLOYMENT
from gateway.pages import render
from gateway.pages.languages import say
from gateway.portal.published import RESULTS_PAGE
from gateway.portal.result_filters import read_filters
from gateway.portal.shared import PORTAL, client_of

PAGE = "/du-lieu-mo"
TABLE = f"{RESULTS_PAGE}.csv"
AT_ONCE = 500
COLUMNS = (
    ("ma_phan_anh", "mã phản ánh, nếu quy chế công khai mã"),
    ("linh_vuc", "lĩnh vực"),
    ("ma_xa", "mã xã, phường"),
    ("vi_do", "vĩ độ, làm tròn đến phần nghìn"),
    ("kinh_do", "kinh độ, làm tròn đến phần nghìn"),
    ("nhan_luc", "lúc tiếp nhận"),
    ("buoc", "bước xử lý"),
    ("co_quan", "cơ quan xử lý"),
    ("tra_loi_luc", "lúc trả lời"),
    ("tra_loi", "nội dung trả lời"),
    ("dia_chi", "địa chỉ trang kết quả"),
)
"""Names in the table, and what stands there."""


async def show_page(request: web.Request) -> web.StreamResponse:
    """What there is to load."""
    return render(request, "portal/open_data.html", columns=[(name, say(request, what)) for name, what in COLUMNS])


async def show_table(request: web.Request) -> web.StreamResponse:
    """All results, or those that were asked for, the newest first; written page by page. HTTPTooManyRequests."""
    portal, deployment = request.app[PORTAL], request.app[DEPLOYMENT]
    if portal.loading.wait(client_of(request), deployment.now()):
        raise web.HTTPTooManyRequests
    wanted = (await read_filters(request)).wanted(RESULT)
    page = await portal.desk.published(wanted, most=AT_ONCE)
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": 'attachment; filename="ket-qua-cong-khai.csv"',
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": "public, max-age=3600",
        }
    )
    await response.prepare(request)
    results = deployment.settings.public_url + RESULTS_PAGE
    await response.write((MARK + csv_lines([[name for name, _ in COLUMNS]]) + _lines(page, results)).encode())
    while page.more is not None:
        page = await portal.desk.published(wanted, before=page.more, most=AT_ONCE)
        await response.write(_lines(page, results).encode())
    await response.write_eof()
    return response


def _lines(page: Page, results: str) -> str:
    return csv_lines(_cells(shown, f"{results}/{case_id}") for case_id, shown in page.rows)


def _cells(shown: Shown, address: str) -> Sequence[str]:
    latitude, longitude = shown.point or ("", "")
    return (
        shown.code,
        shown.category,
        shown.commune_code,
        str(latitude),
        str(longitude),
        _moment(shown.received_at),
        shown.stage,
        "; ".join(shown.agencies),
        _moment(shown.answered_at),
        shown.answer,
        address,
    )


def _moment(at: datetime | None) -> str:
    return local(at).isoformat(timespec="seconds") if at else ""
