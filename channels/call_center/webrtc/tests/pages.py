"""A second peer that stands for a page: stock aiortc, which sends and hears G.711."""

from __future__ import annotations

import asyncio

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamTrack

from channels.call_center.webrtc.inside import MediaPlace, bind_to

LOOPBACK = MediaPlace("127.0.0.1")


class Page:
    """Offers, and keeps the frames that it hears."""

    def __init__(self, codec: str = "audio/PCMA", *, says: MediaStreamTrack | None = None) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        transceiver = self.peer.addTransceiver(says or AudioStreamTrack(), direction="sendrecv")
        known = RTCRtpSender.getCapabilities("audio").codecs
        transceiver.setCodecPreferences([item for item in known if item.mimeType == codec])
        self.peer.on("track", self._track)
        self.track: asyncio.Future[MediaStreamTrack] = asyncio.get_running_loop().create_future()
        bind_to(self.peer, LOOPBACK)

    async def offer(self) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return self.peer.localDescription.sdp

    async def take(self, answer: str) -> None:
        await self.peer.setRemoteDescription(RTCSessionDescription(sdp=answer, type="answer"))

    def _track(self, track: MediaStreamTrack) -> None:
        self.track.set_result(track)
