"""
Errors as answers: a page in Vietnamese for browsers, a fragment for htmx, JSON for programs.

The status follows from the class of the error; what is not ours is a 500 with a number to report.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from http import HTTPStatus
from math import ceil
from types import MappingProxyType

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from core.contract import errors
from core.contract.errors import GatewayError
from core.letters.pdf import LetterNotDrawn
from core.privacy.errors import Erased
from core.service.letters import LetterWithheld
from core.storage.away import is_away
from gateway.auth.errors import CsrfRefused, NotAllowed, NotSignedIn, TooManyAttempts
from gateway.auth.targets import SIGN_IN, see_other, with_target
from gateway.deployment import DEPLOYMENT
from gateway.pages.rendering import render
from gateway.pages.rescue import RESCUED

REQUEST_ID = web.RequestKey("request_id", str)
PROGRAMS = ("/api/", "/hooks/", "/open311/", "/oauth/", "/healthz", "/readyz", "/metrics")
STATUS = (
    (errors.SignatureInvalid, 401),
    (errors.PayloadTooLarge, 413),
    (errors.InboundError, 400),
    (Erased, 410),
    (errors.IntakeUnavailable, 503),
    (errors.NotFound, 404),
    (LetterWithheld, 409),
    (LetterNotDrawn, 503),
    (errors.VersionConflict, 409),
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (CsrfRefused, 403),
    (TooManyAttempts, 429),
)
TITLES = MappingProxyType(
    {
        400: "Yêu cầu chưa hợp lệ",
        401: "Quý vị chưa đăng nhập",
        403: "Không thực hiện được",
        404: "Không tìm thấy",
        405: "Không thực hiện được",
        409: "Hồ sơ vừa thay đổi",
        410: "Dữ liệu không còn",
        413: "Nội dung gửi quá lớn",
        415: "Yêu cầu chưa hợp lệ",
        422: "Thông tin chưa hợp lệ",
        429: "Vui lòng chờ trong giây lát",
        500: "Chưa thực hiện được",
        503: "Hệ thống đang bận",
    }
)
SENTENCES = MappingProxyType(
    {
        400: "Yêu cầu không đúng định dạng. Vui lòng kiểm tra và gửi lại.",
        401: NotSignedIn.vi,
        403: NotAllowed.vi,
        404: "Địa chỉ này không tồn tại hoặc đã được chuyển đi. Vui lòng kiểm tra lại đường dẫn.",
        405: "Trang này không nhận yêu cầu theo cách đó. Vui lòng quay lại trang trước.",
        429: "Có quá nhiều yêu cầu trong thời gian ngắn. Vui lòng thử lại sau ít phút.",
        503: "Hệ thống tạm thời chưa phục vụ được. Vui lòng thử lại sau ít phút.",
    }
)
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""A disk that takes nothing now: whoever sent something is asked to come back."""
AWAY_SECONDS = "10"
"""After which time a page may be asked for again when the database is away."""
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


@dataclass(frozen=True)
class Failure:
    """An error as it is told: `code` for programs, `message` for people."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The heading of its page."""
        return TITLES.get(self.status, TITLES[400 if self.status < 500 else 500])


def failure_of(error: Exception, *, max_body_mb: int) -> Failure:
    """What to tell about an error."""
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return _too_large(max_body_mb)
    if isinstance(error, HttpProcessingError):  # a body that breaks HTTP's own rules
        error = web.HTTPBadRequest()
    if isinstance(error, web.HTTPException):
        return _of_http(error)
    if isinstance(error, OSError) and error.errno in FULL:
        error = errors.IntakeUnavailable()
    if not isinstance(error, GatewayError) and is_away(error):
        return Failure(503, "unavailable", SENTENCES[503], {"Retry-After": AWAY_SECONDS})
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    if not isinstance(error, GatewayError) or status == 500:
        return Failure(500, GatewayError.code, GatewayError.vi)
    headers = (
        {"Retry-After": str(max(1, ceil(error.wait.total_seconds())))} if isinstance(error, TooManyAttempts) else {}
    )
    return Failure(status, error.code, error.vi, headers)


def answer_failure(request: web.Request, failure: Failure) -> web.Response:
    """The answer in the form that the asker can read."""
    if wants_json(request):
        body = {"error": failure.code, "message": failure.message}
        return web.json_response(body, status=failure.status, headers=failure.headers)
    htmx = "HX-Request" in request.headers
    if failure.status == 401 and not htmx:  # a page that asks by itself may be written on: it stays
        return _lead_to_sign_in(request, failure)
    aim = {"HX-Retarget": "#thong-bao", "HX-Reswap": "innerHTML"} if htmx else {}
    return _page(request, failure, "errors/fragment.html" if htmx else "errors/page.html", aim)


def wants_json(request: web.Request) -> bool:
    """Whether a program asks: by the door it came through, or by what it says it accepts."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith(PROGRAMS) or ("application/json" in accept and "text/html" not in accept)


def _page(request: web.Request, failure: Failure, template: str, headers: dict[str, str]) -> web.Response:
    return render(
        request,
        template,
        status=failure.status,
        headers={**failure.headers, **headers, "Cache-Control": "no-store"},
        title=failure.title,
        message=failure.message,
        request_id=request.get(REQUEST_ID, "") if failure.status >= 500 else "",
        rescued=request.get(RESCUED, ()),
    )


def _lead_to_sign_in(request: web.Request, failure: Failure) -> web.Response:
    """A reader is led to the sign-in page and back; a form that was sent would be lost on the way, so it stays."""
    if request.method in ("GET", "HEAD"):
        return see_other(with_target(SIGN_IN, request.path_qs))
    return _page(request, failure, "errors/page.html", {})


def _too_large(max_body_mb: int) -> Failure:
    message = f"Nội dung gửi quá lớn (tối đa {max_body_mb} MB). Vui lòng giảm dung lượng tệp và gửi lại."
    return Failure(413, errors.PayloadTooLarge.code, message)


def _wait(error: TooManyAttempts) -> dict[str, str]:
    return {"Retry-After": str(max(1, ceil(error.wait.total_seconds())))}


def _of_http(error: web.HTTPException) -> Failure:
    code = HTTPStatus(error.status).name.lower() if error.status in set(HTTPStatus) else "error"
    message = SENTENCES.get(error.status, SENTENCES[400] if error.status < 500 else GatewayError.vi)
    return Failure(
        error.status, code, message, {name: error.headers[name] for name in KEPT_HEADERS if name in error.headers}
    )


def limit_of(request: web.Request) -> int:
    """Megabytes that one body may have."""
    return request.app[DEPLOYMENT].settings.http.max_body_mb
