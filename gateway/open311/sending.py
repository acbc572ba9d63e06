"""
A request on its way in: the words of the specification as the form of an app, which then takes the road of all apps.

Nothing of it is decided here: what is missing, what is not ours (VN-1, VN-2), whether a number must be proved first
(QB-QD.III.1.1a), and that the same request is taken once are the app's own (`gateway/api/app`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from aiohttp import web
from multidict import MultiDictProxy

from core.contract.errors import NotFound
from core.identity.codes import format_code, parse_code
from core.storage import answers
from core.storage.database import Connection
from gateway.api.app.challenges import Typed, answer_challenge
from gateway.api.app.door import AppCall, known_app
from gateway.api.app.filled import AppReport
from gateway.api.app.forms import NOTHING
from gateway.api.app.sending import take_report
from gateway.api.app.taking import KeptAppReport
from gateway.api.app.views import Taken
from gateway.api.errors import ApiError
from gateway.api.operation import Answer, Nothing
from gateway.api.serve import checked, is_clean, unreadable
from gateway.auth.apps import HEADER, PORTAL, apps
from gateway.auth.csrf import FORM_TYPES
from gateway.deployment import DEPLOYMENT
from gateway.open311.errors import JURISDICTION, check_jurisdiction, refusal
from gateway.open311.pictures import PICTURES
from gateway.open311.writing import Told, answer
from gateway.portal.shared import PORTAL as PAGES

KEY = "api_key"
_ATTRIBUTE = re.compile(r"attribute\[([a-z_]{1,40})\](?:\[\])?")
_WORDS = {"description": "content", "address_string": "place", "lat": "latitude", "long": "longitude"}
_SAME = ("email", "phone")
_OWN = ("occurred", "commune", "address", "identity", "name")
"""Attributes with one value; `declared_none` has several."""
_TICKS = ("consent", "confidential")
_NO_CODE = "Thiếu service_code: hãy chọn một lĩnh vực trong danh sách."
_UNKNOWN = "Không có lĩnh vực nào mang mã này."
_NO_KEY = "Thiếu api_key, hoặc khóa không còn hiệu lực."
_NO_TOKEN = "Không có yêu cầu nào mang mã này."  # noqa: S105 - a sentence


async def post_request(request: web.Request) -> web.Response:
    """Take a request; its id is told at once, or a token where the sender's number has to be proved first."""
    posted, fields = await _read(request)
    call = await _call(request, posted, fields, report_of(fields, _known_service(request, fields)))
    if url := _one(fields, "media_url"):
        call = replace(call, brought=partial(request.app[PICTURES].bring, url, media=call.deployment.media))
    return _told(request, await take_report(call))


async def show_token(request: web.Request) -> web.Response:
    """The id that came of a token; none while a password is waited for."""
    token, pages = request.match_info["challenge"], request.app[PAGES]
    kept = await pages.kept.read(token, KeptAppReport)
    submission = "" if kept else await request.app[DEPLOYMENT].database.read(partial(_became, token=token))
    if kept is None and not submission:
        raise refusal(NotFound.code, 404, _NO_TOKEN)
    code = (await pages.desk.promise(submission)).code if submission else None
    row = {"token": token, "service_request_id": code}
    return answer(request, Told("service_requests", "request", [row]))


async def prove(request: web.Request) -> web.Response:
    """Extension: the one-time password that a token waits for, as it was typed."""
    posted, fields = await _read(request)
    call = await _call(request, posted, fields, checked(Typed, {"otp": _one(fields, "otp")}))
    return _told(request, await answer_challenge(call))


def report_of(fields: Mapping[str, list[str]], service: str) -> AppReport:
    """The request as an app's report. ApiError 422: a value that is none."""
    attributes = {found[1]: values for name, values in fields.items() if (found := _ATTRIBUTE.fullmatch(name))}
    told: dict[str, Any] = {ours: _one(fields, theirs) for theirs, ours in _WORDS.items()}
    told |= {name: _one(fields, name) for name in _SAME}
    told |= {name: _one(attributes, name) for name in _OWN}
    told |= {name: _one(attributes, name).lower() in ("1", "true", "yes") for name in _TICKS}
    told["name"] = told["name"] or f"{_one(fields, 'last_name')} {_one(fields, 'first_name')}".strip()
    told["declared_none"] = tuple(attributes.get("declared_none", ()))
    told["category"] = service
    if url := _one(fields, "media_url"):
        told["content"] += f"\n\nẢnh kèm theo: {url}"
    return checked(AppReport, told)


def _known_service(request: web.Request, fields: Mapping[str, list[str]]) -> str:
    """ApiError 400: none is named · 404: it is none of ours."""
    service = _one(fields, "service_code")
    if not service:
        raise refusal("service_code_missing", 400, _NO_CODE)
    category = request.app[DEPLOYMENT].regulation.current.intake.categories.get(service)
    if category is None or not category.active:
        raise refusal("service_code_unknown", 404, _UNKNOWN)
    return service


async def _read(request: web.Request) -> tuple[MultiDictProxy[Any], dict[str, list[str]]]:
    """The parts of the form, and its fields: every value by name. ApiError 400."""
    if request.content_type not in FORM_TYPES:
        if await request.read():
            raise unreadable()
        return NOTHING, {}
    try:
        posted = await request.post()
    except (ValueError, LookupError) as error:  # broken multipart, unknown charset
        raise unreadable() from error
    fields = {name: [one for one in posted.getall(name) if isinstance(one, str)] for name in set(posted)}
    if not is_clean(fields):
        raise unreadable()
    return posted, fields


async def _call(
    request: web.Request, posted: MultiDictProxy[Any], fields: Mapping[str, list[str]], body: Any
) -> AppCall:
    """ApiError 403: no key, or one that was ended; 404: another place is meant."""
    check_jurisdiction(request, _one(fields, JURISDICTION))
    key = _one(fields, KEY) or request.query.get(KEY, "") or request.headers.get(HEADER, "")
    try:
        app = await known_app(request, key)
    except ApiError as error:
        raise refusal(error.code, 403, _NO_KEY) from error
    return AppCall(request, request.app[DEPLOYMENT], app, Nothing(), body, posted)


def _told(request: web.Request, found: Answer) -> web.Response:
    row: dict[str, Any] = {"service_request_id": None, "service_notice": None, "account_id": None}
    told = found.model
    if isinstance(told, Taken):
        code, line = parse_code(told.code), told.emergency_line
        notice = f"Nếu khẩn cấp, xin gọi ngay {line}." if line else f"Mã phản ánh: {format_code(code or '')}"
        row |= {"service_request_id": code, "service_notice": notice, "pin": told.pin}
    elif told is not None:
        waiting = told.model_dump()
        row |= {"token": waiting["challenge"], "service_notice": waiting["message"]}
    return answer(request, Told("service_requests", "request", [row], found.status, found.headers))


def _became(connection: Connection, token: str) -> str:
    """Which submission the report behind a token became, whichever app asked for it; empty: none (yet)."""
    for name in (PORTAL, *(app.name for app in apps(connection))):
        if found := answers.remembered(connection, scope=f"app-proof:{name}", key=token):
            return found.response.decode()
    return ""


def _one(fields: Mapping[str, list[str]], name: str) -> str:
    """The first value; empty: none."""
    return next(iter(fields.get(name, ())), "")
