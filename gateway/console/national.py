"""`/console/he-thong-quoc-gia`: what the national system is told as well, and the number it has there (VN-7)."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web

from core.clock import local
from core.contract.errors import NotFound, VersionConflict
from core.identity.codes import format_code
from core.service.national import LONGEST_REASON, NationalBook, Sheet
from core.service.reading import RevealRefused
from core.service.statistics.sheets import Sheet as Table
from core.storage import cases, staff_lists
from core.storage.cases import CaseRow
from core.storage.national import LONGEST_PAGE, NationalItem, ended_place
from core.storage.types import to_microseconds
from gateway.auth import staff_of
from gateway.auth.targets import see_other
from gateway.console.shared import (
    HOME,
    line_of,
    member_of,
    next_page,
    now_of,
    read_after,
    reader_of,
    require_caretaker,
    show,
)
from gateway.deployment import DEPLOYMENT
from gateway.statistics.spreadsheet import MEDIA_TYPE, workbook

PAGE = f"{HOME}/he-thong-quoc-gia"
ENDED = f"{PAGE}/da-xong"
TITLE = "Phản ánh, kiến nghị về quy định hành chính"
COLUMNS = (
    "Mã phản ánh",
    "Ngày tiếp nhận",
    "Hình thức tiếp nhận",
    "Họ và tên, tổ chức",
    "Địa chỉ",
    "Điện thoại",
    "Thư điện tử",
    "Lĩnh vực",
    "Nơi xảy ra",
    "Nội dung phản ánh, kiến nghị",
    "Mã trên hệ thống quốc gia",
)
CHANGED = "Mục này vừa được người khác thay đổi. Vui lòng xem lại danh sách."
NO_CODE = "Không có phản ánh nào mang mã này."
NO_REFERENCE = "Vui lòng nhập mã trên hệ thống quốc gia."
NO_REASON = "Vui lòng nhập lý do."
NONE_CHOSEN = "Không có hồ sơ nào để xuất."
MAY_NOT = "Tài khoản này không được xem thông tin cá nhân của người phản ánh."


@dataclass(frozen=True)
class Line:
    """One item with its case, and the names of who had to do with it."""

    item: NationalItem
    case: CaseRow
    category: str


@require_caretaker
async def show_waiting(request: web.Request) -> web.StreamResponse:
    """What waits, the oldest first."""
    return await _page(request)


@require_caretaker
async def show_ended(request: web.Request) -> web.StreamResponse:
    """What was entered, or set aside, by whom and when."""
    items = await _book(request).ended(after=read_after(request))
    more = next_page(request, ended_place(items[-1]) if len(items) == LONGEST_PAGE else None)
    return show(request, "national_ended.html", more=more, **await _shown(request, items))


@require_caretaker
async def put_in(request: web.Request) -> web.StreamResponse:
    """One that the regulation does not name."""
    code = line_of((await request.post()).get("ma"))
    try:
        await _book(request).put_in(code, by=staff_of(request).id)
    except NotFound:
        return await _page(request, status=422, problem=NO_CODE, typed=code)
    return see_other(f"{PAGE}?xong=quoc-gia-them")


@require_caretaker
async def enter(request: web.Request) -> web.StreamResponse:
    """The number that it has over there."""
    reference = line_of((await request.post()).get("ma-quoc-gia"))
    if not reference:
        return await _page(request, status=422, problem=NO_REFERENCE)
    refused = await _book(request).enter(request.match_info["case"], reference, member=member_of(request))
    if refused is not None:
        return await _page(request, status=refused.http, problem=refused.text_vi)
    return see_other(f"{PAGE}?xong=quoc-gia-nhap")


@require_caretaker
async def set_aside(request: web.Request) -> web.StreamResponse:
    """It is none for the national system, and why."""
    reason = line_of((await request.post()).get("ly-do"))[:LONGEST_REASON]
    if not reason:
        return await _page(request, status=422, problem=NO_REASON)
    act = _book(request).set_aside(request.match_info["case"], reason, by=staff_of(request).id)
    return await _changed(request, act, f"{PAGE}?xong=quoc-gia-bo")


@require_caretaker
async def take_back(request: web.Request) -> web.StreamResponse:
    """It is one after all."""
    act = _book(request).take_back(request.match_info["case"])
    return await _changed(request, act, f"{PAGE}?xong=quoc-gia-them")


@require_caretaker
async def take_along(request: web.Request) -> web.StreamResponse:
    """The forms of all that wait as a workbook, or of one as a page to print; every reading is logged."""
    form = await request.post()
    chosen = line_of(form.get("ho-so"))
    ids = [one.case_id for one in await _book(request).waiting()]
    ids = [one for one in ids if one == chosen] if chosen else ids
    try:
        sheets = await _book(request).sheets(ids, member=member_of(request))
    except RevealRefused:
        return await _page(request, status=403, problem=MAY_NOT)
    if not sheets:
        return await _page(request, status=422, problem=NONE_CHOSEN)
    if line_of(form.get("dang")) == "in":
        rows = [list(zip(COLUMNS, _cells(one), strict=True)) for one in sheets]
        return show(request, "national_sheets.html", sheets=rows, title=TITLE)
    return _download(request, sheets)


def _download(request: web.Request, sheets: Sequence[Sheet]) -> web.Response:
    office, today = request.app[DEPLOYMENT].settings.office, local(now_of(request))
    rows = tuple(_cells(one) for one in sheets)
    table = Table(id="cho-nhap", title="Chờ nhập", columns=COLUMNS, rows=rows)
    body = workbook(TITLE, f"{office}, {today:%d/%m/%Y %H:%M}", [table])
    name = f"quy-dinh-hanh-chinh-{today:%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type=MEDIA_TYPE, headers=headers)


def _cells(sheet: Sheet) -> tuple[str, ...]:
    report, who = sheet.report, sheet.report.reporter
    return (
        sheet.code,
        f"{local(sheet.received_at):%d/%m/%Y %H:%M}",
        sheet.channel,
        ", ".join(filter(None, (who.name, who.organisation))),
        who.address,
        ", ".join(who.phones),
        ", ".join(who.emails),
        sheet.category,
        report.place.text,
        report.content,
        "",
    )


async def _changed(request: web.Request, act: Awaitable[None], then: str) -> web.StreamResponse:
    try:
        await act
    except VersionConflict:
        return await _page(request, status=409, problem=CHANGED)
    return see_other(then)


async def _page(request: web.Request, *, status: int = 200, problem: str = "", typed: str = "") -> web.StreamResponse:
    """`typed`: the code of a case that was not found."""
    items = await _book(request).waiting(after=read_after(request))
    last = items[-1] if len(items) == LONGEST_PAGE else None
    more = next_page(request, (to_microseconds(last.since), last.case_id) if last else None)
    given = await _shown(request, items)
    return show(request, "national.html", status=status, problem=problem, typed=typed, more=more, **given)


async def _shown(request: web.Request, items: Sequence[NationalItem]) -> dict[str, Any]:
    """Lines with their cases; one whose case is gone is left out."""
    deployment = request.app[DEPLOYMENT]
    found = await deployment.database.read(partial(cases.of_ids, ids=[item.case_id for item in items]))
    rows, known = {row.id: row for row in found}, deployment.regulation.current.intake.categories
    labels = {row.id: known[row.category].label if row.category in known else "" for row in found}
    lines = [Line(item, rows[item.case_id], labels[item.case_id]) for item in items if item.case_id in rows]
    users = {by for one in items for by in (one.added_by, one.exported_by, one.ended_by) if by}
    names = await deployment.database.read(partial(staff_lists.user_names, ids=users))
    return {"lines": lines, "names": names, "code": format_code}


def _book(request: web.Request) -> NationalBook:
    one = request.app[DEPLOYMENT]
    return NationalBook(
        one.database, clerk=one.clerk, reader=reader_of(request), regulation=one.regulation, now=one.now
    )


def mount(router: web.UrlDispatcher) -> None:
    """Their addresses."""
    case = f"{PAGE}/{{case:[0-9a-f]{{32}}}}"
    router.add_get(PAGE, show_waiting)
    router.add_post(PAGE, put_in)
    router.add_get(ENDED, show_ended)
    router.add_post(f"{PAGE}/phieu", take_along)
    router.add_post(f"{case}/da-nhap", enter)
    router.add_post(f"{case}/khong-thuoc", set_aside)
    router.add_post(f"{case}/dua-lai", take_back)
