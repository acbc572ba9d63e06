"""
`/phan-anh`: a report in one page, without an account.

Nothing typed is ever lost: on a mistake the same page comes back with everything in it, files included. What is right
is stored durably before the citizen sees the code; sent twice, it is one report with one code.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from aiohttp import web

from core.clock.zone import local
from core.contract.errors import IntakeUnavailable
from core.contract.schema import new_id
from core.intake.rules import DiversionKind
from gateway.auth import cookies
from gateway.deployment import DEPLOYMENT
from gateway.pages import render
from gateway.pages.formats import span
from gateway.pages.languages import say
from gateway.portal import proof, proving, uploads
from gateway.portal.checks import Problem, problems
from gateway.portal.elsewhere import belongs_elsewhere, send_elsewhere
from gateway.portal.fields import Filled, read_fields
from gateway.portal.form_page import FORM, FORM_TIME, form_page, lackable_fields
from gateway.portal.handing_in import hand_in
from gateway.portal.shared import FOLLOW, PORTAL, SENT, SENT_TIME, client_of, private, read_note

PAGE = "/phan-anh"
TRAP = "website"

CROWD = "Nơi Quý vị đang dùng mạng vừa gửi rất nhiều phản ánh. Nội dung vẫn còn nguyên: vui lòng bấm gửi lại sau {}."
STALE = "Trang này đã mở quá lâu. Nội dung vẫn còn nguyên: Quý vị chỉ cần bấm gửi lại."
TRAPPED = "Có một ô dành để trống đã bị điền. Chúng tôi đã xóa ô đó: Quý vị chỉ cần bấm gửi lại."


async def show_form(request: web.Request) -> web.StreamResponse:
    """An empty form."""
    return form_page(request, Filled({}), contact_id=new_id())


async def take_form(request: web.Request) -> web.StreamResponse:
    """A filled form: accepted, or shown again with what is wrong."""
    portal, deployment = request.app[PORTAL], request.app[DEPLOYMENT]
    posted = await request.post()
    note = portal.notes.open(FORM, str(posted.get("form", "")), now=deployment.now(), longest=FORM_TIME)
    contact_id = str(note.values["contact"]) if note else new_id()
    filled = read_fields(posted, lackable=lackable_fields(request))
    if wait := portal.sending.wait(client_of(request), deployment.now()):
        crowd = Problem("", CROWD.format(span(wait + timedelta(seconds=59))))
        filled = replace(filled, files=uploads.kept_files(request, posted, subject_id=contact_id))
        return form_page(request, filled, contact_id=contact_id, found=[crowd], status=429)
    if kind := await belongs_elsewhere(filled):
        return await _divert(request, kind, contact_id)
    taken = await uploads.take_files(request, posted, subject_id=contact_id)
    filled = replace(filled, files=taken.files)
    found = _obstacles(fresh=note is not None, trapped=bool(posted.get(TRAP)))
    found += problems(filled, portal.rules, today=local(deployment.now()).date())
    found += [Problem("media", " ".join(say(request, one) for one in taken.refused))] * bool(taken.refused)
    if found:
        page = form_page(request, filled, contact_id=contact_id, found=found, status=taken.status)
        page.headers.update(taken.headers)
        return page
    return await _send(request, filled, contact_id)


async def show_done(request: web.Request) -> web.StreamResponse:
    """Code and PIN, to be written down; gone after a quarter of an hour or when the citizen says so."""
    note = read_note(request, SENT, longest=SENT_TIME)
    if note is None:
        raise web.HTTPSeeOther("/tra-cuu")
    return private(render(request, "portal/sent.html", **note.values))


async def forget_code(request: web.Request) -> web.StreamResponse:
    """The citizen has written the code down, or leaves a shared computer."""
    response = web.HTTPSeeOther("/")
    for name in (SENT, FOLLOW):
        cookies.drop(request, response, name=name)
    raise response


def _obstacles(*, fresh: bool, trapped: bool) -> list[Problem]:
    """Reasons not to take a form that have nothing to do with what is typed."""
    if not fresh:
        return [Problem("", STALE)]
    if trapped:
        return [Problem("", TRAPPED)]
    return []


async def _divert(request: web.Request, kind: DiversionKind, contact_id: str) -> web.Response:
    """Never ours to keep: say where to go, count it, store nothing of it (VN-1, VN-2)."""
    await request.app[PORTAL].kept.drop(contact_id)
    if "kept" in await request.post():
        await uploads.forget(request, contact_id)
    return private(render(request, "portal/diverted.html", text=await send_elsewhere(request, kind)))


async def _send(request: web.Request, filled: Filled, contact_id: str) -> web.StreamResponse:
    """Hand it in; where the regulation wants the reporter's number proved, keep it and send a password first."""
    wants = await proving.wanted(request, filled)
    if wants is proving.Wants.A_NUMBER:
        found = [Problem("phone", proving.NO_NUMBER)]
        return form_page(request, filled, contact_id=contact_id, found=found, status=422)
    if wants is proving.Wants.PROOF:
        raise await proof.begin(request, filled, contact_id)
    try:
        raise await hand_in(request, filled, contact_id, standing=proving.unproved(request, filled))
    except IntakeUnavailable as error:
        return form_page(request, filled, contact_id=contact_id, found=[Problem("", error.vi)], status=503)
