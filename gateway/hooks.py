"""
The door for providers' webhooks: verify the raw bytes, split, store, and only then answer.

401 what cannot be verified (counted, not stored); 413 too large; verified but unsplittable goes to quarantine and is
answered 200, because providers switch off hooks that answer errors; 503 only when neither database nor journal works.

Most hooks never come as far as aiohttp: `gateway.front` takes the plain ones at the socket, through the same door.
Those that do need no page and no session, so they go past the middlewares of pages, and no line in the log.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from core.contract.errors import IntakeUnavailable, PayloadInvalid, PayloadTooLarge, SignatureInvalid
from core.contract.ports import (
    Acknowledges,
    Channel,
    Greets,
    HookedByQuery,
    HookedChannel,
    ItemKey,
    RawDelivery,
)
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.metrics import HOOK_SECONDS
from gateway.middleware import answer_error
from gateway.pages.failures import answer_failure, failure_of, limit_of

RETRY_SECONDS = 5
"""After which time a provider may come back when we could store nothing."""
OUTCOMES = ("accepted", "quarantined", "refused", "unavailable", "failed")
_POST = frozenset({"POST"})
_PLAIN_ACCOUNT = re.compile(r"[\w~-][\w.~-]*", re.ASCII)

log = structlog.get_logger()


def doors_of(deployment: Deployment) -> list[Door]:
    """The hook of every channel that has one."""
    return [Door(deployment, one) for one in deployment.channels.values() if isinstance(one, HookedChannel)]


def setup_hooks(app: web.Application) -> None:
    """Mount them in front of all middlewares, for what the front (`gateway.front`) passes on."""
    doors = doors_of(app[DEPLOYMENT])
    for door in doors:
        for method in door.methods:
            app.router.add_route(method, door.path, door.answer)
        if "GET" not in door.methods:
            app.router.add_get(door.path, door.greet)
    app.middlewares.insert(0, _straight_to(frozenset(door.answer for door in doors)))


def _straight_to(doors: Collection[Handler]) -> Middleware:
    @web.middleware
    async def straight(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Hooks are called at once; everything else goes its way through the middlewares."""
        own = request.match_info.handler
        return await (own if own in doors else handler)(request)

    return straight


