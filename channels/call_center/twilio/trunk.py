"""
The line at Twilio. Implements Trunk; its hooks are told what to answer by `take` and `after`.

Each stream has a name of its own that nobody can guess, good for one connection within a minute. A call that this
process does not know is somebody else's, or one of before a crash: its caller is asked to leave a message.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Literal

import structlog

from channels.call_center.media.wire import Legs
from channels.call_center.numbers import is_among, written
from channels.call_center.ports import Call, CallFailed, MediaUnavailable, TrunkState, TrunkStatus, Way
from channels.call_center.twilio import twiml
from channels.call_center.twilio.call import TwilioCall
from channels.call_center.twilio.client import VoiceClient
from channels.call_center.twilio.forms import Arrived, News
from channels.call_center.twilio.looking import Looking
from channels.call_center.twilio.settings import NAME, VoiceSettings
from channels.call_center.twilio.tokens import Tokens
from channels.call_center.twilio.wire import PLAN, StreamWire

log = structlog.get_logger()
DECIDED_S = 3.0
"""How long whoever leads a call may take to say whether it can be kept."""
REMEMBERED = 1000
SLACK_S = 10.0
"""Twilio lets it ring a little longer than it was asked to."""
Problem = Literal["full", "refused", "gone"]


class NotTaken(Exception):
    """A call is not for us, or not now."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


class TwilioTrunk:
    """One line. `legs`: the media engine; `client`: their REST interface."""

    name = NAME

    def __init__(self, settings: VoiceSettings, *, legs: Legs, client: VoiceClient) -> None:
        self.settings, self._legs, self._client = settings, legs, client
        self._up: set[TwilioCall] = set()
        self._named: dict[str, TwilioCall] = {}
        self._over: OrderedDict[str, None] = OrderedDict()
        self._tokens: Tokens[TwilioCall] = Tokens(node=settings.node)
        self._incoming: asyncio.Queue[Call | None] = asyncio.Queue()
        self._empty = asyncio.Event()
        self._empty.set()
        self._open = False
        self._refused = self._resumed = 0
        self._looking = Looking(client)

    async def start(self) -> None:
        """Take calls, and look now and then whether Twilio takes ours."""
        self._open = True
        self._looking.start()

    async def stop(self, *, drain_s: float = 0) -> None:
        """Take no more, wait for those that are up, then end them."""
        self._open = False
        self._looking.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(drain_s):
                await self._empty.wait()
        await asyncio.gather(*(call.hangup() for call in tuple(self._up)))
        self._incoming.put_nowait(None)
        await self._client.close()

    async def take(self, arrived: Arrived) -> str:
        """A call comes in: the name of its stream. Asked again, it is given a new one. Raises: NotTaken."""
        call = self._named.get(arrived.sid)
        if call is None:
            call = self._begin(Way.IN, remote=arrived.caller, called=arrived.called)
            self.name_call(call, arrived.sid)
            self._incoming.put_nowait(call)
        try:
            async with asyncio.timeout(DECIDED_S):
                verdict = await asyncio.shield(call.verdict)
        except TimeoutError:
            await call.hangup()
            raise NotTaken("full") from None
        if verdict != "taken":
            raise NotTaken(verdict)
        return self._tokens.give(call)

    def after(self, sid: str, *, dialled: News | None = None) -> str:
        """
        A stream is over, or a transfer: the name of the next stream, empty where the call is to end.

        Raises: NotTaken: a call we do not know.
        """
        if sid in self._over:
            return ""
        call = self._named.get(sid)
        if call is None:
            raise NotTaken("gone")
        if dialled is not None:
            call.back(dialled)
        self._resumed += 1
        return self._tokens.give(call)

    def told(self, news: News) -> None:
        """Twilio tells how far a call is. Raises: NotTaken: a call we do not know."""
        if news.sid not in self._named and news.sid not in self._over:
            raise NotTaken("gone")
        if news.sid in self._named:
            self._named[news.sid].told(news)

    def claim(self, token: str) -> TwilioCall | None:
        """The call whose stream this is; once."""
        call = self._tokens.take(token)
        return None if call is None or call.is_over else call

    def name_call(self, call: TwilioCall, sid: str) -> bool:
        """What Twilio calls it; False where that is another call's name."""
        if call.id in ("", sid) and not call.is_over:
            call.id = sid
            self._named[sid] = call
        return call.id == sid

    async def incoming(self) -> AsyncIterator[Call]:
        """Calls, each once."""
        while (call := await self._incoming.get()) is not None:
            yield call

    async def dial(self, to: str, *, caller: str, ring_s: float = 45, headers: Mapping[str, str] | None = None) -> Call:
        """Have Twilio ring somebody; returns when their sound is here. Raises: CallFailed."""
        shown = caller or self.settings.numbers[0]
        if not is_among(shown, self.settings.numbers):
            raise CallFailed(403, "not a number of ours at Twilio")
        to = written(to, "e164")
        try:
            call = self._begin(Way.OUT, remote=to, called=shown)
        except NotTaken as error:
            raise CallFailed(503, "all channels are taken") from error
        try:
            document = twiml.connect(self.settings, self._tokens.give(call))
            self.name_call(call, await self._client.call(to, shown=shown, twiml=document, ring_s=ring_s))
            async with asyncio.timeout(ring_s + SLACK_S):
                await call.until_taken()
        except TimeoutError:
            raise CallFailed(408, "nobody answers") from None
        finally:
            if not call.is_up:
                await call.give_up()
        return call

    def status(self) -> TrunkStatus:
        """Its calls, and whether Twilio takes ours."""
        problem = self._looking.problem
        state = TrunkState.IDLE if not self._open else TrunkState.DOWN if problem else TrunkState.UP
        counters = {"refused": self._refused, "resumed": self._resumed}
        return TrunkStatus(self.name, state, calls=len(self._up), problem=problem, counters=counters)

    def _begin(self, way: Way, *, remote: str, called: str) -> TwilioCall:
        """Raises: NotTaken."""
        if not self._open or len(self._up) >= self.settings.channels:
            self._refused += 1
            raise NotTaken("full")
        wire = StreamWire()
        try:
            media = self._legs.open(wire)
        except MediaUnavailable as error:
            self._refused += 1
            raise NotTaken("full") from error
        media.talk(PLAN)
        client, over = self._client, self._forget
        call = TwilioCall(way, remote=remote, called=called, wire=wire, media=media, client=client, over=over)
        self._up.add(call)
        self._empty.clear()
        return call

    def _forget(self, call: TwilioCall) -> None:
        self._up.discard(call)
        if self._named.pop(call.id, None) is not None:
            self._over[call.id] = None
            while len(self._over) > REMEMBERED:
                self._over.popitem(last=False)
        if not self._up:
            self._empty.set()
