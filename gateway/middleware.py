"""
What happens to every request: an id, one log line, errors turned into answers, who is asking, the CSRF token.

From the outside in: `observe`, `answer_errors`, `know_the_asker`. Security headers are added by `gateway.pages`, also
to what is streamed. Only webhooks go past all this, see `gateway.hooks`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from core.contract.schema import new_id
from gateway.auth.csrf import check_csrf, keep_visitor
from gateway.auth.identify import identify
from gateway.auth.network import CLIENT, Network, client_address, is_trusted, parse_proxies
from gateway.auth.staff import current_staff
from gateway.deployment import Deployment
from gateway.metrics import REQUESTS
from gateway.pages.failures import REQUEST_ID, answer_failure, failure_of, limit_of
from gateway.pages.headers import IS_PREPARED
from gateway.pages.rescue import rescue

ID_HEADER = "X-Request-ID"
QUIET = ("/static/", "/favicon.ico", "/healthz", "/readyz", "/metrics")
_GOOD_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

log = structlog.get_logger()


def middlewares(deployment: Deployment) -> list[Middleware]:
    """The chain for `web.Application(middlewares=…)`. ConfigError where a trusted proxy is no address."""
    trusted = parse_proxies(deployment.settings.http.trusted_proxies)

    @web.middleware
    async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Give the request its id and client, and say in one line how it ended."""
        started = time.monotonic()
        request[REQUEST_ID] = _request_id(request, trusted)
        forwarded = request.headers.getall("X-Forwarded-For", [])
        request[CLIENT] = client_address(request.remote or "", forwarded, trusted)
        structlog.contextvars.clear_contextvars()  # a connection's requests share one task
        structlog.contextvars.bind_contextvars(request_id=request[REQUEST_ID])
        status = 0
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as error:  # a redirect
            status = error.status
            raise
        finally:
            _log_request(request, status, time.monotonic() - started)
        if not response.prepared:
            response.headers[ID_HEADER] = request[REQUEST_ID]
            keep_visitor(request, response)
        return response

    return [observe, answer_errors, know_the_asker]


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No error leaves as a bare 500: each is logged where it is ours, and told in words."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST or error.content_type == "application/json":
            raise
        await rescue(request)
        return answer_error(request, error)
    except Exception as error:
        if IS_PREPARED in request:  # half an answer is out: only the connection can end now
            log.exception("answer_broke_off")
            raise
        await rescue(request)
        return answer_error(request, error)


@web.middleware
async def know_the_asker(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Who is asking, and whether a changing request comes from a page of ours."""
    await identify(request)
    await check_csrf(request)
    return await handler(request)


def answer_error(request: web.Request, error: Exception) -> web.Response:
    """The answer to an error; what is ours is logged."""
    failure = failure_of(error, max_body_mb=limit_of(request))
    if failure.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request_failed", code=failure.code, exc_info=error if failure.status == 500 else None)
    try:
        return answer_failure(request, failure)
    except Exception:  # the page itself is broken: the sentence alone is told
        log.exception("error_page_failed")
        return web.Response(text=failure.message, status=failure.status)


def _request_id(request: web.Request, trusted: Sequence[Network]) -> str:
    """A proxy's own id is kept, so that its log and ours meet; anybody else's is not believed."""
    given = request.headers.get(ID_HEADER, "")
    from_proxy = is_trusted(request.remote or "", trusted)
    return given if from_proxy and _GOOD_ID.fullmatch(given) else new_id()


def _log_request(request: web.Request, status: int, elapsed: float) -> None:
    """The template of the path, never the path itself: codes and tokens stand in paths and queries."""
    resource = request.match_info.route.resource
    route = resource.canonical if resource else "-"
    staff = current_staff(request)
    REQUESTS.labels(request.method, route, status).observe(elapsed)
    write = log.debug if request.path.startswith(QUIET) else log.info
    write(
        "request_served" if status else "request_broke_off",
        method=request.method,
        route=route,
        status=status,
        elapsed_ms=round(elapsed * 1000, 1),
        **({"user": staff.id} if staff else {}),
    )
