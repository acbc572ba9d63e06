"""The pages of notices to everybody: the list with its form, and one notice with what this person may do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from aiohttp import web

from core.cases.agencies import Agency
from core.service.notice_way import NoticeAct, NoticeRoles, acts, notice_roles, topics, writes_for
from core.service.public_notices import PublicNotices
from core.storage import staff_lists
from core.storage.public_notices import LONGEST_PAGE, NoticeRow, written_place_of
from gateway.console.shared import member_of, next_page, read_after, show
from gateway.deployment import DEPLOYMENT
from gateway.notice_readers import readers_of
from gateway.portal.public_notices import KINDS, notices_of

STATES = MappingProxyType(
    {
        "draft": ("Bản nháp", "neutral"),
        "checking": ("Chờ đơn vị duyệt", "info"),
        "reviewing": ("Chờ Trung tâm duyệt", "info"),
        "published": ("Đã công bố", "ok"),
        "withdrawn": ("Đã gỡ", "warn"),
    }
)
ACTS = MappingProxyType(
    {
        "write": "viết",
        "rewrite": "sửa",
        "hand_in": "trình",
        "approve": "duyệt, chuyển Trung tâm",
        "return": "trả lại",
        "publish": "công bố",
        "withdraw": "gỡ",
    }
)
"""How each step reads in the log."""
CHANNELS = MappingProxyType(
    {
        "email": "Thư điện tử",
        "sms": "Tin nhắn SMS",
        "zalo": "Zalo",
        "facebook": "Messenger",
        "telegram": "Telegram",
        "webpush": "Thiết bị đã đăng ký",
    }
)
"""Ways on which notices are sent to somebody, as staff read them."""
_AT_ANY_TIME = frozenset({NoticeAct.WITHDRAW})
"""What nobody is waited for with."""


async def show_list(
    request: web.Request, typed: Mapping[str, str], errors: Mapping[str, str], *, status: int = 200
) -> web.StreamResponse:
    """Notices that concern this person, and an empty or mistaken form."""
    board, roles, grants = board_of(request), roles_of(request), member_of(request).grants
    mine = writes_for(grants, roles)
    agencies = None if "" in mine else mine
    rows = await board.all(agencies=agencies, after=read_after(request))
    after = written_place_of(rows[-1]) if len(rows) == LONGEST_PAGE else None
    straight = await board.straight()
    waits = {row.id for row in rows if acts(row, grants, roles=roles, straight=straight) - _AT_ANY_TIME}
    shown = {
        "rows": rows,
        "more": next_page(request, after),
        "typed": typed,
        "errors": errors,
        "mine": [(agency, _unit_name(request, agency)) for agency in mine],
        "waits": waits,
        "straight": straight,
        "readers": await readers_of(request.app[DEPLOYMENT]).count(),
        "units": units_of(request) if "" in mine and roles.draft else (),
    }
    return _shown(request, "public_notices.html", status=status, **shown)


async def show_one(
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
    steps = await board_of(request).steps(row.id)
    users = {step.by for step in steps}
    shown = {
        "row": row,
        "typed": typed,
        "errors": errors or {},
        "problem": problem,
        "steps": steps,
        "names": await request.app[DEPLOYMENT].database.read(partial(staff_lists.user_names, ids=users)),
        "delivery": await board_of(request).delivery(row.id) if row.published_at else {},
        "may": {act.value for act in await may_do(request, row)},
        "unit": _unit_name(request, row.agency),
        "changes": row.version if version is None else version,
    }
    return _shown(request, "public_notice.html", status=status, **shown)


def _shown(request: web.Request, template: str, *, status: int, **context: Any) -> web.StreamResponse:
    words = {"kinds": KINDS, "states": STATES, "acts": ACTS, "channels": CHANNELS, "topics": topics_in(request)}
    return show(request, template, status=status, **words, **context)


async def may_do(request: web.Request, row: NoticeRow) -> frozenset[NoticeAct]:
    """What this person may do with this notice now."""
    straight = await board_of(request).straight()
    return acts(row, member_of(request).grants, roles=roles_of(request), straight=straight)


def board_of(request: web.Request) -> PublicNotices:
    """The board of this deployment."""
    return notices_of(request.app[DEPLOYMENT])


def roles_of(request: web.Request) -> NoticeRoles:
    """Through whose hands notices go under the regulation in force."""
    return notice_roles(request.app[DEPLOYMENT].regulation.current)


def topics_in(request: web.Request) -> Mapping[str, str]:
    """Fields of the regulation in force."""
    return topics(request.app[DEPLOYMENT].regulation.current)


def units_of(request: web.Request) -> Sequence[Agency]:
    """Units that may write: every agency of today."""
    return request.app[DEPLOYMENT].regulation.agencies.search("", gone=False)


def _unit_name(request: web.Request, agency_id: str) -> str:
    if not agency_id:
        return "Trung tâm"
    found = request.app[DEPLOYMENT].regulation.agencies.get(agency_id)
    return found.name if found else agency_id
