"""Every refusal in the specification's form: a list of `code` and `description`."""

from __future__ import annotations

from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.api.errors import ApiError, translate
from gateway.deployment import DEPLOYMENT
from gateway.open311.writing import Told, answer

PREFIX = "/open311/"
JURISDICTION = "jurisdiction_id"
_ELSEWHERE = "Nơi này phục vụ địa bàn khác với jurisdiction_id đã nêu."
_STATUS = {401: 403, 422: 400}
"""The specification knows no 401 (a key that is missing or wrong: 403) and no 422."""

log = structlog.get_logger()


def refusal(code: str, status: int, text: str) -> ApiError:
    """One of the specification's own refusals."""
    return ApiError(status, code, text)


def check_jurisdiction(request: web.Request, named: str) -> None:
    """ApiError 404 where another place is meant; whoever names none means this one."""
    ours = request.app[DEPLOYMENT].settings.open311.jurisdiction
    if ours and named and named != ours:
        raise refusal("jurisdiction_unknown", 404, _ELSEWHERE)


@web.middleware
async def open311_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Errors below /open311/, also for addresses that do not exist."""
    if not request.path.startswith(PREFIX):
        return await handler(request)
    try:
        return await handler(request)
    except Exception as error:
        found = translate(error, max_body_mb=request.app[DEPLOYMENT].settings.http.max_body_mb)
        if found.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("request_failed", code=found.code, exc_info=error if found.status == 500 else None)
        return _respond(request, found)


def _respond(request: web.Request, error: ApiError) -> web.Response:
    status = _STATUS.get(error.status, error.status)
    row = {"code": status, "description": f"{error.code}: {error.message}"}
    return answer(request, Told("errors", "error", [row], status, error.headers))
