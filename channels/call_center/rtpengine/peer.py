"""One browser behind rtpengine: its offer is answered there, and plain RTP goes between rtpengine and us."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import structlog

from channels.call_center.ports import Law
from channels.call_center.rtpengine.ng import Ng, Refused
from channels.call_center.webrtc.inside import MediaPlace, NoPort
from channels.call_center.webrtc.peer import LAWS, OfferRefused, nobody, without_addresses

log = structlog.get_logger()

SILENT_S = 10.0
"""A browser sends all the time, muted or not; after so long without a packet it is gone."""
ARRIVE_S = 30.0
_LOOK_S = 0.5
_SOUND = re.compile(r"^m=audio (\d+) \S+ ([\d ]+)", re.MULTILINE)
_WHERE = re.compile(r"^c=IN IP[46] (\S+)", re.MULTILINE)


class RtpenginePeer(asyncio.DatagramProtocol):
    """
    The same as `webrtc.peer.Peer`, without its work: rtpengine does ICE, DTLS and SRTP on cores of its own.

    `up` is told with the first packet, `gone` once when nothing has come for `SILENT_S`, or ever.
    """

    def __init__(self, place: MediaPlace, *, up: Callable[[], None], gone: Callable[[], None]) -> None:
        assert place.rtpengine is not None
        self._place, self._engine, self._up = place, place.rtpengine, up
        self._gone: Callable[[], None] | None = gone
        self._hear: Callable[[bytes], None] = nobody
        self._call = secrets.token_hex(12)
        self._wire: asyncio.DatagramTransport | None = None
        self._target = ("", 0)
        self._heard_at: float | None = None
        self._watching: asyncio.Task[None] | None = None
        self.ssrc = secrets.randbits(32)
        self.payload_type = 8

    @property
    def local(self) -> tuple[str, int]:
        """Where rtpengine is told to send."""
        assert self._wire is not None
        return cast(tuple[str, int], self._wire.get_extra_info("sockname")[:2])

    @property
    def law(self) -> Law:
        """The law that the answer names."""
        return LAWS[self.payload_type]

    @property
    def connected(self) -> bool:
        """Whether the browser is heard."""
        return self._heard_at is not None and self._gone is not None

    async def answer(self, offer: str) -> str:
        """The SDP that answers the page's. Raises: OfferRefused, NoPort."""
        await self._bind()
        try:
            async with Ng(self._engine) as ng:
                plain = await self._asked(ng, "offer", sdp=without_addresses(offer), **_TO_US)
                self._agree(plain)
                answered = await self._asked(ng, "answer", sdp=self._ours(), to_tag="ours", **_TO_PAGE)
        except Refused as error:
            raise NoPort(str(error)) from error
        self._watching = asyncio.ensure_future(self._watch())
        return answered

    def send(self, packet: bytes) -> None:
        """Send a plain RTP packet towards the browser."""
        if self._wire is not None and not self._wire.is_closing():
            self._wire.sendto(packet, self._target)

    def listen(self, hear: Callable[[bytes], None]) -> None:
        """Give every RTP packet of the browser to `hear`."""
        self._hear = hear

    async def close(self) -> None:
        """Have rtpengine forget it; `gone` is not told of it."""
        self._gone = None
        if self._watching is not None:
            self._watching.cancel()
        if self._wire is not None:
            self._wire.close()
        with suppress(Refused):
            async with Ng(self._engine) as ng:
                await ng.ask("delete", call_id=self._call, delete_delay=0)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Sound, if it is rtpengine's; RTCP is its own affair."""
        if addr[:2] != self._target or len(data) < 12 or 64 <= data[1] & 0x7F < 96:
            return
        first, self._heard_at = self._heard_at is None, asyncio.get_running_loop().time()
        if first:
            self._up()
        self._hear(data)

    async def _bind(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._wire, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self._place.address, 0))
        except OSError as error:
            raise NoPort(f"no free port at {self._place.address}") from error

    async def _asked(self, ng: Ng, command: str, **told: Any) -> str:
        answer = await ng.ask(command, call_id=self._call, from_tag="page", replace=["origin"], **told)
        sdp = answer.get("sdp")
        return sdp.decode(errors="replace") if isinstance(sdp, bytes) else ""

    def _agree(self, plain: str) -> None:
        """Their first G.711, and where rtpengine takes our sound."""
        sound, where = _SOUND.search(plain), _WHERE.search(plain)
        if not sound or not where:
            raise OfferRefused("no sound in the offer")
        types = [int(one) for one in sound[2].split() if int(one) in LAWS]
        if not types:
            raise OfferRefused("no G.711 in the offer")
        self.payload_type = 8 if 8 in types else types[0]
        self._target = (where[1], int(sound[1]))

    def _ours(self) -> str:
        host, port = self.local
        law, kind = self.law, self.payload_type
        family = "IP6" if ":" in host else "IP4"
        lines = (
            *("v=0", f"o=- 1 1 IN {family} {host}", "s=-", f"c=IN {family} {host}", "t=0 0"),
            *(f"m=audio {port} RTP/AVP {kind}", f"a=rtpmap:{kind} {law}/8000", "a=ptime:20", "a=sendrecv", ""),
        )
        return "\r\n".join(lines)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while True:
            await asyncio.sleep(_LOOK_S)
            heard = self._heard_at
            if loop.time() - (began + ARRIVE_S - SILENT_S if heard is None else heard) >= SILENT_S:
                break
        gone, self._gone = self._gone, None
        if gone is not None:
            gone()


_TO_US: dict[str, Any] = {"ICE": "remove", "transport_protocol": "RTP/AVP", "rtcp_mux": ["demux"]}
_TO_PAGE: dict[str, Any] = {"ICE": "force", "transport_protocol": "UDP/TLS/RTP/SAVPF", "rtcp_mux": ["require"]}
