"""
The door for providers' webhooks: verify the raw bytes, split, store, and only then answer.

401 what cannot be verified (counted, not stored); 413 too large; verified but unsplittable goes to quarantine and is
answered 200, because providers switch off hooks that answer errors; 503 only when neither database nor journal works.

Hot path: a hook needs no page, no session and no line in the log for every message that was taken, so it goes past the
middlewares of pages and keeps its own count.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Sequence
from email.utils import formatdate
from functools import lru_cache

import structlog
from aiohttp import HttpVersion11, web
from aiohttp.typedefs import Handler, Middleware

from core.contract.errors import IntakeUnavailable, PayloadInvalid, PayloadTooLarge, SignatureInvalid
from core.contract.ports import Channel, HookedChannel, ItemKey, RawDelivery
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.metrics import HOOK_SECONDS
from gateway.middleware import answer_error
from gateway.pages.failures import answer_failure, failure_of, limit_of

RETRY_SECONDS = 5
"""After which time a provider may come back when we could store nothing."""

log = structlog.get_logger()


def setup_hooks(app: web.Application) -> None:
    """Mount the hook of every channel that has one, in front of all middlewares."""
    doors = []
    for channel in app[DEPLOYMENT].channels.values():
        if isinstance(channel, HookedChannel):
            door = _Door(app[DEPLOYMENT], channel)
            app.router.add_post(door.path, door.answer)
            doors.append(door.answer)
    app.middlewares.insert(0, _straight_to(frozenset(doors)))


def _straight_to(doors: Collection[Handler]) -> Middleware:
    @web.middleware
    async def straight(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Hooks are called at once; everything else goes its way through the middlewares."""
        own = request.match_info.handler
        return await (own if own in doors else handler)(request)

    return straight


class Receipt(web.StreamResponse):
    """
    An empty 200 that keeps its connection, written as one string of bytes.

    What any other answer needs (headers in a multidict, signals, a writer) costs a tenth of a whole webhook.
    """

    keep_alive = True

    async def prepare(self, request: web.BaseRequest) -> None:
        """Nothing goes out before the end."""
        self._transport = request.transport

    async def write_eof(self, data: bytes = b"") -> None:
        """All of it. The provider may be gone: then it sends again, and that is a repeat."""
        if self._transport is not None:
            self._transport.write(_receipt(int(time.time())))


@lru_cache(maxsize=1)
def _receipt(second: int) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nDate: {formatdate(second, usegmt=True)}\r\n\r\n".encode()


class _Door:
    """The hook of one channel. Its counters are looked up here, once, and not for every message."""

    def __init__(self, deployment: Deployment, channel: HookedChannel) -> None:
        self.path = f"/hooks/{channel.hook}"
        self._deployment = deployment
        self._channel = channel
        self._accepted = HOOK_SECONDS.labels(channel.name, "accepted")
        self._quarantined = HOOK_SECONDS.labels(channel.name, "quarantined")

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Take one delivery; the provider hears 200 once a crash can no longer lose it."""
        started = time.monotonic()
        try:
            reason = await self._take(request)
        except Exception as error:
            response = self._refuse(request, error)
            HOOK_SECONDS.labels(self._channel.name, _outcome(error)).observe(time.monotonic() - started)
            return response
        (self._quarantined if reason else self._accepted).observe(time.monotonic() - started)
        return Receipt() if request.keep_alive and request.version == HttpVersion11 else web.Response()

    async def _take(self, request: web.Request) -> str:
        """Store it; returns why nobody could cut it into items, where that is so."""
        delivery = RawDelivery(
            channel=self._channel.name,
            account=request.match_info.get("account", self._channel.account),
            body=await _read(request, most=self._channel.hook_limit),
            headers=_pick(request, self._channel.hook_headers),
            query=request.query_string,
            received_at=self._deployment.now(),
        )
        self._channel.verify(delivery)
        items, reason = split_or_quarantine(self._channel, delivery)
        with self._deployment.courtesy:  # only now: work gives way to who is proved, not to who sends byte by byte
            await self._deployment.inbox.accept(delivery, items, quarantine=reason)
        return reason

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


async def _read(request: web.Request, *, most: int) -> bytes:
    """The body. Raises PayloadTooLarge before more than `most` bytes (and one piece) are in memory."""
    if (request.content_length or 0) > most:
        raise PayloadTooLarge
    body = await request.content.readany()  # nearly always the whole
    while not request.content.at_eof():
        body += await request.content.readany()
        if len(body) > most:
            raise PayloadTooLarge
    return body


def _pick(request: web.Request, names: Collection[str]) -> dict[str, str]:
    return {name: request.headers[name] for name in names if name in request.headers}


def split_or_quarantine(channel: Channel, delivery: RawDelivery) -> tuple[Sequence[ItemKey], str]:
    """The items of a body, or the whole body as one item with the reason why it could not be cut."""
    try:
        return channel.split(delivery), ""
    except PayloadInvalid as error:
        digest = hashlib.sha256(delivery.body).hexdigest()
        return [ItemKey(dedupe_key=f"unsplit:{digest}", conversation_key=f"unsplit:{digest}")], str(error) or error.code
