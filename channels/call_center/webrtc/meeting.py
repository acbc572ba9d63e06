"""Who meets a browser: we ourselves, or rtpengine for us."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from channels.call_center.ports import Law
from channels.call_center.webrtc.inside import MediaPlace


class Browser(Protocol):
    """The sound of one browser as a wire of plain RTP packets; what each means: `webrtc.peer.Peer`."""

    payload_type: int

    @property
    def local(self) -> tuple[str, int]:
        """Where its sound is taken."""

    @property
    def ssrc(self) -> int:
        """The SSRC of everything that is sent."""

    @property
    def law(self) -> Law:
        """The law that was agreed on."""

    @property
    def connected(self) -> bool:
        """Whether the page has been reached."""

    async def answer(self, offer: str) -> str:
        """The SDP that answers the page's. Raises: OfferRefused, NoPort."""

    def send(self, packet: bytes) -> None:
        """Send a plain RTP packet."""

    def listen(self, hear: Callable[[bytes], None]) -> None:
        """Give every RTP packet to `hear`."""

    async def close(self) -> None:
        """Free what it holds; `gone` is not told of it."""


def browser_at(place: MediaPlace, *, up: Callable[[], None], gone: Callable[[], None]) -> Browser:
    """Whoever meets browsers at this place; `up` and `gone` as `Peer`."""
    if place.rtpengine is not None:
        from channels.call_center.rtpengine.peer import RtpenginePeer

        return RtpenginePeer(place, up=up, gone=gone)
    from channels.call_center.webrtc.peer import Peer

    return Peer(place, up=up, gone=gone)
