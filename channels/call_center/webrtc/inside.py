"""
Here, and in `identity`, private names of aiortc and aioice are known (both pinned); `tests/test_peer.py` fails when one
is gone.

Why they are needed: the stock path for sound carries about twenty calls a core and adds 200 ms after one lost packet;
aioice binds to every address of the machine, to any port, and never to 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pylibsrtp
from aioice.candidate import Candidate, candidate_foundation, candidate_priority
from aioice.ice import StunProtocol
from aiortc import RTCPeerConnection, clock
from aiortc.rtcrtpreceiver import StreamStatistics

SAMPLES_A_SECOND = 8000
COUNTED_EVERY = 25  # packets: twice a second, as often as a sender report goes


class NoPort(Exception):
    """Every port of the range is taken."""


@dataclass(frozen=True, slots=True)
class MediaPlace:
    """
    Where browsers reach us: the address we bind, the ports (first, last; 0, 0: any), and the address told to them.

    `advertised` differs from `address` behind a one-to-one NAT; empty: the same. With `rtpengine` (its control address)
    browsers reach that, and only its plain RTP comes to `address`.
    """

    address: str
    ports: tuple[int, int] = (0, 0)
    advertised: str = ""
    rtpengine: tuple[str, int] | None = None


def bind_to(peer: RTCPeerConnection, place: MediaPlace) -> None:
    """Let the connection gather one candidate, at this place, instead of one for each address of the machine."""
    connection = _transport(peer).transport.iceGatherer._connection

    async def candidates(component: int, addresses: list[str], **_given: int) -> list[Candidate]:
        protocol = await _bound(connection, place)
        host, port = protocol.transport.get_extra_info("sockname")[:2]
        protocol.local_candidate = Candidate(
            foundation=candidate_foundation("host", "udp", host),
            component=component,
            transport="udp",
            priority=candidate_priority(component, "host"),
            host=place.advertised or host,
            port=port,
            type="host",
        )
        connection._protocols.append(protocol)
        return [protocol.local_candidate]

    connection.get_component_candidates = candidates


async def _bound(connection: Any, place: MediaPlace) -> StunProtocol:
    first, last = place.ports
    choices = list(range(first, last + 1))
    random.shuffle(choices)
    bind = functools.partial(asyncio.get_running_loop().create_datagram_endpoint, lambda: StunProtocol(connection))
    for port in choices:
        with contextlib.suppress(OSError):
            _, protocol = await bind(local_addr=(place.address, port))
            return protocol
    raise NoPort(f"no free port at {place.address} between {first} and {last}")


@dataclass(slots=True)
class _Seen:
    """As much of a packet as aiortc's statistics look at."""

    sequence_number: int
    timestamp: int


class FastPath:
    """
    Packets of a connected peer, past aiortc's queues, decoders and threads.

    In: each SRTP packet is opened and given to `hear` as a plain RTP packet. Out: `send` protects a plain RTP packet;
    SSRC and payload type have to be those of the answer. Reports (RTCP) stay with aiortc, which is told the counts.
    """

    def __init__(self, peer: RTCPeerConnection, hear: Callable[[bytes], None]) -> None:
        self._hear = hear
        self._transport = _transport(peer)
        self._connection = self._transport.transport._connection
        transceiver: Any = peer.getTransceivers()[0]
        self._sender: Any = transceiver.sender
        self._streams = transceiver.receiver._RTCRtpReceiver__remote_streams
        self._sent = self._octets = 0
        transceiver.receiver._RTCRtpReceiver__decoder_queue.put(None)  # no thread waits for what never comes
        for protocol in self._connection._protocols:
            protocol.datagram_received = self._tap(protocol.datagram_received)

    def send(self, packet: bytes) -> None:
        """Send a plain RTP packet to the browser; nothing while there is no way to it."""
        pair = self._connection._nominated.get(1)
        if pair is None:
            return
        pair.protocol.transport.sendto(self._transport._tx_srtp.protect(packet), pair.remote_addr)
        self._sent += 1
        self._octets += len(packet) - 12
        if self._sent % COUNTED_EVERY == 1:
            self._count(packet)

    def _tap(self, usual: Callable[[bytes, Any], None]) -> Callable[[bytes, Any], None]:
        def received(data: bytes, address: Any) -> None:
            if len(data) > 12 and 128 <= data[0] < 192 and not 64 <= data[1] & 0x7F < 96:
                self._received(data)
            else:  # STUN, DTLS and RTCP
                usual(data, address)

        return received

    def _received(self, data: bytes) -> None:
        try:
            packet = self._transport._rx_srtp.unprotect(data)
        except pylibsrtp.Error:
            return  # not of this call, or a replay
        sequence, timestamp, ssrc = struct.unpack_from("!HLL", packet, 2)
        if ssrc not in self._streams:
            self._streams[ssrc] = StreamStatistics(SAMPLES_A_SECOND)
        self._streams[ssrc].add(_Seen(sequence, timestamp))
        self._hear(packet)

    def _count(self, packet: bytes) -> None:
        """Tell the sender reports what was sent, so that the browser can measure delay and loss."""
        sender = self._sender
        sender._RTCRtpSender__packet_count = self._sent
        sender._RTCRtpSender__octet_count = self._octets
        sender._RTCRtpSender__rtp_timestamp = int.from_bytes(packet[4:8], "big")
        sender._RTCRtpSender__ntp_timestamp = clock.current_ntp_time()


def ssrc_of(peer: RTCPeerConnection) -> int:
    """The one SSRC of what we send to this browser; another one in mid-call would be silence."""
    return int(peer.getTransceivers()[0].sender._ssrc)


def _transport(peer: RTCPeerConnection) -> Any:
    return peer.getTransceivers()[0].sender.transport
