"""
Errors as programs read them: {code, message, rules, details}, the same shape from every address of the API.

`code` is stable, `message` a Vietnamese sentence that may be shown, `rules` the rule ids a refusal rests on. What is
not ours is a 500 that says nothing of its cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from aiohttp import web
from pydantic import Field, ValidationError

from core.agencies import AgencyRefused
from core.cases.decide import Refusal
from core.contract.errors import PayloadTooLarge
from core.contract.schema import Model
from core.privacy.errors import MediaRefused
from core.service.answering import AddressUnknown
from core.service.offices import OfficeRefused
from core.service.reading import RevealRefused
from gateway.pages.failures import Failure, failure_of

PROBLEM = "application/problem+json"
BEARER = {"WWW-Authenticate": 'Bearer realm="langnghe"'}


class Problem(Model):
    """What every error says."""

    code: str = Field(description="Stable, for machines")
    message: str = Field(description="One or two Vietnamese sentences: what happened and what to do")
    rules: tuple[str, ...] = Field(default=(), description="Rule ids that a refusal rests on")
    details: dict[str, Any] = Field(default_factory=dict, description="Fields, roles, stages … to show beside it")


class ProblemDetails(Problem):
    """The same for programs of others, with the members of RFC 9457 beside it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


@dataclass
class ApiError(Exception):
    """Stops a call with this answer."""

    status: int
    code: str
    message: str
    rules: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.code


def respond(error: ApiError, *, media_type: str = "application/json") -> web.Response:
    """The error as an answer; as `PROBLEM` it says the same once more in the words of RFC 9457."""
    body = Problem(code=error.code, message=error.message, rules=error.rules, details=_plain(error.details))
    if media_type == PROBLEM:
        title = HTTPStatus(error.status).phrase
        body = ProblemDetails(title=title, status=error.status, detail=error.message, **body.__dict__)
    return web.Response(
        text=body.model_dump_json(), status=error.status, content_type=media_type, headers=error.headers
    )


def refused(refusal: Refusal) -> ApiError:
    """What the regulation does not allow: 403 role, 409 stage, 422 data."""
    return ApiError(refusal.http, refusal.code, refusal.text_vi, tuple(refusal.rules), refusal.details)


def invalid(error: ValidationError, *, status: int = 422, code: str = "data_invalid") -> ApiError:
    """What was sent does not fit its form: which fields, never what stood in them."""
    fields = {".".join(map(str, one["loc"])) or "*": one["type"] for one in error.errors(include_url=False)}
    text = f"Dữ liệu gửi lên chưa hợp lệ ({', '.join(fields)}). Vui lòng kiểm tra lại."
    return ApiError(status, code, text, details={"fields": fields})


def translate(error: Exception, *, max_body_mb: int) -> ApiError:
    """Any error as an ApiError; what nobody foresaw is a 500."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, AgencyRefused | OfficeRefused):
        return ApiError(422, error.code, error.vi)
    if isinstance(error, RevealRefused):
        return ApiError(403, error.code, error.vi)
    if isinstance(error, AddressUnknown):
        return ApiError(409, error.code, error.vi)
    if isinstance(error, MediaRefused) and not isinstance(error, PayloadTooLarge):
        return ApiError(422, error.code, error.vi)
    return _of_failure(failure_of(error, max_body_mb=max_body_mb))


def _of_failure(failure: Failure) -> ApiError:
    headers = BEARER if failure.status == 401 else failure.headers
    return ApiError(failure.status, failure.code, failure.message, headers=headers)


def _plain(details: Mapping[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple | frozenset | set) else value for key, value in details.items()}
