"""One agent's place: the sound of their browser, and what their page was told last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from channels.call_center.agents.news import Board, CallCard, Colleague, Level, Status
from channels.call_center.media.wire import Legs
from channels.call_center.ports import Media
from channels.call_center.webrtc.inside import MediaPlace
from channels.call_center.webrtc.meeting import Browser, browser_at
from channels.call_center.webrtc.wire import BrowserWire


@dataclass(slots=True)
class Sound:
    """A browser that is connected, or about to be."""

    peer: Browser
    media: Media


class Seat:
    """
    An agent who is signed in.

    A page that offers again (a reload, a new microphone) gets a new leg; the old one is closed when the new one is
    there. `last`: the call that they had, or have; `seen`: as colleagues saw them last. `connected` and `lost` are told
    on the event loop.
    """

    def __init__(self, agent: str, *, connected: Callable[[str], None], lost: Callable[[str], None]) -> None:
        self.agent, self.name = agent, ""
        self.held = False
        self.told: Status | None = None
        self.last: CallCard | None = None
        self.seen: Colleague | None = None
        self.quality: Level = ""
        self.watching = False
        self.shown: Board | None = None
        self._connected, self._lost = connected, lost
        self._sound: Sound | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def media(self) -> Media | None:
        """The leg of the browser; None while there is no sound."""
        return self._sound.media if self._sound else None

    @property
    def heard(self) -> bool:
        """Whether the browser is really connected."""
        return self._sound is not None and self._sound.peer.connected

    async def answer(self, sdp: str, *, legs: Legs, place: MediaPlace) -> str:
        """Our SDP. Raises: OfferRefused, NoPort, MediaUnavailable."""
        peer = browser_at(place, up=lambda: self._connected(self.agent), gone=lambda: self._gone(peer))
        try:
            answer = await peer.answer(sdp)
            wire = BrowserWire(peer)
            media = legs.open(wire, ours=True)
        except BaseException:
            await peer.close()
            raise
        await self._replace(Sound(peer, media))
        media.talk(wire.plan)
        return answer

    async def close(self) -> None:
        """The sound ends."""
        await self._replace(None)

    async def _replace(self, sound: Sound | None) -> None:
        self.quality = ""
        before, self._sound = self._sound, sound
        if before is not None:
            await before.media.close()

    def _gone(self, peer: Browser) -> None:
        if self._sound is not None and self._sound.peer is peer:
            self._closing = asyncio.ensure_future(self.close())
            self._lost(self.agent)
