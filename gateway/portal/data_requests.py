"""
`/du-lieu-cua-ban/yeu-cau`: what somebody asks about their own data, and what came of it (VN-4).

Whoever opened a report of theirs in this browser, with its PIN or a one-time password, is known to be its reporter; for
everybody else the page says how to open one. Nothing about data is told before that.
"""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from types import MappingProxyType

from aiohttp import web

from core.contract.errors import NotFound, VersionConflict
from core.identity import phones
from core.service.public import FollowView
from core.service.subjects.taking import REPORTER, Entering
from core.service.subjects.words import CORRECTABLE, Asked
from core.storage.data_requests import Kept
from core.subjects.request import MoveRefused, ProvedBy, State, Via
from core.subjects.rights import Right
from gateway.admin.services import subject_desk_of
from gateway.deployment import DEPLOYMENT
from gateway.letters import draw
from gateway.pages import render
from gateway.portal.acts import too_fast, too_long, typed
from gateway.portal.checks import BAD_EMAIL, BAD_PHONE, is_email
from gateway.portal.follow import opened_code
from gateway.portal.shared import PORTAL, client_of, private

PAGE = "/du-lieu-cua-ban/yeu-cau"
KEPT_COPY = timedelta(days=30)
"""How long a copy that was granted may be loaded here."""
WISHES = MappingProxyType(
    {
        Right.ACCESS: "Nhận bản sao dữ liệu của tôi",
        Right.CORRECTION: "Sửa thông tin của tôi",
        Right.ERASURE: "Xóa dữ liệu của tôi",
        Right.RESTRICTION: "Hạn chế xử lý dữ liệu của tôi",
        Right.OBJECTION: "Phản đối việc xử lý dữ liệu của tôi",
        Right.WITHDRAWAL: "Rút lại sự đồng ý của tôi",
    }
)
STATES = MappingProxyType(
    {
        State.ASKED: "Yêu cầu đã được nhận",
        State.ANSWERED: "Yêu cầu đang được thực hiện",
        State.FINISHED: "Yêu cầu đã được thực hiện",
        State.REFUSED: "Yêu cầu không được thực hiện",
        State.TAKEN_BACK: "Yêu cầu đã được rút",
    }
)
CHOOSE = "Hãy chọn điều Quý vị yêu cầu."
NOTHING = "Hãy ghi ít nhất một thông tin đúng."


async def show_requests(request: web.Request) -> web.StreamResponse:
    """The form and what was asked before; for somebody unknown, how to become known."""
    return await _page(request, await _known(request))


async def take(request: web.Request) -> web.StreamResponse:
    """A new request; the page after it says by when."""
    view = await _known(request)
    if view is None:
        raise web.HTTPSeeOther(PAGE)
    posted = await request.post()
    filled = {name: typed(posted, name) for name in ("right", "text", *CORRECTABLE)}
    if errors := _wrong(request, filled):
        return await _page(request, view, filled=filled, errors=errors, status=422)
    right = Right(filled["right"])
    corrections = {name: filled[name] for name in CORRECTABLE if filled[name]} if right is Right.CORRECTION else {}
    asked = Asked(text=filled["text"], corrections=corrections)
    wish = Entering(view.contact_id, right, Via.PORTAL, ProvedBy.CODE, asked, view.code)
    await request.app[DEPLOYMENT].clerk.requests.take(wish)
    raise web.HTTPSeeOther(PAGE)


async def take_back(request: web.Request) -> web.StreamResponse:
    """They do not want it any more; one that ended meanwhile stays as it ended."""
    kept, desk = await _own(request), subject_desk_of(request.app[DEPLOYMENT])
    with suppress(MoveRefused, VersionConflict):  # the page shows how it stands
        await desk.take_back(kept.request.id, kept.request.version, actor=REPORTER)
    raise web.HTTPSeeOther(PAGE)


