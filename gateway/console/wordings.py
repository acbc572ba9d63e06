"""`/console/loi-nhan`: administrators put letters, notices and what the dialogue says into words of their own."""

from __future__ import annotations

import re
from functools import partial
from types import MappingProxyType

from aiohttp import web

from channels.base import clean_text
from core.contract.errors import VersionConflict
from core.notify.letters import Letter, Template
from core.service.actors import ADMIN
from core.service.own_words import Shelf, Wording, objections, ours_of, places, shipped
from core.service.phrasebook import Phrasebook, WordingRefused
from core.storage import staff_lists
from gateway.auth import require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.fields import Posted
from gateway.console.shared import line_of, now_of, show
from gateway.deployment import DEPLOYMENT

PAGE = "/console/loi-nhan"
SHELVES = MappingProxyType(
    {
        Shelf.LETTER: "Thư báo người phản ánh",
        Shelf.STAFF: "Thông báo cho cán bộ",
        Shelf.TALK: "Lời của trợ lý tự động",
    }
)
EXAMPLES = MappingProxyType(
    {
        "access": ", mã PIN 4821",
        "agencies": "Sở Xây dựng",
        "agency": "Sở Xây dựng",
        "answer": "Đơn vị quản lý đã thay bóng đèn hỏng trước số nhà 12 vào sáng 20/11/2026.",
        "areas": "phường Thuận An, phường Thuận Hòa",
        "code": "1234 5678 9012",
        "codes": "1234 5678 9012, 1234 5678 9020",
        "communes": "phường Thuận An, phường Thuận Hòa",
        "date": "25/11/2026",
        "due": "17 giờ 00 ngày 25/11/2026",
        "elsewhere": "Ban Tiếp công dân",
        "fields": "nơi xảy ra, ảnh",
        "hotline": "1022",
        "kind": "cứu hỏa, cứu nạn, cứu hộ",
        "levels": "Hài lòng, Chấp nhận được, Không hài lòng",
        "link": "https://phananh.example.vn/tra-cuu",
        "next": "Thời hạn xác minh, chậm nhất 17:00 ngày 25/11/2026.",
        "note": "Anh/chị chụp giúp từ phía đường.",
        "number": "114",
        "office": "Trung tâm",
        "phone": "0900 000 001",
        "pin": "4821",
        "place": "trước số nhà 12 đường Lê Lợi",
        "question": "địa điểm",
        "ratings": "Hài lòng, Chấp nhận được, Không hài lòng",
        "reason": "Nội dung không thuộc thẩm quyền",
        "reports": "Mã 1234 5678 9012.",
        "secrecy": "Muốn giữ bí mật danh tính, anh/chị nhắn “giữ bí mật”.",
        "several": "Nếu đây là hai việc khác nhau, anh/chị nhắn riêng từng việc.",
        "stage": "Đang xử lý",
        "summary": "Đèn đường hỏng từ tối qua",
        "task": "tiếp nhận và phân công xử lý",
        "terms": "Dữ liệu được dùng để xử lý phản ánh.",
        "topics": "cấp nước, giao thông",
        "wanted": "nơi xảy ra",
    }
)
"""What each hole is filled in with in a preview; all of it is invented."""
OVERTAKEN = "Nội dung này vừa được người khác sửa. Vui lòng xem lại trước khi lưu."


def mount(router: web.UrlDispatcher) -> None:
    """All texts, one of them, what it would read like, keeping it, going back."""
    one = f"{PAGE}/{{shelf:letter|staff|talk}}/{{name:[a-z_.]{{1,40}}}}"
    router.add_get(PAGE, show_all)
    router.add_get(one, show_one)
    router.add_post(one, keep)
    router.add_post(f"{one}/xem-truoc", preview)
    router.add_post(f"{one}/ban-goc", go_back)


@require_staff(ADMIN)
async def show_all(request: web.Request) -> web.StreamResponse:
    """Every text by kind, as it is in force."""
    book = _book(request)
    shelves = [
        (shelf, label, [(name, book.wording(shelf, name), book.is_own(shelf, name)) for name in shipped(shelf)])
        for shelf, label in SHELVES.items()
    ]
    return show(request, "wordings.html", shelves=shelves)


@require_staff(ADMIN)
async def show_one(request: web.Request) -> web.StreamResponse:
    """The form of one, what it reads like, and what it was before."""
    shelf, name = _which(request)
    ours_of(shelf, name)
    return await _page(request, _book(request).wording(shelf, name))


@require_staff(ADMIN)
async def preview(request: web.Request) -> web.StreamResponse:
    """The text as it was typed, filled in with an example; what is wrong with it is said."""
    shelf, name = _which(request)
    wording = _typed(await request.post())
    reasons = objections(shelf, ours_of(shelf, name), wording)
    if "HX-Request" in request.headers:
        return show(request, "_wording_preview.html", reasons=reasons, example=None if reasons else example(wording))
    return await _page(request, wording, reasons=reasons, status=422 if reasons else 200)


@require_staff(ADMIN)
async def keep(request: web.Request) -> web.StreamResponse:
    """In force from now on."""
    wording = _typed(await request.post())
    return await _write(request, wording, done="loi-nhan")


@require_staff(ADMIN)
async def go_back(request: web.Request) -> web.StreamResponse:
    """Our own words again."""
    return await _write(request, None, done="ban-goc")


def example(wording: Wording) -> Letter:
    """The text as somebody would read it."""
    return Template(wording.subject, wording.text).fill(EXAMPLES)


def _book(request: web.Request) -> Phrasebook:
    return request.app[DEPLOYMENT].phrasebook


def _which(request: web.Request) -> tuple[Shelf, str]:
    return Shelf(request.match_info["shelf"]), request.match_info["name"]


def _typed(form: Posted) -> Wording:
    text = form.get("text")
    lines = clean_text(text).strip().splitlines() if isinstance(text, str) else []
    return Wording("\n".join(line.rstrip() for line in lines), line_of(form.get("subject")))


async def _write(request: web.Request, wording: Wording | None, *, done: str) -> web.StreamResponse:
    shelf, name = _which(request)
    book, database, by = _book(request), request.app[DEPLOYMENT].database, staff_of(request).id
    try:
        await book.write(database, shelf, name, wording=wording, by=by, now=now_of(request))
    except WordingRefused as refused:
        return await _page(request, wording or ours_of(shelf, name), reasons=list(refused.reasons), status=422)
    except VersionConflict:
        return await _page(request, wording or ours_of(shelf, name), reasons=[OVERTAKEN], status=409)
    return see_other(f"{PAGE}/{shelf}/{name}?xong={done}")


async def _page(
    request: web.Request, wording: Wording, *, reasons: list[str] | None = None, status: int = 200
) -> web.Response:
    (shelf, name), book = _which(request), _book(request)
    ours, versions = ours_of(shelf, name), book.versions(shelf, name)
    read = partial(staff_lists.user_names, ids={one.by for one in versions})
    return show(
        request,
        "wording.html",
        status=status,
        label=SHELVES[shelf],
        address=f"{PAGE}/{shelf}/{name}",
        wording=wording,
        ours=ours,
        own=book.is_own(shelf, name),
        places=sorted(places(shelf, ours)),
        examples=EXAMPLES,
        reasons=reasons or [],
        example=None if reasons else example(wording),
        versions=versions,
        names=await request.app[DEPLOYMENT].database.read(read),
        plain=re.sub(r"[_.]", " ", name),
    )
