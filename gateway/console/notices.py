"""`/console/thong-bao`: what an official was told and has not read yet, and where they want to be told besides."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from core.identity import phones
from core.regulations.sections import Form
from core.service.officers import CARRIERS, OUTSIDE
from core.service.reading.told import FORMS
from gateway.auth import require_staff
from gateway.auth.staff import current_staff
from gateway.auth.targets import see_other
from gateway.bell import bell_of, switch_bell
from gateway.console.shared import CASES, HOME, line_of, member_of, reader_of, show
from gateway.deployment import DEPLOYMENT
from gateway.pages.rendering import UNREAD

PAGE = f"{HOME}/thong-bao"
ADDRESSES = f"{PAGE}/dia-chi"
BELL = f"{PAGE}/trinh-duyet"
REPORTS = f"{HOME}/bao-cao"
"""What staff are told beside cases is about reports they owe."""
GIVEN: tuple[Form, ...] = ("sms", "email")
"""Forms whose address a person can type; that of a push message is registered by the browser."""

WRONG: Mapping[str, str] = {
    "sms": "Số điện thoại chưa đúng. Vui lòng nhập số di động tại Việt Nam.",
    "email": "Địa chỉ thư điện tử chưa đúng. Vui lòng nhập dạng ten@don-vi.example.vn.",
}
_MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,180}\.[^@\s.]{2,}")


@web.middleware
async def count_unread(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every page of the console says how many notices stand unread; a part of one that is asked for anew does not."""
    whole = request.method == "GET" and "HX-Request" not in request.headers
    if whole and request.path.startswith(HOME) and current_staff(request) is not None:
        request[UNREAD] = await reader_of(request).unread(member_of(request))
    return await handler(request)


@require_staff()
async def show_notices(request: web.Request) -> web.StreamResponse:
    """The newest hundred, unread ones marked."""
    return await _page(request)


@require_staff()
async def read_all(request: web.Request) -> web.StreamResponse:
    """Nothing stands unread any more."""
    await reader_of(request).read_all_notices(member_of(request))
    return see_other(f"{PAGE}?xong=da-doc")


@require_staff()
async def read_one(request: web.Request) -> web.StreamResponse:
    """Read, and on to its case, or to what else is owed. NotFound: no notice of theirs."""
    case_id = await reader_of(request).read_notice(member_of(request), request.match_info["notice"])
    return see_other(f"{CASES}/{case_id}" if case_id else REPORTS)


@require_staff()
async def set_addresses(request: web.Request) -> web.StreamResponse:
    """The person's own number and mail address for notices; an empty field takes one back."""
    officers, member, form = request.app[DEPLOYMENT].clerk.officers, member_of(request), await request.post()
    given: dict[str, str] = {name: line_of(form.get(name)) for name in GIVEN}
    checked = {name: _checked(name, value) for name, value in given.items()}
    wrong = next((name for name, value in checked.items() if value is None), None)
    if wrong is not None:
        return await _page(request, status=422, problem=WRONG[wrong], given=given)
    for name in GIVEN:
        await officers.set_address(member.id, name, checked[name] or "")
    return see_other(f"{PAGE}?xong=dia-chi")


@require_staff()
async def set_bell(request: web.Request) -> web.StreamResponse:
    """This browser rings when there is work for its user, or rings no more."""
    officers, member = request.app[DEPLOYMENT].clerk.officers, member_of(request)
    answer = await switch_bell(request, member.id, subject_id=member.id)
    rings = await request.app[DEPLOYMENT].clerk.devices.rings(member.id)
    await officers.set_address(member.id, "push", member.id if rings else "")
    return answer


def _checked(form: str, value: str) -> str | None:
    """The address as it is kept; "" for none, None for one that cannot be."""
    if not value:
        return ""
    if form == "sms":
        return phones.normalise(value)
    return value.lower() if _MAIL.fullmatch(value) else None


async def _page(
    request: web.Request, *, status: int = 200, problem: str = "", given: Mapping[str, str] | None = None
) -> web.Response:
    deployment, member = request.app[DEPLOYMENT], member_of(request)
    known = await deployment.clerk.officers.addresses_of(member.id) if given is None else given
    return show(
        request,
        "notices.html",
        status=status,
        problem=problem,
        rows=await reader_of(request).notices(member),
        given=known,
        off=[FORMS[name] for name in OUTSIDE if CARRIERS[name] not in deployment.channels],
        bell=await bell_of(request, member.id),
    )
