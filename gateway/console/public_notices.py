"""
`/console/thong-bao-chung`: what everybody is told: written in a unit or at the centre, checked, reviewed, published,
withdrawn (TG-4.1a, TG-P1.I).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial, wraps
from types import MappingProxyType
from typing import Any

from aiohttp import web

from core.contract.errors import NotFound, VersionConflict
from core.service.notice_way import NoticeAct, writes_for
from core.service.public_notices import AlreadyOver, NoticeKind
from core.storage.public_notices import NoticeRow
from gateway.auth import NotAllowed, require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.notice_form import read_notice, typed_in, typed_of, written
from gateway.console.notice_pages import board_of, may_do, roles_of, show_list, show_one, topics_in, units_of
from gateway.console.shared import HOME, Handler, line_of, member_of, now_of

PAGE = f"{HOME}/thong-bao-chung"
USUALLY = timedelta(days=3)
LONGEST_NOTE = 500
CHANGED = "Thông báo này vừa được người khác thay đổi. Vui lòng xem lại trước khi thực hiện."
OVER = "Thời gian hiệu lực đã hết. Vui lòng sửa lại thời gian kết thúc."
NOT_SAID = "Vui lòng xác nhận đây là thông tin của cơ quan nhà nước, không phải quảng cáo."
NO_REASON = "Vui lòng ghi lý do trả lại để người soạn biết cần sửa gì."
WAYS = MappingProxyType(
    {
        "trinh": (NoticeAct.HAND_IN, "trinh-thong-bao"),
        "duyet": (NoticeAct.APPROVE, "duyet-thong-bao"),
        "tra-lai": (NoticeAct.RETURN, "tra-thong-bao"),
        "cong-bo": (NoticeAct.PUBLISH, "cong-bo"),
        "go": (NoticeAct.WITHDRAW, "go-thong-bao"),
    }
)
"""Address of each act, and the word that its page is greeted with."""


def require_writer(handler: Handler) -> Handler:
    """Guard: those through whose hands notices go. Raises NotSignedIn, NotAllowed."""

    @require_staff()
    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        if not member_of(request).holds(*roles_of(request).all):
            raise NotAllowed("for those who write to everybody")
        return await handler(request)

    return guarded


@require_writer
async def show_notices(request: web.Request) -> web.StreamResponse:
    """Notices that concern this person, the newest first, and an empty form."""
    now = now_of(request)
    typed = {"loai": NoticeKind.NOTICE.value, "tu": written(now), "den": written(now + USUALLY)}
    return await show_list(request, typed, {})


@require_writer
async def write(request: web.Request) -> web.StreamResponse:
    """A new draft, shown as citizens will read it; or the form again with what is missing."""
    posted = await request.post()
    typed, mine = typed_in(posted), writes_for(member_of(request).grants, roles_of(request))
    agency = line_of(posted.get("don-vi")) if len(mine) > 1 else mine[0]
    if agency not in mine:
        raise NotAllowed("for their own unit")
    draft, errors = read_notice(typed, topics=topics_in(request), now=now_of(request))
    if draft is None:
        return await show_list(request, typed, errors, status=422)
    return see_other(f"{PAGE}/{await board_of(request).write(draft, by=staff_of(request).id, agency=agency)}")


@require_writer
async def show_notice(request: web.Request) -> web.StreamResponse:
    """One notice as citizens read it, with what may be done with it."""
    row = await _found(request)
    return await show_one(request, row, typed_of(row))


@require_writer
async def rewrite(request: web.Request) -> web.StreamResponse:
    """Change a draft."""
    posted, row = await request.post(), await _found(request)
    typed, version = typed_in(posted), _version(posted)
    if refusal := await _refusal(request, row, NoticeAct.REWRITE, version):
        return refusal
    draft, errors = read_notice(typed, topics=topics_in(request), now=now_of(request))
    if draft is None:
        return await show_one(request, row, typed, errors=errors, version=version, status=422)
    change = partial(board_of(request).rewrite, row.id, version, draft, by=staff_of(request).id)
    return await _done(request, row, change, "sua-thong-bao", typed=typed)


@require_writer
async def act(request: web.Request) -> web.StreamResponse:
    """On with it, or back. Whoever publishes or approves says that it advertises nothing (VN-6)."""
    posted, row = await request.post(), await _found(request)
    wanted, word = WAYS[request.match_info["act"]]
    if refusal := await _refusal(request, row, wanted, _version(posted)):
        return refusal
    note = line_of(posted.get("ly-do"))[:LONGEST_NOTE]
    if problem := _missing(wanted, posted, note):
        return await show_one(request, row, typed_of(row), problem=problem, status=422)
    return await _done(request, row, _deed(request, row, wanted, _version(posted), note), word)


def _missing(wanted: NoticeAct, posted: Mapping[str, Any], note: str) -> str:
    if wanted in (NoticeAct.PUBLISH, NoticeAct.APPROVE) and line_of(posted.get("khong-quang-cao")) != "1":
        return NOT_SAID
    return NO_REASON if wanted is NoticeAct.RETURN and not note else ""


def _deed(
    request: web.Request, row: NoticeRow, wanted: NoticeAct, version: int, note: str
) -> Callable[[], Awaitable[None]]:
    board, by = board_of(request), staff_of(request).id
    if wanted is NoticeAct.PUBLISH:
        return partial(board.publish, row.id, version, by=by)
    if wanted is NoticeAct.WITHDRAW:
        return partial(board.withdraw, row.id, version, by=by)
    return partial(board.pass_on, row.id, version, wanted, by=by, note=note)


async def _refusal(request: web.Request, row: NoticeRow, wanted: NoticeAct, version: int) -> web.StreamResponse | None:
    """None: they may. A page that was overtaken is shown anew. Raises NotAllowed: not in these hands."""
    may = await may_do(request, row)
    if wanted in may:
        return None
    if version == row.version:
        raise NotAllowed("not in these hands")
    return await show_one(request, row, typed_of(row), problem=CHANGED, status=409)


async def _done(
    request: web.Request,
    row: NoticeRow,
    deed: Callable[[], Awaitable[None]],
    word: str,
    *,
    typed: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    """Carry it out; a colleague may have been faster, whose words are shown above what was `typed` here."""
    try:
        await deed()
    except VersionConflict:
        now = await _found(request)
        return await show_one(request, now, typed or typed_of(now), problem=CHANGED, status=409)
    except AlreadyOver:
        return await show_one(request, row, typed_of(row), problem=OVER, status=422)
    return see_other(f"{PAGE}/{row.id}?xong={word}")


@require_writer
async def set_straight(request: web.Request) -> web.StreamResponse:
    """Units whose notices go out without review (TG-P1.I.3): chosen by those who review."""
    if not member_of(request).holds(*roles_of(request).review):
        raise NotAllowed("for those who review")
    posted = await request.post()
    known = {agency.id for agency in units_of(request)}
    chosen = {line_of(one) for one in posted.getall("don-vi", [])} & known
    await board_of(request).set_straight(chosen, by=staff_of(request).id)
    return see_other(f"{PAGE}?xong=khong-qua-duyet")


async def _found(request: web.Request) -> NoticeRow:
    """A notice that concerns this person; to anybody else there is none."""
    try:
        row = await board_of(request).find(request.match_info["notice"])
    except NotFound as error:
        raise web.HTTPNotFound from error
    mine = writes_for(member_of(request).grants, roles_of(request))
    if "" not in mine and row.agency not in mine:
        raise web.HTTPNotFound
    return row


def _version(posted: Mapping[str, Any]) -> int:
    """Of the notice as it was looked at; 0, which none has, for anything else."""
    given = line_of(posted.get("ban"))
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def mount(router: web.UrlDispatcher) -> None:
    """Their addresses."""
    one = f"{PAGE}/{{notice:[0-9a-f]{{32}}}}"
    router.add_get(PAGE, show_notices)
    router.add_post(PAGE, write)
    router.add_post(f"{PAGE}/khong-qua-duyet", set_straight)
    router.add_get(one, show_notice)
    router.add_post(one, rewrite)
    router.add_post(f"{one}/{{act:{'|'.join(WAYS)}}}", act)
