"""The line of the portal: browsers that call us ("Gọi tổng đài"). Implements Trunk."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from channels.call_center.media.wire import Legs
from channels.call_center.ports import Call, CallFailed, Media, MediaUnavailable, TrunkState, TrunkStatus
from channels.call_center.webrtc.call import BrowserCall
from channels.call_center.webrtc.inside import MediaPlace
from channels.call_center.webrtc.meeting import browser_at
from channels.call_center.webrtc.wire import BrowserWire


class LineFull(Exception):
    """All the portal's places are taken, or the line is being closed."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Our SDP, and the secret name by which the page goes on speaking of its call."""

    call: str
    sdp: str


class PortalTrunk:
    """
    Calls of browsers, at most `channels` at once: telephones must not wait for them.

    Args:
        called: the number that such calls count as having dialled.
    """

    name = "portal"

    def __init__(self, *, legs: Legs, place: MediaPlace, called: str, channels: int = 30) -> None:
        self._legs, self._place, self._called, self._channels = legs, place, called, channels
        self._calls: dict[str, BrowserCall] = {}
        self._incoming: asyncio.Queue[BrowserCall] = asyncio.Queue()
        self._empty = asyncio.Event()
        self._empty.set()
        self._open = False
        self._refused = 0

    async def start(self) -> None:
        """Take calls."""
        self._open = True

    async def stop(self, *, drain_s: float = 0) -> None:
        """Take no more, wait for those that are up, then end them."""
        self._open = False
        with suppress(TimeoutError):
            async with asyncio.timeout(drain_s):
                await self._empty.wait()
        await asyncio.gather(*(call.hangup() for call in tuple(self._calls.values())))

    async def take(self, offer: str) -> Answered:
        """Answer a page that calls. Raises: LineFull, OfferRefused, NoPort."""
        if not self._open or len(self._calls) >= self._channels:
            self._refused += 1
            raise LineFull
        name = secrets.token_hex(16)
        peer = browser_at(self._place, up=lambda: self._is_up(name), gone=lambda: self._gone(name))
        try:
            sdp = await peer.answer(offer)
            media = self._leg(BrowserWire(peer))
        except BaseException:
            await peer.close()
            raise
        over = partial(self._forget, name)
        call = BrowserCall(name, peer, media, trunk=self.name, called=self._called, over=over)
        self._calls[name] = call
        self._empty.clear()
        self._incoming.put_nowait(call)
        return Answered(name, sdp)

    def press(self, call: str, keys: str) -> bool:
        """Keys of a page. False: there is no such call."""
        known = self._calls.get(call)
        if known is None:
            return False
        for key in keys:
            known.press(key)
        return True

    def end(self, call: str) -> bool:
        """The page hangs up. False: there is no such call (any more)."""
        known = call in self._calls
        self._gone(call)
        return known

    async def incoming(self) -> AsyncIterator[Call]:
        """Calls, each once."""
        while True:
            call = await self._incoming.get()
            yield call

    async def dial(self, to: str, *, caller: str, ring_s: float = 45, headers: Mapping[str, str] | None = None) -> Call:
        """A browser cannot be called. Raises: CallFailed."""
        raise CallFailed(501, "browsers call us, we do not call them")

    def status(self) -> TrunkStatus:
        """Its calls."""
        state = TrunkState.UP if self._open else TrunkState.IDLE
        return TrunkStatus(self.name, state, calls=len(self._calls), counters={"refused": self._refused})

    def _leg(self, wire: BrowserWire) -> Media:
        try:
            media = self._legs.open(wire)
        except MediaUnavailable as error:
            self._refused += 1
            raise LineFull from error
        media.talk(wire.plan)
        return media

    def _is_up(self, name: str) -> None:
        if name in self._calls:
            self._calls[name].is_up()

    def _gone(self, name: str) -> None:
        if name in self._calls:
            self._calls[name].gone()

    def _forget(self, name: str) -> None:
        self._calls.pop(name, None)
        if not self._calls:
            self._empty.set()
