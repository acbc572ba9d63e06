"""One browser: its offer is answered, and from then on plain RTP packets go in and out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack

from channels.call_center.ports import Law
from channels.call_center.webrtc.identity import identify
from channels.call_center.webrtc.inside import FastPath, MediaPlace, NoPort, bind_to, ssrc_of

G711 = ("audio/PCMA", "audio/PCMU")
LAWS: dict[int, Law] = {8: "PCMA", 0: "PCMU"}


class OfferRefused(Exception):
    """The page offered no sound that we can take (G.711), or no offer at all; the message is for the log."""


class Peer:
    """
    The sound of one browser as a wire of plain RTP packets.

    `up` is told when the page is connected, `gone` once when it has closed, fell silent for good, or was never reached.
    SSRC and payload type of what is sent have to be `ssrc` and `payload_type`, known after `answer`.
    """

    def __init__(self, place: MediaPlace, *, up: Callable[[], None], gone: Callable[[], None]) -> None:
        self._place, self._up = place, up
        self._gone: Callable[[], None] | None = gone
        self._hear: Callable[[bytes], None] = nobody
        self._path: FastPath | None = None
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        identify(self._peer)
        self._peer.on("connectionstatechange", self._changed)
        self.payload_type = 8

    @property
    def local(self) -> tuple[str, int]:
        """Where browsers are told to send."""
        sockname = self._peer.getTransceivers()[0].sender.transport.transport.iceGatherer.getLocalCandidates()[0]
        return (sockname.ip, sockname.port)

    @property
    def ssrc(self) -> int:
        """The SSRC of everything that is sent."""
        return ssrc_of(self._peer)

    @property
    def law(self) -> Law:
        """The law that the answer put first."""
        return LAWS[self.payload_type]

    @property
    def connected(self) -> bool:
        """Whether the page has been reached; it stays so until `gone`."""
        return self._path is not None and self._peer.connectionState == "connected"

    async def answer(self, offer: str) -> str:
        """The SDP that answers the page's. Raises: OfferRefused, NoPort."""
        transceiver = self._peer.addTransceiver(Quiet(), direction="sendrecv")
        known = RTCRtpSender.getCapabilities("audio").codecs
        transceiver.setCodecPreferences([codec for name in G711 for codec in known if codec.mimeType == name])
        bind_to(self._peer, self._place)
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(sdp=without_addresses(offer), type="offer"))
            await self._peer.setLocalDescription(await self._peer.createAnswer())
        except NoPort:
            raise
        except Exception as error:  # a stranger's SDP: the parser raises whatever it stumbles over
            raise OfferRefused(f"the offer cannot be read: {type(error).__name__}") from error
        self.payload_type = self._agreed(offer)
        return str(self._peer.localDescription.sdp)

    def send(self, packet: bytes) -> None:
        """Send a plain RTP packet; one that is sent before the browser is connected is dropped."""
        if self._path is not None:
            self._path.send(packet)

    def listen(self, hear: Callable[[bytes], None]) -> None:
        """Give every RTP packet of the browser, opened, to `hear`."""
        self._hear = hear

    async def close(self) -> None:
        """Tell the browser, and free the port; `gone` is not told of it."""
        self._gone = None
        await self._peer.close()

    def _agreed(self, offer: str) -> int:
        codecs = self._peer.getTransceivers()[0]._codecs
        if not offer or not codecs or codecs[0].payloadType not in LAWS:
            raise OfferRefused("no G.711 in the offer")
        return int(codecs[0].payloadType)

    def _changed(self) -> None:
        state = self._peer.connectionState
        if state == "connected" and self._path is None:
            self._path = FastPath(self._peer, self._heard)
            self._up()
        elif state in ("closed", "failed") and self._gone is not None:
            gone, self._gone = self._gone, None
            gone()

    def _heard(self, packet: bytes) -> None:
        self._hear(packet)


def without_addresses(offer: str) -> str:
    """
    The offer without its candidates: a browser reaches us first, and its check shows where it is.

    So nobody can have us send anything to an address of their choice.
    """
    lines = offer.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(("a=candidate", "a=end-of-candidates")))


class Quiet(AudioStreamTrack):
    """A track that never gives anything: our own clock sends."""

    async def recv(self) -> Any:
        """Wait for ever."""
        await asyncio.get_running_loop().create_future()


def nobody(packet: bytes) -> None:
    """Nobody listens yet."""
