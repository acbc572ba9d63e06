"""News of another deployment of this product: a case is handed over, or moved on at whom it was handed to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

from aiohttp import web
from pydantic import ConfigDict, Field

from core.cases.decide import Refusal
from core.contract.errors import GatewayError, IntakeUnavailable, SendError
from core.contract.schema import Instant, Model
from core.service.links.book import Link
from core.service.links.news import ASKED, MIRRORED, SUPPLIED, Asked, DispatchFacts, Mirrored, Supplied
from core.storage import answers, outbox
from core.storage.answers import Remembered
from gateway.api.errors import ApiError, refused
from gateway.api.operation import Answer, Call, Operation
from gateway.api.serve import checked
from gateway.auth.errors import NotAllowed
from gateway.deployment import DEPLOYMENT
from gateway.links.answered import reflect
from gateway.links.asking import ask, take_answer
from gateway.links.door import link_of
from gateway.links.exchange import Exchange
from gateway.links.lanes import open_channel
from gateway.links.remarks import Hearing, take_remarks, take_urgency

TAG = "links"
EXCHANGE = web.AppKey("exchange", Exchange)

M = TypeVar("M", bound=Model)
_AFTERWARDS = MappingProxyType({"dispatch.urgency": take_urgency, "dispatch.remarked": take_remarks})
"""News of a case that we have, whose words are asked for."""


class Told(Model):
    """
    One piece of news, as `webhooks` of this document has it; what we do not know of it is passed over: one side is
    always brought up to date first.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(min_length=8, max_length=80, pattern=r"^[\x21-\x7e]+$")
    type: str = Field(max_length=40)
    at: Instant
    data: dict[str, Any] = Field(default_factory=dict)


class Heard(Model):
    """`again`: it was heard before, and changed nothing."""

    id: str
    again: bool = False


async def hear(call: Call) -> Answer:
    """
    News of a peer, signed by its link: heard once, however often it is told.

    403 whoever asks is no peer · 404 no case or part of theirs · 409, 422 the regulation does not let them ·
    503 the case could not be fetched or stored just now: tell it again.
    """
    link, told = await _peer(call), call.body
    scope = f"link-news:{link.name}"
    read, database = partial(answers.remembered, scope=scope, key=told.id), call.deployment.database
    if await database.read(read) is not None:
        return Answer(Heard(id=told.id, again=True))
    await _act(call, link, scope)
    note = partial(
        answers.remember_once, scope=scope, key=told.id, answer=Remembered("", 200, b""), now=call.deployment.now()
    )
    await database.write(note)
    await _they_are_back(call, link)
    return Answer(Heard(id=told.id))


async def _act(call: Call, link: Link, scope: str) -> None:
    told, exchange = call.body, call.request.app[EXCHANGE]
    try:
        if told.type == "dispatch.opened":
            _pass(await exchange.take_over(link, _read(DispatchFacts, told), told.at))
        elif told.type == "dispatch.moved":
            await exchange.moved(link, _read(DispatchFacts, told), told.at)
        elif told.type in _AFTERWARDS:
            facts = _read(DispatchFacts, told)
            await _AFTERWARDS[told.type](exchange, Hearing(link, facts, told.at, told.id, scope))
        elif told.type == MIRRORED:
            _pass(await reflect(exchange, link, _read(Mirrored, told), told.at, member=call.member))
        elif told.type == ASKED:
            _pass(await ask(exchange, link, _read(Asked, told), member=call.member))
        elif told.type == SUPPLIED:
            await take_answer(exchange, link, _read(Supplied, told), told.at, news=told.id)
    except (SendError, IntakeUnavailable) as error:
        raise _not_now(error) from error


def _pass(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise refused(refusal)


def _not_now(error: GatewayError) -> ApiError:
    text = "Chưa lấy được hồ sơ từ hệ thống gửi. Vui lòng gửi lại sau ít phút."
    return ApiError(503, "not_fetched", text, details={"reason": error.code}, headers={"Retry-After": "30"})


def _read(form: type[M], told: Told) -> M:
    return checked(form, told.data, newer=True)


async def _peer(call: Call) -> Link:
    link = await call.deployment.clerk.links.find(link_of(call.staff))
    if link is None or link.kind != "peer":
        raise NotAllowed("for peers")
    return link


async def _they_are_back(call: Call, link: Link) -> None:
    """Whoever tells us something hears as well: what waited for them is due."""
    hasten = partial(outbox.hasten, channel=link.lane, now=call.deployment.now())
    if await call.deployment.database.write(hasten):
        call.deployment.clerk.changed.note((link.lane,))


async def open_exchange(app: web.Application) -> AsyncIterator[None]:
    """For `app.cleanup_ctx`."""
    way = open_channel(app[DEPLOYMENT])
    app[EXCHANGE] = Exchange(app[DEPLOYMENT], way)
    yield
    await way.stop()


OPERATIONS = (Operation("hearNews", "POST", "/links/events", TAG, "Nhận tin liên thông", hear, Heard, body=Told),)
