"""A call from the portal: a browser instead of a telephone, and otherwise a call like any other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from channels.call_center.ports import Call, CallEvent, CallGone, Ended, KeyPressed, Media, MediaEvent, Way
from channels.call_center.webrtc.meeting import Browser

REACHED_S = 15.0
"""How long a browser may take from our answer to its first packet."""


class BrowserCall(Call):
    """
    Implements `Call`. Nobody knows who calls: `remote` is empty. Keys come over the page's own connection (`press`).

    The browser has our SDP before the call is answered; until `answer` it is sent silence. `over` is told once.
    """

    way = Way.IN
    remote = ""

    def __init__(
        self, name: str, peer: Browser, media: Media, *, trunk: str, called: str, over: Callable[[], None]
    ) -> None:
        self.id, self.trunk, self.called, self.media = name, trunk, called, media
        self._peer, self._over = peer, over
        self._up = asyncio.Event()
        self._ended = False
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        media.listen(self._heard)

    def is_up(self) -> None:
        """The browser is connected."""
        self._up.set()

    def gone(self) -> None:
        """The browser has left, or was never reached."""
        self._end(Ended("them"))

    def press(self, key: str) -> None:
        """A key of the page."""
        self.media.press(key)

    async def ring(self) -> None:
        """A page hears nothing before the answer."""
        if self._ended:
            raise CallGone

    async def answer(self) -> None:
        """Wait for the browser. Raises: CallGone: it never came, or has left."""
        waiting = asyncio.ensure_future(self._up.wait())
        done, _ = await asyncio.wait({waiting}, timeout=REACHED_S)
        if not done or self._ended:
            waiting.cancel()
            await self.hangup()
            raise CallGone

    async def reject(self, code: int, *, retry_after_s: int | None = None) -> None:
        """The page sees its connection end."""
        await self.hangup()

    async def hangup(self) -> None:
        """End it; the leg stays until whoever leads the call closes it."""
        self._end(Ended("us"))
        await self._peer.close()

    async def events(self) -> AsyncIterator[CallEvent]:
        """What happens, from the first moment on; `Ended` is the last."""
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, Ended):
                return

    def _heard(self, event: MediaEvent) -> None:
        if isinstance(event, KeyPressed) or not self._ended:
            self._events.put_nowait(event)

    def _end(self, ended: Ended) -> None:
        if not self._ended:
            self._ended = True
            self._up.set()
            self._events.put_nowait(ended)
            self._over()
