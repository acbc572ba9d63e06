"""
One operation of the API: its address, what it takes, what it gives, and the function that does it.

The list of operations is both the routing table and the source of the OpenAPI document, so that neither can say what
the other does not.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, Field

from core.contract.schema import Model
from core.service.actors import ADMIN, Member
from core.service.answering import Answering
from core.service.reading import CaseReader
from gateway.api.errors import ApiError
from gateway.auth import Staff
from gateway.auth.errors import NotAllowed
from gateway.deployment import Deployment
from gateway.roles import member_of

T = TypeVar("T")

PREFIX = "/api/v1"
READER = web.AppKey("case_reader", CaseReader)
ANSWERING = web.AppKey("answering", Answering)
ACTING = "X-Acting-Agency"


class Listing(Model, Generic[T]):
    """One page of a list; `next` is the cursor of the next page, null at the end."""

    items: tuple[T, ...]
    next: str | None = None


class Nothing(Model):
    """No parameters, or no body."""


class Paged(Model):
    """Parameters of every list."""

    cursor: str = Field(default="", max_length=400, description="`next` of the page before")
    limit: int = Field(default=50, ge=1, le=200)


class Reveal(Model):
    """Parameter of what shows a person."""

    reveal: bool = Field(default=False, description="In clear instead of masked; the reading is logged")


@dataclass(frozen=True)
class Answer:
    """What a call gives back."""

    model: BaseModel | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    media_type: str = "application/json"
    charset: str | None = None

    def response(self) -> web.Response:
        """As HTTP; personal data is stored by no cache."""
        body = self.raw if self.raw is not None else self.model.model_dump_json().encode() if self.model else b""
        headers = {"Cache-Control": "no-store", **self.headers}
        if not body and self.status == 204:
            return web.Response(status=204, headers=headers)
        return web.Response(
            body=body, status=self.status, content_type=self.media_type, charset=self.charset, headers=headers
        )


@dataclass(frozen=True)
class Call:
    """One request, read and checked: who asks, and with what. `query` and `body` are of the operation's models."""

    request: web.Request
    deployment: Deployment
    staff: Staff
    query: Any
    body: Any
    raw: bytes

    @property
    def member(self) -> Member:
        """Who asks, as the case service knows them."""
        return member_of(self.staff)

    @property
    def reader(self) -> CaseReader:
        """What staff read with."""
        return self.request.app[READER]

    @property
    def answering(self) -> Answering:
        """What staff answer with."""
        return self.request.app[ANSWERING]

    @property
    def acting(self) -> str:
        """The agency that this person says to act for. ApiError 403 where they belong to no such agency."""
        named = self.request.headers.get(ACTING, "")
        if named and named not in self.member.agencies:
            raise ApiError(403, "not_your_agency", "Tài khoản của quý vị không thuộc cơ quan đã nêu.")
        return named

    @property
    def is_centre(self) -> bool:
        """Whether this person works at the centre."""
        return self.member.is_centre(self.deployment.regulation.current)

    def path(self, name: str) -> str:
        """A part of the address."""
        return self.request.match_info[name]

    def need_centre(self) -> None:
        """NotAllowed unless this person works at the centre."""
        if not self.is_centre:
            raise NotAllowed("for the centre")

    def need_admin(self) -> None:
        """NotAllowed unless this person runs the deployment."""
        if not self.member.holds(ADMIN):
            raise NotAllowed("for administrators")

    def need_operator(self) -> None:
        """NotAllowed unless this person works at the centre or runs the deployment."""
        if not (self.is_centre or self.member.holds(ADMIN)):
            raise NotAllowed("for the centre and administrators")


Handler = Callable[[Any], Awaitable[Answer]]
"""Of a `Call`, or for the doors of apps of an `AppCall`."""


@dataclass(frozen=True)
class Operation:
    """
    One entry of the API.

    Args:
        name: operation id. `path`: below /api/v1. `gives`: model of the answer; None: no content, or `media_type`.
        body: model of a JSON body; `takes_file`: the body is a file instead. `keyed`: takes an Idempotency-Key.
        versioned: takes If-Match. `acts`: takes X-Acting-Agency.
        door: who asks: staff; an app by its key; an app with the token of a report that its reporter opened.
        form: model of a body that is a form with files (multipart) or JSON. `also`: other answers that are no errors.
    """

    name: str
    method: str
    path: str
    tag: str
    summary: str
    handler: Handler
    gives: type[BaseModel] | None = None
    query: type[Model] = Nothing
    body: type[Model] | None = None
    status: int = 200
    media_type: str = "application/json"
    takes_file: bool = False
    keyed: bool = False
    versioned: bool = False
    acts: bool = False
    is_command: bool = False
    door: Literal["staff", "app", "report"] = "staff"
    form: type[Model] | None = None
    also: Mapping[int, type[BaseModel]] = field(default_factory=dict)
