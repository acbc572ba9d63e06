"""Every address of the door, in both forms."""

from __future__ import annotations

from functools import wraps

from aiohttp import web
from aiohttp.typedefs import Handler

from gateway.middleware import know_the_asker
from gateway.open311 import reading, sending, services
from gateway.open311.errors import JURISDICTION, check_jurisdiction, open311_errors
from gateway.open311.pictures import open_pictures

BASE = "/open311/v2"
_FORM = "{form:json|xml}"


def setup_open311(app: web.Application) -> None:
    """Mount below /open311. Expects the door of the apps and the portal to be mounted."""
    app.middlewares.insert(app.middlewares.index(know_the_asker), open311_errors)
    app.cleanup_ctx.append(open_pictures)
    router = app.router
    router.add_get(f"/open311/discovery.{_FORM}", services.discover)
    router.add_get(f"{BASE}/discovery.{_FORM}", services.discover)
    router.add_get(f"{BASE}/services.{_FORM}", _here(services.list_services))
    router.add_get(f"{BASE}/services/{{service:[A-Za-z0-9_-]{{1,64}}}}.{_FORM}", _here(services.define_service))
    router.add_get(f"{BASE}/requests.{_FORM}", _here(reading.list_requests))
    router.add_post(f"{BASE}/requests.{_FORM}", _here(sending.post_request))
    router.add_get(f"{BASE}/requests/{{request_id:[0-9-]{{1,20}}}}.{_FORM}", _here(reading.show_request))
    router.add_get(f"{BASE}/requests/{{request_id:[0-9-]{{1,20}}}}/updates.{_FORM}", _here(reading.show_updates))
    router.add_get(f"{BASE}/tokens/{{challenge:[0-9a-f]{{32}}}}.{_FORM}", _here(sending.show_token))
    router.add_post(f"{BASE}/tokens/{{challenge:[0-9a-f]{{32}}}}.{_FORM}", _here(sending.prove))


def _here(handler: Handler) -> Handler:
    """ApiError 404 where the address means another place."""

    @wraps(handler)
    async def serve(request: web.Request) -> web.StreamResponse:
        check_jurisdiction(request, request.query.get(JURISDICTION, ""))
        return await handler(request)

    return serve
