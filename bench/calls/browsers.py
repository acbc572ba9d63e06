"""Browsers without their cost: ICE, DTLS and SRTP as ever, sound by the packet."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from channels.call_center.media.g711 import FRAME
from channels.call_center.media.rtp import Sender
from channels.call_center.webrtc.inside import FastPath
from channels.call_center.webrtc.peer import Quiet
from channels.call_center.webrtc.tests.pages import Page

FRAME_S = 0.02
_PCMA = 8
SILENCE = b"\xd5" * FRAME
_SAID = random.Random(711).randbytes(FRAME)


class FastPage(Page):
    """
    Says the same frame each tick; notes when packets come, by the loop's clock.

    `says` is that frame. `loud_at`: when something that is no silence last began to be heard; `said_at`: when we
    began to say another one.
    """

    def __init__(self) -> None:
        super().__init__(says=Quiet())
        self.says, self.loud_at, self.said_at = _SAID, 0.0, 0.0
        self.arrivals: list[float] = []
        self.jumps = 0
        self.is_loud, self._said = False, self.says
        self._last: int | None = None
        self._path: FastPath | None = None
        self._sender: Sender | None = None
        self.peer.on("connectionstatechange", self._changed)

    def say(self) -> None:
        """One packet; nothing before it is connected."""
        if self._path is not None and self._sender is not None:
            self._path.send(self._sender.pack(self.says, _PCMA))
            self._sender.advance(FRAME)
            if self.says is not self._said:
                self._said, self.said_at = self.says, asyncio.get_running_loop().time()

    def forget(self) -> None:
        """Begin to note anew."""
        self.arrivals.clear()
        self.jumps = 0

    def _changed(self) -> None:
        if self.peer.connectionState == "connected" and self._path is None:
            self._path = FastPath(self.peer, self._heard)
            self._sender = Sender(ssrc=int(self.peer.getTransceivers()[0].sender._ssrc))

    def _heard(self, packet: bytes) -> None:
        now = asyncio.get_running_loop().time()
        self.arrivals.append(now)
        loud = packet[12:] != SILENCE
        if loud and not self.is_loud:
            self.loud_at = now
        self.is_loud = loud
        sequence = int.from_bytes(packet[2:4], "big")
        self.jumps += self._last is not None and (sequence - self._last) & 0xFFFF != 1
        self._last = sequence


async def keep_talking(pages: Sequence[FastPage]) -> None:
    """Everybody says a packet each 20 ms, until cancelled."""
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        for page in pages:
            page.say()
        due += FRAME_S
        await asyncio.sleep(max(0.0, due - loop.time()))
