"""Calling a citizen from a page: the number goes from the store to the telephone, and never through the browser."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web

from channels.call_center.agents.messages import Dial
from core.contract.errors import NotFound
from core.service.reading import RevealRefused
from core.service.reading.views import CaseView
from gateway.auth import staff_of
from gateway.auth.targets import see_other
from gateway.console.calls import PAGE as CALLS
from gateway.console.calls import book_of, show_page
from gateway.console.casefile import REVEAL_REFUSED, case_page, read_view
from gateway.console.phone.link import LINK
from gateway.console.shared import CASES, line_of, member_of, reader_of, require_caretaker

NO_NUMBER = "Không có số điện thoại để gọi."
SETTLED = "Cuộc gọi này đã có người gọi lại."
BEGUN = "dang-goi"
_AWAY = "Tổng đài đang khởi động lại. Vui lòng thử lại sau vài giây."
_PROBLEMS: Mapping[str, str] = MappingProxyType(
    {
        "not_signed_in": "Vui lòng mở trang Tổng đài ở một cửa sổ khác, bật micro và tai nghe, rồi gọi lại.",
        "no_sound": "Chưa có âm thanh. Vui lòng bấm “Bật micro và tai nghe” ở trang Tổng đài, rồi gọi lại.",
        "not_free": "Anh/chị đang có cuộc gọi, hoặc chưa bấm Xong sau cuộc gọi trước.",
        "with_colleague": "Đồng nghiệp đang gọi lại cuộc này.",
        "no_line": "Chưa có đường dây nào gọi ra được. Vui lòng báo người quản trị.",
    }
)


@require_caretaker
async def call_back(request: web.Request) -> web.StreamResponse:
    """Call somebody who is owed a call. Whoever does so has read the number, which is noted before (VN-4)."""
    call_id = request.match_info["call"]
    call = await book_of(request).held(call_id)
    number = call.facts.call_back_to if call.facts else ""
    if not call.owed or not number:
        return await show_page(request, status=409, problem=NO_NUMBER if call.owed else SETTLED)
    await reader_of(request).log(member_of(request), "contact", call.row.subject_id)
    problem = await _dial(request, number, f"call:{call_id}")
    return await show_page(request, status=409, problem=problem) if problem else see_other(f"{CALLS}?xong={BEGUN}")


@require_caretaker
async def call_reporter(request: web.Request) -> web.StreamResponse:
    """Call the reporter of a case (QB-QD.III.1.1b), where this person may see who it is; that is noted before."""
    case, form = request.match_info["case"], await request.post()
    try:
        number = _number_in(await read_view(request, reveal=True), line_of(form.get("bao-cao")))
    except RevealRefused:
        return await case_page(request, await read_view(request), status=403, problem=REVEAL_REFUSED)
    problem = await _dial(request, number, f"case:{case}") if number else NO_NUMBER
    if problem:
        return await case_page(request, await read_view(request), status=409, problem=problem)
    return see_other(f"{CASES}/{case}?xong={BEGUN}")


def _number_in(view: CaseView, report_id: str) -> str:
    """The first number of a report's reporter; NotFound: no such report."""
    for report in view.reports:
        if report.id == report_id:
            return next(iter(report.reporter.phones), "")
    raise NotFound(report_id)


async def _dial(request: web.Request, number: str, about: str) -> str:
    """Begin to call; a sentence where that cannot be."""
    link = request.app.get(LINK)
    why = await link.dial(Dial(agent=staff_of(request).id, number=number, about=about)) if link else "away"
    return _PROBLEMS.get(why, _AWAY) if why else ""