class Door:
    """The hook of one channel. Its counters are looked up here, once, and not for every message."""

    def __init__(self, deployment: Deployment, channel: HookedChannel) -> None:
        self.path = f"/hooks/{channel.hook}"
        self.limit = channel.hook_limit
        self.methods = channel.hook_methods if isinstance(channel, HookedByQuery) else _POST
        self.is_plain = "POST" in self.methods and not isinstance(channel, Acknowledges)
        self.inbox = deployment.inbox
        self.courtesy = deployment.courtesy
        self._now = deployment.now
        self._refusals = deployment.refusals
        self._channel = channel
        self._seconds = {name: HOOK_SECONDS.labels(channel.name, name) for name in OUTCOMES}

    def account_in(self, path: str) -> str | None:
        """Our side as a path names it; None where it is not the path of this hook, or not written plainly."""
        before, named, after = self.path.partition("{account}")
        if not named:
            return self._channel.account if path == before else None
        inside = path[len(before) : len(path) - len(after)]
        is_ours = path.startswith(before) and path.endswith(after) and _PLAIN_ACCOUNT.fullmatch(inside)
        return inside if is_ours else None

    def delivery(self, body: bytes, *, account: str | None, headers: Mapping[str, str]) -> RawDelivery:
        """What came, with those of its headers that the channel asks for."""
        return RawDelivery(
            channel=self._channel.name,
            account=self._channel.account if account is None else account,
            body=body,
            headers={name: headers[name] for name in self._channel.hook_headers if name in headers},
            received_at=self._now(),
        )

    def admit(self, delivery: RawDelivery) -> tuple[Sequence[ItemKey], str]:
        """Verify and split it; also why nobody could cut it into items. Raises SignatureInvalid."""
        self._channel.verify(delivery)
        return split_or_quarantine(self._channel, delivery)

    def count(self, problem: Exception | None, *, quarantined: bool, seconds: float) -> None:
        """One request has its answer."""
        outcome = _outcome(problem) if problem else "quarantined" if quarantined else "accepted"
        self._seconds[outcome].observe(seconds)
        if isinstance(problem, SignatureInvalid):
            self._refusals.note(self._channel.name)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Take one delivery; the provider hears 200 once a crash can no longer lose it."""
        started = time.monotonic()
        reason = ""
        try:
            delivery, reason = await self._take(request)
        except Exception as error:
            problem: Exception | None = error
            response: web.StreamResponse = self._refuse(request, error)
        else:
            problem, response = None, self._receipt(delivery)
        self.count(problem, quarantined=bool(reason), seconds=time.monotonic() - started)
        return response

    async def greet(self, request: web.Request) -> web.Response:
        """A provider, or a person with a browser, looks whether somebody is here."""
        if not isinstance(self._channel, Greets):
            raise web.HTTPMethodNotAllowed(request.method, ["POST"])
        try:
            return web.Response(text=self._channel.greet(request.query))
        except SignatureInvalid:
            log.info("greeting_refused", channel=self._channel.name)
            if request.query:  # a person with a browser names nothing
                self._refusals.note(self._channel.name)
            raise web.HTTPForbidden from None

    async def _take(self, request: web.Request) -> tuple[RawDelivery, str]:
        """Store it; also says why nobody could cut it into items, where that is so."""
        query = request.raw_path.partition("?")[2]  # as it was signed: aiohttp's own is decoded
        body = (
            query.encode("utf-8", "surrogateescape")
            if request.method == "GET"
            else await read_body(request, most=self.limit)
        )
        delivery = self.delivery(body, account=request.match_info.get("account"), headers=request.headers)
        delivery = replace(delivery, query=query)
        items, reason = self.admit(delivery)
        with self.courtesy:  # only now: work gives way to who is proved, not to who sends byte by byte
            await self.inbox.accept(delivery, items, quarantine=reason)
        return delivery, reason

    def _receipt(self, delivery: RawDelivery) -> web.Response:
        """It is on disk; in the provider's own words, where it has some."""
        if not isinstance(self._channel, Acknowledges):
            return web.Response()
        media_type, text = self._channel.acknowledge(delivery)
        return web.Response(text=text, content_type=media_type)

    def _refuse(self, request: web.Request, error: Exception) -> web.Response:
        """Told in words like every error of ours; one line in the log, but none for each of a flood."""
        if isinstance(error, IntakeUnavailable):  # the inbox has said it, once
            return _come_back(request, error)
        if isinstance(error, SignatureInvalid | PayloadTooLarge):
            log.info("delivery_refused", channel=self._channel.name, error=error.code)
        return answer_error(request, error)


def _outcome(error: Exception) -> str:
    if isinstance(error, SignatureInvalid | PayloadTooLarge):
        return "refused"
    return "unavailable" if isinstance(error, IntakeUnavailable) else "failed"


def _come_back(request: web.Request, error: IntakeUnavailable) -> web.Response:
    response = answer_failure(request, failure_of(error, max_body_mb=limit_of(request)))
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


async def read_body(request: web.Request, *, most: int) -> bytes:
    """The body. Raises PayloadTooLarge before more than `most` bytes (and one piece) are in memory."""
    if (request.content_length or 0) > most:
        raise PayloadTooLarge
    body = await request.content.readany()  # nearly always the whole
    while not request.content.at_eof():
        body += await request.content.readany()
        if len(body) > most:
            raise PayloadTooLarge
    return body


def split_or_quarantine(channel: Channel, delivery: RawDelivery) -> tuple[Sequence[ItemKey], str]:
    """The items of a body, or the whole body as one item with the reason why it could not be cut."""
    try:
        return channel.split(delivery), ""
    except PayloadInvalid as error:
        digest = hashlib.sha256(delivery.body).hexdigest()
        return [ItemKey(dedupe_key=f"unsplit:{digest}", conversation_key=f"unsplit:{digest}")], str(error) or error.code
