"""
`/tra-cuu/ma-xac-nhan`: a report opened by its code and a one-time password, for whoever no longer has the PIN.

The pages and their answers are the same whether or not the code exists, and whether or not its reporter left a number.
"""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from core.identity.codes import parse_code
from core.otp.challenge import REFUSED_VI, SENT_VI
from core.service.proving import Limited
from core.service.public import Opened, Refused
from gateway.auth import cookies
from gateway.deployment import DEPLOYMENT
from gateway.pages import render
from gateway.portal.proving import limited
from gateway.portal.shared import FOLLOW, PORTAL, client_of, private, put_note, read_note

FORM = "/tra-cuu"
PAGE = "/tra-cuu/ma-xac-nhan"
REPORT = "/tra-cuu/phan-anh"
ASKED = "langnghe_asked"
"""Cookie of whoever asked for a password: for which code, and which password."""
ASKED_TIME = timedelta(minutes=15)
ALOUD = "call"
"""What the button for a call sends, in the place of 1."""
CALLED_VI = (
    "Nếu thông tin quý vị nhập khớp với hồ sơ, tổng đài đang gọi đến số điện thoại đã ghi. Khi nghe máy, xin bấm phím "
    "1 để nghe mã xác nhận, có hiệu lực trong 5 phút."
)


async def begin(request: web.Request, typed: str, *, aloud: bool = False) -> web.StreamResponse:
    """
    Send a password to whoever reported what was typed, or seem to; `typed` is a code that may exist.

    `aloud`: no message came, so that it is read out in a call.
    """
    code = parse_code(typed) or ""
    if not request.app[DEPLOYMENT].proving.carriers.reaches_anybody:
        raise web.HTTPSeeOther(FORM)
    answer = await request.app[PORTAL].proof.request(code, client=client_of(request), aloud=aloud)
    if isinstance(answer, Limited):
        return _page(request, code, {"otp": limited(answer.retry_after)}, status=429)
    response = web.HTTPSeeOther(PAGE)
    put_note(request, response, ASKED, {"code": code, "challenge": answer.challenge_id, "aloud": aloud})
    raise response


async def show(request: web.Request) -> web.StreamResponse:
    """Where the password is typed."""
    code, _ = _asked(request)
    note = read_note(request, ASKED, longest=ASKED_TIME)
    return _page(request, code, said=CALLED_VI if note is not None and note.values.get("aloud") else SENT_VI)


async def take(request: web.Request) -> web.StreamResponse:
    """A typed password: right, and the report opens as with its PIN."""
    code, challenge = _asked(request)
    typed = str((await request.post()).get("otp", ""))
    answer = await request.app[PORTAL].proof.open(code, challenge, typed)
    if isinstance(answer, Refused):
        return _page(request, code, {"otp": REFUSED_VI}, status=422)
    response = entering(request, answer)
    cookies.drop(request, response, name=ASKED)
    raise response


def entering(request: web.Request, opened: Opened) -> web.HTTPSeeOther:
    """Into the report, which stays open in this browser for a while."""
    response = web.HTTPSeeOther(REPORT)
    put_note(request, response, FOLLOW, {"code": opened.code})
    return response


def _asked(request: web.Request) -> tuple[str, str]:
    """Code and password that were asked for in this browser. HTTPSeeOther where none were."""
    note = read_note(request, ASKED, longest=ASKED_TIME)
    if note is None:
        raise web.HTTPSeeOther(FORM)
    return str(note.values["code"]), str(note.values["challenge"])


def _page(
    request: web.Request, code: str, errors: dict[str, str] | None = None, *, status: int = 200, said: str = SENT_VI
) -> web.Response:
    page = render(
        request,
        "portal/follow_proof.html",
        status=status,
        code=code,
        errors=errors or {},
        said=said,
        hearable=request.app[DEPLOYMENT].proving.carriers.speak,
        aloud=ALOUD,
    )
    return private(page)