async def load_copy(request: web.Request) -> web.StreamResponse:
    """The copy that was granted, made now."""
    deployment, kept = request.app[DEPLOYMENT], await _own(request)
    if not _may_load(kept, deployment.now()) or request.app[PORTAL].drawing.wait(kept.code, deployment.now()):
        raise web.HTTPNotFound
    with tempfile.TemporaryFile(dir=deployment.settings.data) as file:  # nameless: a crash leaves none
        try:
            await subject_desk_of(deployment).copy(kept.request.id, file, actor=REPORTER)
        except NotFound as error:
            raise web.HTTPNotFound from error
        file.seek(0)
        body = await asyncio.to_thread(file.read)
    headers = {"Content-Disposition": 'attachment; filename="du-lieu-cua-ban.zip"'}
    return private(web.Response(body=body, content_type="application/zip", headers=headers))


async def load_letter(request: web.Request) -> web.StreamResponse:
    """The last answer on paper, to its own person. 404: there is none."""
    kept, deployment = await _own(request), request.app[DEPLOYMENT]
    if request.app[PORTAL].drawing.wait(client_of(request), deployment.now()):
        raise web.HTTPTooManyRequests
    try:
        made = await subject_desk_of(deployment).letter(kept.request.id)
    except NotFound as error:
        raise web.HTTPNotFound from error
    return private((await draw(deployment.clerk.letters.desk, made, "pdf")).response())


async def _known(request: web.Request) -> FollowView | None:
    code = opened_code(request)
    return await request.app[PORTAL].desk.follow(code) if code else None


async def _own(request: web.Request) -> Kept:
    """A request of whoever is known in this browser. 404: another's, or none."""
    view = await _known(request)
    theirs = await subject_desk_of(request.app[DEPLOYMENT]).of(view.contact_id) if view else ()
    found = next((one for one in theirs if one.request.id == request.match_info["asked"]), None)
    if found is None:
        raise web.HTTPNotFound
    return found


def _may_load(kept: Kept, now: datetime) -> bool:
    asked = kept.request
    if asked.right is not Right.ACCESS or asked.state is not State.FINISHED or asked.ended_at is None:
        return False
    return now - asked.ended_at <= KEPT_COPY


def _wrong(request: web.Request, filled: dict[str, str]) -> dict[str, str]:
    if filled["right"] not in set(Right):
        return {"right": CHOOSE}
    if sentence := too_fast(request) or too_long(filled["text"]):
        return {"text": sentence}
    if filled["right"] != Right.CORRECTION:
        return {}
    wrong = {
        "phone": BAD_PHONE if filled["phone"] and phones.normalise(filled["phone"]) is None else "",
        "email": BAD_EMAIL if filled["email"] and not is_email(filled["email"]) else "",
        "name": "" if any(filled[name] for name in CORRECTABLE) else NOTHING,
    }
    return {name: sentence for name, sentence in wrong.items() if sentence}


async def _page(
    request: web.Request,
    view: FollowView | None,
    *,
    filled: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    deployment = request.app[DEPLOYMENT]
    rows = await subject_desk_of(deployment).of(view.contact_id) if view else ()
    page = render(
        request,
        "portal/data_requests.html",
        status=status,
        view=view,
        rows=rows,
        loadable={one.request.id for one in rows if _may_load(one, deployment.now())},
        wishes=[(right.value, words) for right, words in WISHES.items()],
        labels=WISHES,
        states=STATES,
        filled=filled or {},
        errors=errors or {},
    )
    return private(page)


def mount(router: web.UrlDispatcher) -> None:
    """Their addresses."""
    one = f"{PAGE}/{{asked:[0-9a-f]{{32}}}}"
    router.add_get(PAGE, show_requests)
    router.add_post(PAGE, take)
    router.add_get(f"{one}/ban-sao.zip", load_copy)
    router.add_get(f"{one}/van-ban.pdf", load_letter)
    router.add_post(f"{one}/rut", take_back)
