"""Requests as everybody may read them: a list with filters, one by its id, and the steps it went through."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from aiohttp import web
from yarl import URL

from core.contract.errors import NotFound
from core.identity.codes import parse_code
from core.service.public import Refused
from core.service.public.requests import Asked, PublicRequest, request_of, requests_of
from core.storage.types import from_microseconds, to_microseconds
from gateway.api.cursor import decode, encode
from gateway.api.errors import ApiError
from gateway.deployment import DEPLOYMENT
from gateway.open311.errors import refusal
from gateway.open311.writing import Told, answer
from gateway.portal.published import RESULTS_PAGE
from gateway.portal.shared import PORTAL, client_of

LONGEST_SPAN = timedelta(days=90)
MOST = 100
USUALLY = 50
MOST_IDS = 20
_TOO_MANY = f"Mỗi lần chỉ hỏi được tối đa {MOST_IDS} mã; vui lòng chia thành nhiều lần."
_UNKNOWN = "Không có phản ánh nào mang mã này."
_DAY = "Ngày giờ phải theo dạng 2026-11-23T08:00:00Z."
_FIRST, _END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_LAST = to_microseconds(_END)


async def list_requests(request: web.Request) -> web.Response:
    """
    Those received in a span of at most ninety days, the newest first; or those that are named.

    ApiError 400: more are named than are looked up at once.
    """
    if ids := _several(request, "service_request_id"):
        if len(ids) > MOST_IDS:
            raise refusal("too_many_ids", 400, _TOO_MANY)
        found = [one async for one in _named(request, ids)]
        return answer(request, Told("service_requests", "request", [_row(request, one) for one in found]))
    place, most = decode(request.query.get("cursor", "")), _page_size(request)
    asked, deployment = _asked(request), request.app[DEPLOYMENT]
    before = (from_microseconds(min(place[0], _LAST)), place[1]) if place else None
    look = partial(requests_of, asked=asked, regulation=deployment.regulation, before=before, most=most)
    page = await deployment.database.read(look)
    headers = {}
    if page.more is not None:
        cursor = encode((to_microseconds(page.more[0]), page.more[1])) or ""
        following = URL(deployment.settings.public_url + request.path_qs).update_query(cursor=cursor)
        headers["Link"] = f'<{following}>; rel="next"'
    rows = [_row(request, one) for one in page.rows]
    return answer(request, Told("service_requests", "request", rows, headers=headers))


async def show_request(request: web.Request) -> web.Response:
    """One request. NotFound; ApiError 429: too many ids that are nobody's."""
    found = await _one(request, request.match_info["request_id"])
    return answer(request, Told("service_requests", "request", [_row(request, found)]))


async def show_updates(request: web.Request) -> web.Response:
    """Extension: the public steps of a request, and what was answered, the oldest first."""
    found = await _one(request, request.match_info["request_id"])
    return answer(request, Told("service_request_updates", "request_update", list(_updates(found))))


async def _named(request: web.Request, ids: list[str]) -> AsyncIterator[PublicRequest]:
    """Those of them that there are. ApiError 429."""
    for typed in ids:
        try:
            yield await _one(request, typed)
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise


async def _one(request: web.Request, typed: str) -> PublicRequest:
    """By its code; guessing is slowed down as on the page where codes are typed."""
    deployment, code = request.app[DEPLOYMENT], parse_code(typed)
    glance = await request.app[PORTAL].desk.glance(typed, client=client_of(request))
    if isinstance(glance, Refused):
        wait = str(max(1, int(glance.wait.total_seconds())))
        raise ApiError(429, "too_many_attempts", "Vui lòng thử lại sau.", headers={"Retry-After": wait})
    read = partial(request_of, code=code or "", regulation=deployment.regulation)
    found = await deployment.database.read(read) if glance else None
    if found is None:
        raise refusal(NotFound.code, 404, _UNKNOWN)
    return found


def _row(request: web.Request, one: PublicRequest) -> dict[str, Any]:
    """As the specification names the fields. What a reporter wrote is no public matter: `description` stays empty."""
    view, settings = one.view, request.app[DEPLOYMENT].settings
    media = f"{settings.public_url}{RESULTS_PAGE}/{one.case_id}/tep/1" if one.files else None
    latitude, longitude = (view.point[0] / 1000, view.point[1] / 1000) if view.point else (None, None)
    return {
        "service_request_id": one.code,
        "status": "open" if one.is_open else "closed",
        "status_notes": one.answer or view.stage or None,
        "service_name": view.category,
        "service_code": one.category_id or None,
        "description": None,
        "agency_responsible": ", ".join(view.agencies or ()) or None,
        "service_notice": None,
        "requested_datetime": view.received_at,
        "updated_datetime": one.changed_at,
        "expected_datetime": None,
        "address": None,
        "address_id": view.commune_code,
        "zipcode": None,
        "lat": latitude,
        "long": longitude,
        "media_url": media,
    }


def _updates(one: PublicRequest) -> Iterator[dict[str, Any]]:
    steps = [(step.at, step.label) for step in one.view.progress or ()]
    answered = one.view.answered_at
    told = [*steps, *([(answered, one.answer)] if answered and one.answer else [])]
    for number, (at, words) in enumerate(sorted(told), start=1):
        yield {
            "update_id": f"{one.code}-{number}",
            "service_request_id": one.code,
            "updated_datetime": at,
            "description": words,
        }


def _asked(request: web.Request) -> Asked:
    now = request.app[DEPLOYMENT].now()
    since, until = _moment(request, "start_date"), _moment(request, "end_date")
    until = until or (since + LONGEST_SPAN if since else now + timedelta(seconds=1))
    since = max(since or until - LONGEST_SPAN, until - LONGEST_SPAN)
    known = set(_several(request, "status")) & {"open", "closed"}
    is_open = None if len(known) != 1 else known == {"open"}
    return Asked(since, until, tuple(_several(request, "service_code")), is_open)


def _moment(request: web.Request, name: str) -> datetime | None:
    """ApiError 400: what is no day and time; one without a zone is in UTC."""
    written = request.query.get(name, "")
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written.replace(" ", "+"))  # a bare "+" in an address means a space
        return min(max(moment if moment.tzinfo else moment.replace(tzinfo=UTC), _FIRST), _END)
    except (ValueError, OverflowError):
        raise refusal("date_invalid", 400, _DAY) from None


def _several(request: web.Request, name: str) -> list[str]:
    """Values of a parameter, between commas."""
    return [one.strip() for one in request.query.get(name, "").split(",") if one.strip()][:MOST]


def _page_size(request: web.Request) -> int:
    typed = request.query.get("page_size", "")
    return min(max(int(typed), 1), MOST) if typed.isascii() and typed.isdigit() and len(typed) < 6 else USUALLY
