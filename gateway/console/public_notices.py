"""`/console/thong-bao-chung`: what everybody is told: written, looked at, published, withdrawn (TG-4.1a)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from functools import partial, wraps
from types import MappingProxyType
from typing import Any

from aiohttp import web

from core.contract.errors import NotFound, VersionConflict
from core.service.public_notices import AlreadyOver, NoticeKind, PublicNotices, publishers
from core.storage import staff_lists
from core.storage.public_notices import LONGEST_PAGE, NoticeRow, written_place_of
from gateway.auth import NotAllowed, require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.notice_form import read_notice, typed_in, typed_of, written
from gateway.console.shared import HOME, Handler, line_of, member_of, next_page, now_of, read_after, show
from gateway.deployment import DEPLOYMENT
from gateway.portal.public_notices import KINDS, notices_of

PAGE = f"{HOME}/thong-bao-chung"
USUALLY = timedelta(days=3)
CHANGED = "Thông báo này vừa được người khác thay đổi. Vui lòng xem lại trước khi thực hiện."
OVER = "Thời gian hiệu lực đã hết. Vui lòng sửa lại thời gian kết thúc."
NOT_SAID = "Vui lòng xác nhận đây là thông tin của cơ quan nhà nước, không phải quảng cáo."
STATES = MappingProxyType(
    {"draft": ("Bản nháp", "neutral"), "published": ("Đã công bố", "ok"), "withdrawn": ("Đã gỡ", "warn")}
)


def require_publisher(handler: Handler) -> Handler:
    """Guard: those of the centre whom the regulation lets publish. Raises NotSignedIn, NotAllowed."""

    @require_staff()
    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        if not member_of(request).holds(*publishers(request.app[DEPLOYMENT].regulation.current)):
            raise NotAllowed("for those who publish")
        return await handler(request)

    return guarded


@require_publisher
async def show_notices(request: web.Request) -> web.StreamResponse:
    """Every notice, the newest first, and an empty form."""
    now = now_of(request)
    typed = {"loai": NoticeKind.NOTICE.value, "tu": written(now), "den": written(now + USUALLY)}
    return await _list(request, typed, {})


@require_publisher
async def write(request: web.Request) -> web.StreamResponse:
    """A new draft, shown as citizens will read it; or the form again with what is missing."""
    typed = typed_in(await request.post())
    draft, errors = read_notice(typed, now=now_of(request))
    if draft is None:
        return await _list(request, typed, errors, status=422)
    return see_other(f"{PAGE}/{await _board(request).write(draft, by=staff_of(request).id)}")


@require_publisher
async def show_notice(request: web.Request) -> web.StreamResponse:
    """One notice as citizens read it, with what may be done with it."""
    row = await _found(request)
    return await _one(request, row, typed_of(row))


@require_publisher
async def rewrite(request: web.Request) -> web.StreamResponse:
    """Change a draft."""
    posted, row = await request.post(), await _found(request)
    typed, version = typed_in(posted), _version(posted)
    draft, errors = read_notice(typed, now=now_of(request))
    if draft is None:
        return await _one(request, row, typed, errors=errors, version=version, status=422)
    change = partial(_board(request).rewrite, row.id, version, draft, by=staff_of(request).id)
    return await _done(request, row, change, "sua-thong-bao", typed=typed)


@require_publisher
async def publish(request: web.Request) -> web.StreamResponse:
    """Tell everybody what was looked at. Whoever does it says that it advertises nothing (VN-6)."""
    posted, row = await request.post(), await _found(request)
    if line_of(posted.get("khong-quang-cao")) != "1":
        return await _one(request, row, typed_of(row), problem=NOT_SAID, status=422)
    act = partial(_board(request).publish, row.id, _version(posted), by=staff_of(request).id)
    return await _done(request, row, act, "cong-bo")


@require_publisher
async def withdraw(request: web.Request) -> web.StreamResponse:
    """It counts no more."""
    posted, row = await request.post(), await _found(request)
    act = partial(_board(request).withdraw, row.id, _version(posted), by=staff_of(request).id)
    return await _done(request, row, act, "go-thong-bao")


async def _done(
    request: web.Request,
    row: NoticeRow,
    act: Callable[[], Awaitable[None]],
    word: str,
    *,
    typed: Mapping[str, str] | None = None,
) -> web.StreamResponse:
    """Carry it out; a colleague may have been faster, whose words are shown above what was `typed` here."""
    try:
        await act()
    except VersionConflict:
        now = await _found(request)
        return await _one(request, now, typed or typed_of(now), problem=CHANGED, status=409)
    except AlreadyOver:
        return await _one(request, row, typed_of(row), problem=OVER, status=422)
    return see_other(f"{PAGE}/{row.id}?xong={word}")


async def _list(
    request: web.Request, typed: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
) -> web.StreamResponse:
    rows = await _board(request).all(after=read_after(request))
    after = written_place_of(rows[-1]) if len(rows) == LONGEST_PAGE else None
    more = next_page(request, after)
    shown = {"rows": rows, "more": more, "typed": typed, "errors": errors, "kinds": KINDS, "states": STATES}
    return show(request, "public_notices.html", status=status, **shown)


async def _one(
    request: web.Request,
    row: NoticeRow,
    typed: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
    problem: str = "",
    version: int | None = None,
    status: int = 200,
) -> web.StreamResponse:
    """`version`: of the notice whose words are changed in the form; none: of the notice shown."""
    users = {by for by in (row.written_by, row.published_by, row.withdrawn_by) if by}
    names = await request.app[DEPLOYMENT].database.read(partial(staff_lists.user_names, ids=users))
    shown = {"row": row, "typed": typed, "errors": errors or {}, "names": names, "kinds": KINDS, "states": STATES}
    changes = row.version if version is None else version
    return show(request, "public_notice.html", status=status, problem=problem, changes=changes, **shown)


async def _found(request: web.Request) -> NoticeRow:
    try:
        return await _board(request).find(request.match_info["notice"])
    except NotFound as error:
        raise web.HTTPNotFound from error


def _board(request: web.Request) -> PublicNotices:
    return notices_of(request.app[DEPLOYMENT])


def _version(posted: Mapping[str, Any]) -> int:
    """Of the notice as it was looked at; 0, which none has, for anything else."""
    given = line_of(posted.get("ban"))
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0


def mount(router: web.UrlDispatcher) -> None:
    """Their addresses."""
    one = f"{PAGE}/{{notice:[0-9a-f]{{32}}}}"
    router.add_get(PAGE, show_notices)
    router.add_post(PAGE, write)
    router.add_get(one, show_notice)
    router.add_post(one, rewrite)
    router.add_post(f"{one}/cong-bo", publish)
    router.add_post(f"{one}/go", withdraw)
