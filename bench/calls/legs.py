"""
A process of WebRTC legs that speak and listen: ours, or as aiortc comes.

    python -m bench.calls.legs ours|aiortc

Each line of its input is an offer (JSON), answered by a line; an empty line asks what all of it has taken so far.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
import threading
import time
from typing import Protocol

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack

from channels.call_center.media.engine import Engine
from channels.call_center.media.settings import MediaSettings
from channels.call_center.prompts.catalogue import read_catalogue
from channels.call_center.prompts.sounds import load_prompts
from channels.call_center.webrtc.inside import MediaPlace, bind_to
from channels.call_center.webrtc.peer import Peer
from channels.call_center.webrtc.wire import BrowserWire
from tests.support.servers import LOOPBACK

_PLACE = MediaPlace(LOOPBACK)


class Legs(Protocol):
    """A kind of legs."""

    async def answer(self, offer: str) -> str:
        """One more."""


class Ours:
    """The engine's clock, music, SRTP by the packet."""

    def __init__(self) -> None:
        settings = MediaSettings(latest_ms=math.inf, most_legs=10_000)
        self._engine = Engine(LOOPBACK, range(0), load_prompts(read_catalogue()), settings=settings)
        self._started = False

    async def answer(self, offer: str) -> str:
        """A leg that hears music."""
        if not self._started:
            await self._engine.start()
            self._started = True
        peer = Peer(_PLACE, up=lambda: None, gone=lambda: None)
        answer = await peer.answer(offer)
        wire = BrowserWire(peer)
        leg = self._engine.open(wire)
        leg.talk(wire.plan)
        leg.music("music")
        return answer


class Stock:
    """aiortc's own media: a track of silence that is encoded, and one that is decoded and thrown away."""

    def __init__(self) -> None:
        self._kept: list[object] = []

    async def answer(self, offer: str) -> str:
        """A connection as its examples make them."""
        peer, sink = RTCPeerConnection(RTCConfiguration(iceServers=[])), MediaBlackhole()
        self._kept += [peer, sink]

        @peer.on("track")
        async def hear(track: MediaStreamTrack) -> None:
            sink.addTrack(track)
            await sink.start()

        transceiver = peer.addTransceiver(AudioStreamTrack(), direction="sendrecv")
        known = RTCRtpSender.getCapabilities("audio").codecs
        transceiver.setCodecPreferences([codec for codec in known if codec.mimeType == "audio/PCMA"])
        bind_to(peer, _PLACE)
        await peer.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        return str(peer.localDescription.sdp)


async def serve(legs: Legs) -> None:
    """Until there is no more input."""
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if line.strip():
            told: dict[str, object] = {"sdp": await legs.answer(json.loads(line)["sdp"])}
        else:
            told = {"cpu_s": time.process_time(), "at_s": time.monotonic(), "threads": threading.active_count()}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(Ours() if sys.argv[1] == "ours" else Stock()))
