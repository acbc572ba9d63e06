"""From an HTTP request to a checked call, and from whatever comes of it to an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from core.contract.errors import NotFound
from core.contract.schema import Model
from gateway.api.errors import PROBLEM, ApiError, invalid, respond, translate
from gateway.api.operation import Call, Operation
from gateway.auth import staff_of
from gateway.deployment import DEPLOYMENT
from gateway.links.partner import KEY

log = structlog.get_logger()

M = TypeVar("M", bound=BaseModel)

_ID = re.compile(r"[A-Za-z0-9_.:@-]{1,80}")


def serve(operation: Operation) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of an operation. NotSignedIn before anything is read."""

    async def handle(request: web.Request) -> web.StreamResponse:
        staff = staff_of(request)
        check_path(request)
        query = read_query(request, operation.query)
        raw = await request.read()
        body = read_body(request, operation, raw)
        call = Call(request, request.app[DEPLOYMENT], staff, query, body, raw)
        return (await operation.handler(call)).response()

    return handle


@web.middleware
async def api_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error below /api/ leaves in the API's shape, also for addresses that do not exist."""
    if not request.path.startswith("/api/"):
        return await handler(request)
    try:
        return await handler(request)
    except Exception as error:
        found = translate(error, max_body_mb=request.app[DEPLOYMENT].settings.http.max_body_mb)
        if found.status >= 500:
            log.error("request_failed", code=found.code, exc_info=error if found.status == 500 else None)
        return respond(found, media_type=PROBLEM if KEY in request.headers else "application/json")


def check_path(request: web.Request) -> None:
    """NotFound where a part of the address cannot be an id."""
    if not all(_ID.fullmatch(value) for value in request.match_info.values()):
        raise NotFound("no id looks like this")


def read_query(request: web.Request, model: type[Model]) -> Model:
    """The parameters of an address, checked. ApiError 400."""
    given = dict(request.query)
    if any(not _is_text(value) for pair in given.items() for value in pair):
        raise unreadable()
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise invalid(error, status=400, code="query_invalid") from None


def read_body(request: web.Request, operation: Operation, raw: bytes) -> Any:
    """The JSON that an operation takes, checked; None where it takes none. ApiError 400, 415, 422."""
    if operation.takes_file or not (operation.body or operation.is_command):
        return None
    payload = read_json(request, raw)
    if operation.body is None:
        return payload
    return checked(operation.body, payload)


def checked(model: type[M], fields: dict[str, Any], *, newer: bool = False) -> M:
    """
    Fields as the model that they must be; `newer`: what a later version of ours adds is passed over.

    ApiError 422: which of them are not.
    """
    try:
        return model.model_validate(fields, extra="ignore" if newer else None)
    except ValidationError as error:
        raise invalid(error) from None
    except OverflowError:
        raise ApiError(422, "data_invalid", "Có giá trị vượt quá giới hạn. Vui lòng kiểm tra lại.") from None


def read_json(request: web.Request, raw: bytes) -> dict[str, Any]:
    """
    The JSON object of a body; an empty body is an empty object.

    Raises: ApiError: 415 another content type · 400 not JSON, not an object, or text that no store can take.
    """
    if not raw:
        return {}
    if request.content_type != "application/json":
        raise ApiError(415, "content_type_wrong", "Nội dung gửi lên phải là JSON (Content-Type: application/json).")
    try:
        payload = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise unreadable() from None
    if not isinstance(payload, dict) or not is_clean(payload):
        raise unreadable()
    return payload


def unreadable() -> ApiError:
    """What cannot be read at all."""
    return ApiError(400, "json_invalid", "Không đọc được nội dung gửi lên. Vui lòng kiểm tra định dạng và gửi lại.")


def _no_constant(name: str) -> None:
    raise ValueError(name)


def is_clean(value: Any) -> bool:
    """Whether every text in it can be stored: no NUL, no half of a surrogate pair."""
    if isinstance(value, str):
        return _is_text(value)
    if isinstance(value, dict):
        return all(is_clean(key) and is_clean(held) for key, held in value.items())
    return all(map(is_clean, value)) if isinstance(value, list) else True


def _is_text(value: str) -> bool:
    return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
