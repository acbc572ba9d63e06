"""
`/tra-cuu`: how far a report is. Its code alone opens the public view; with the PIN, the conversation and the answer.

Nothing secret stands in an address. Whoever typed code and PIN keeps a sealed cookie for half an hour.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from types import MappingProxyType

from aiohttp import web

from core.contract.errors import NotFound
from core.identity.codes import parse_code
from core.identity.lockout import wait_in_words
from core.service.absent import absent_files
from core.service.posting import READ_THERE
from core.service.public import FollowView, Refused
from gateway.auth import cookies
from gateway.bell import bell_of, switch_bell
from gateway.deployment import DEPLOYMENT
from gateway.letters import draw
from gateway.pages import render
from gateway.playing import play
from gateway.portal import follow_proof
from gateway.portal.followed import followed_in
from gateway.portal.shared import FOLLOW, FOLLOW_TIME, PORTAL, client_of, private, put_note, read_note
from gateway.portal.uploads import limits

PAGE = "/tra-cuu"
REPORT = "/tra-cuu/phan-anh"
BELL = "/tra-cuu/phan-anh/thong-bao"
LETTER = "/tra-cuu/phan-anh/van-ban.pdf"

NOT_A_CODE = "Mã phản ánh có 12 chữ số. Vui lòng kiểm tra lại từng số."
WRONG = "Mã phản ánh hoặc mã PIN chưa đúng. Nếu Quý vị vừa gửi, vui lòng chờ vài phút rồi thử lại."
UNKNOWN_CODE = "Chưa thấy phản ánh nào có mã này. Nếu Quý vị vừa gửi, vui lòng chờ vài phút rồi thử lại."
DONE = {
    "text": "Đã gửi. Chúng tôi sẽ trả lời ngay trên trang này.",
    "rate": "Cảm ơn Quý vị đã đánh giá.",
    "give_feedback": "Đã chuyển đến cơ quan xử lý để làm rõ. Câu trả lời sẽ hiện trên trang này.",
    "set_confidential": "Đã ghi nhận mong muốn của Quý vị.",
    "cancel": "Phản ánh đã được rút.",
}
"""What the last act came to, for the page after it."""

NOTHING_TYPED: Mapping[str, str] = MappingProxyType({})


async def show_form(request: web.Request) -> web.StreamResponse:
    """Where code and PIN are typed."""
    return _form(request)


async def take_form(request: web.Request) -> web.StreamResponse:
    """Open a report with code and PIN, or what its code alone shows."""
    posted = await request.post()
    typed, pin = str(posted.get("code", "")), str(posted.get("pin", "")).strip()
    if parse_code(typed) is None:
        return _form(request, typed, {"code": NOT_A_CODE}, status=422)
    if "otp" in posted:
        return await follow_proof.begin(request, typed, aloud=posted["otp"] == follow_proof.ALOUD)
    if not pin:
        return await _glance(request, typed)
    answer = await request.app[PORTAL].desk.unlock(typed, pin, client=client_of(request))
    if isinstance(answer, Refused):
        return _refuse(request, typed, answer)
    raise follow_proof.entering(request, answer)


async def leave(request: web.Request) -> web.StreamResponse:
    """Close the report in this browser."""
    response = web.HTTPSeeOther(PAGE)
    cookies.drop(request, response, name=FOLLOW)
    raise response


async def show_report(request: web.Request) -> web.StreamResponse:
    """The report of whoever opened it; for the others the way to open it."""
    code = opened_code(request)
    if code is None:
        raise web.HTTPSeeOther(PAGE)
    view = await request.app[PORTAL].desk.follow(code)
    if view is None:
        return private(render(request, "portal/arriving.html", code=code))
    return await report_page(request, view, said=DONE.get(request.query.get("xong", ""), ""))


async def show_file(request: web.Request) -> web.StreamResponse:
    """One file of the report that is open in this browser."""
    view = await opened_report(request)
    key = request.match_info["key"]
    if key not in view.stored_keys:
        raise web.HTTPNotFound
    if request.match_info["how"]:
        return private(await play(request, key))
    found = await request.app[DEPLOYMENT].media.open(key)
    return private(file_response(found.data, found.media_type))


async def show_letter(request: web.Request) -> web.StreamResponse:
    """The answer on paper, to the reporter whose report is open in this browser, and to nobody else."""
    view = await opened_report(request)
    if request.app[PORTAL].drawing.wait(client_of(request), request.app[DEPLOYMENT].now()):
        raise web.HTTPTooManyRequests
    letters = request.app[DEPLOYMENT].clerk.letters
    made = await letters.of_report(view.code)
    if made is None:
        raise web.HTTPNotFound
    return (await draw(letters.desk, made, "pdf")).response()


async def set_bell(request: web.Request) -> web.StreamResponse:
    """This browser rings when there is news of the report that is open in it, or rings no more."""
    view = await opened_report(request)
    if view.channel not in READ_THERE:  # news goes where the report came from
        raise web.HTTPConflict
    return await switch_bell(request, view.conversation_id, subject_id=view.contact_id)


def file_response(data: bytes, media_type: str) -> web.Response:
    """A stored file: pictures, films and sound are shown, anything else is saved, never run."""
    shown = media_type.partition("/")[0] in {"image", "video", "audio"}
    headers = {
        "Content-Disposition": "inline" if shown else "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return web.Response(body=data, content_type=media_type, headers=headers)


def opened_code(request: web.Request) -> str | None:
    """Code of the report that is open in this browser, or None."""
    note = read_note(request, FOLLOW, longest=FOLLOW_TIME)
    return str(note.values["code"]) if note else None


async def opened_report(request: web.Request) -> FollowView:
    """The report that is open in this browser. HTTPSeeOther to the form where there is none."""
    view = await still_open(request)
    if view is None:
        raise web.HTTPSeeOther(PAGE)
    return view


async def still_open(request: web.Request) -> FollowView | None:
    """The report that is open in this browser, or None."""
    code = opened_code(request)
    return await request.app[PORTAL].desk.follow(code) if code else None


def closed_page(request: web.Request, unsent: str) -> web.Response:
    """Where a report is opened again; what was written on a page that stood too long is not lost."""
    if not unsent:
        raise web.HTTPSeeOther(PAGE)
    return _form(request, unsent=unsent, status=403)


async def report_page(
    request: web.Request,
    view: FollowView,
    *,
    said: str = "",
    errors: dict[str, str] | None = None,
    text: str = "",
    kept: Sequence[Mapping[str, object]] = (),
    filled: Mapping[str, str] = NOTHING_TYPED,
    status: int = 200,
) -> web.Response:
    """
    The tracking page. `said`: what just happened. Not taken yet: `text` and `kept` files of a message, `filled` of
    the other forms.
    """
    portal, deployment = request.app[PORTAL], request.app[DEPLOYMENT]
    now = deployment.now()
    once = portal.notes.write("once", {"code": view.code}, now=now)
    page = render(
        request,
        "portal/report.html",
        status=status,
        view=view,
        progress=view.progress,
        said=said,
        errors=errors or {},
        text=text,
        kept=kept,
        filled=filled,
        once=once,
        kinds=await _kinds(request, [key for answer in view.progress.answers for key in answer.files]),
        absent=await absent_files(deployment.database, deployment.regulation, view.stored_keys),
        channel_label=_channel_label(request, view),
        bell=await bell_of(request, view.conversation_id) if view.channel in READ_THERE else None,
        **limits(request),
    )
    put_note(request, page, FOLLOW, {"code": view.code})
    return private(page)


async def _kinds(request: web.Request, keys: Sequence[str]) -> dict[str, str]:
    """What each file is: image, video …; those that are gone are left out."""
    kinds = {}
    for key in keys:
        with suppress(NotFound):
            kinds[key] = (await request.app[DEPLOYMENT].media.open(key)).media_type.partition("/")[0]
    return kinds


def _channel_label(request: web.Request, view: FollowView) -> str:
    """Where the conversation goes on, for one that does not stand on surfaces of ours; empty for one that does."""
    if view.channel in READ_THERE:
        return ""
    named = request.app[DEPLOYMENT].regulation.current.intake.channels.get(view.channel)
    return named.label if named else view.channel


def _form(
    request: web.Request, code: str = "", errors: dict[str, str] | None = None, *, unsent: str = "", status: int = 200
) -> web.Response:
    page = render(
        request,
        "portal/follow.html",
        status=status,
        code=code,
        unsent=unsent,
        errors=errors or {},
        still_open=opened_code(request),
        follows=len(followed_in(request).codes),
        by_otp=request.app[DEPLOYMENT].proving.carriers.reaches_anybody,
    )
    return private(page)


def _refuse(request: web.Request, typed: str, refused: Refused) -> web.Response:
    """The same words whether or not the code exists."""
    if refused.wait > timedelta(0):
        return _form(request, typed, {"pin": wait_in_words(refused.wait)}, status=429)
    return _form(request, typed, {"pin": WRONG}, status=422)


async def _glance(request: web.Request, typed: str) -> web.Response:
    glance = await request.app[PORTAL].desk.glance(typed, client=client_of(request))
    if isinstance(glance, Refused):
        return _form(request, typed, {"code": wait_in_words(glance.wait)}, status=429)
    if glance is None:
        return _form(request, typed, {"code": UNKNOWN_CODE}, status=404)
    return private(render(request, "portal/glance.html", glance=glance))
