"""
A call over Twilio: the telephone is theirs, the sound comes by a stream, and a lost stream may come back.

Twilio never opens a stream again by itself. Where one breaks, the call goes on to `after`, which asks us: for a while
we wait for it and give it a new one, and the caller only misses a moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import structlog

from channels.call_center.ports import Answered, Call, CallEvent, CallFailed, CallGone, Ended, Media, Way
from channels.call_center.twilio.carriage import Carriage
from channels.call_center.twilio.client import VoiceClient
from channels.call_center.twilio.course import Course, Verdict
from channels.call_center.twilio.elsewhere import Elsewhere
from channels.call_center.twilio.forms import News, at_status
from channels.call_center.twilio.settings import NAME
from channels.call_center.twilio.stream import Stream
from channels.call_center.twilio.wire import StreamWire
from core.contract.errors import SendError

log = structlog.get_logger()
REACHED_S = 15.0
"""How long Twilio may take from our answer to its stream."""
HEARD_S = 2.0
"""How long a hang-up waits until what was said has been heard."""
ASK_S = 5.0
"""How often we ask whether somebody whom we call has taken it, should nobody tell us."""
BUSY = frozenset({486, 503, 600})


class TwilioCall(Call):
    """Implements `Call`, `PutsThrough`. `id`: Twilio's name of it, empty until it is told. `over` is told once."""

    trunk = NAME

    def __init__(
        self,
        way: Way,
        *,
        remote: str,
        called: str,
        wire: StreamWire,
        media: Media,
        client: VoiceClient,
        over: Callable[[TwilioCall], None],
    ) -> None:
        self.id, self.way, self.remote, self.called, self.media = "", way, remote, called, media
        self._wire, self._client, self._over = wire, client, over
        self._carriage = Carriage(wire, lambda: self._end(Ended("trunk")))
        self._course, self._answered = Course(), False
        self._elsewhere: Elsewhere | None = None
        media.listen(self._course.happened)

    @property
    def is_over(self) -> bool:
        """Nothing more happens in it."""
        return self._course.is_over

    @property
    def verdict(self) -> asyncio.Future[Verdict]:
        """What whoever leads it makes of a call that came in, as soon as that is known."""
        return self._course.verdict

    @property
    def is_up(self) -> bool:
        """Its sound has come, and it is not over."""
        return self._answered and not self.is_over

    @property
    def is_elsewhere(self) -> bool:
        """The caller talks to another number, by Twilio alone."""
        return self._elsewhere is not None

    async def ring(self) -> None:
        """Twilio lets it ring itself. Raises: CallGone."""
        if self.is_over:
            raise CallGone

    async def answer(self) -> None:
        """Have Twilio bring the sound. Raises: CallGone: it never came."""
        self._course.decide("taken")
        await self._heard_again()

    async def reject(self, code: int, *, retry_after_s: int | None = None) -> None:
        """Where we have no room Twilio takes a message, or is busy; a number that is not ours is refused."""
        self._course.decide("full" if code in BUSY else "refused")
        await self.hangup()

    async def hangup(self) -> None:
        """End it, once all that was said has been heard."""
        if self.is_over:
            return
        self._end(Ended("us"))
        await self._carriage.finish(HEARD_S)
        if self._answered:
            await self._complete()

    async def give_up(self) -> None:
        """A call of ours that nobody took: let it ring no more."""
        was_over = self.is_over
        self._end(Ended("us"))
        if self.id and not was_over:
            await self._complete()
        await self.media.close()

    def events(self) -> AsyncIterator[CallEvent]:
        """What happens, from the first moment on; `Ended` is the last."""
        return self._course.events()

    async def until_taken(self) -> None:
        """Somebody whom we call takes it. Raises: CallFailed."""
        while not await self._carriage.until_here(ASK_S):
            await self._ask()
        if not self.is_up:
            raise CallFailed(self._course.code or 480, "not taken")

    async def put_through(self, to: str, *, ring_s: int = 30) -> None:
        """
        Have Twilio connect the caller with somebody else by itself; returns when they have talked.

        The caller's own number is shown there, which a call of ours may not do. Raises: CallFailed: nobody took it,
        and the caller is with us again. CallGone.
        """
        if self.is_over:
            raise CallGone
        self._elsewhere = elsewhere = Elsewhere(self._ask)
        try:
            if not await self._client.put_through(self.id, to, ring_s=ring_s):
                raise CallGone
            went = await elsewhere.until_back()
        except SendError as error:
            raise CallFailed(503, error.code) from error
        finally:
            self._elsewhere = None
        self._carriage.expect()
        await self._heard_again()
        if went.code:
            raise CallFailed(went.code, went.status)

    # What Twilio and its streams tell

    def carry(self, stream: Stream) -> None:
        """The sound comes by this stream from now on."""
        self._carriage.take(stream)
        if not self._answered:
            self._answered = True
            self._course.happened(Answered())

    def lost(self, stream: Stream) -> None:
        """This stream is gone, and nobody said why: the call may ask for another."""
        if not self.is_over and self._carriage.lose(stream) and not self.is_elsewhere:
            log.warning("call_stream_lost", call=self.id)
            self._carriage.expect()

    def told(self, news: News) -> None:
        """How far it is."""
        if news.is_over:
            self._end(Ended("them", news.code))

    def back(self, news: News) -> None:
        """The caller is back from elsewhere; `news` tells how it went."""
        if self._elsewhere is not None:
            self._elsewhere.back(news)

    def heard(self, payload: bytes) -> None:
        """The caller says this."""
        self._wire.bring(payload)

    def press(self, key: str) -> None:
        """A key of the caller's."""
        self.media.press(key)

    async def _ask(self) -> None:
        """How far it is, should the web side be away to hear it."""
        with suppress(SendError):
            self.told(at_status(self.id, await self._client.status(self.id)))

    async def _heard_again(self) -> None:
        """Raises: CallGone: no stream came."""
        if not await self._carriage.until_here(REACHED_S) or self.is_over:
            await self.hangup()
            raise CallGone

    async def _complete(self) -> None:
        """Closing the stream ends it too, by way of `after`; this does not need the web side."""
        try:
            await self._client.change(self.id, Status="completed")
        except SendError as error:
            log.info("call_not_completed", call=self.id, error=error.code)

    def _end(self, ended: Ended) -> None:
        if not self._course.end(ended):
            return
        self._carriage.give_up()
        if self._elsewhere is not None:
            self._elsewhere.gone()
        self._over(self)
