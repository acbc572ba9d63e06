"""RTP packets read and written (RFC 3550 §5.1). Pure; what cannot be a packet of sound is None, never an error."""

from __future__ import annotations

import secrets
import struct
from typing import NamedTuple

HEADER = struct.Struct("!BBHII")
VERSION = 2
LONGEST = 1500
_RTCP = range(72, 77)  # SR … APP as they look with the marker bit taken off (RFC 5761 §4)


class Packet(NamedTuple):
    """One packet; `stamp` is its RTP timestamp, in samples."""

    payload_type: int
    sequence: int
    stamp: int
    ssrc: int
    payload: bytes


def read(data: bytes) -> Packet | None:
    """A packet, or None for what is none: RTCP, STUN, fragments, padding longer than the packet."""
    if not HEADER.size < len(data) <= LONGEST:
        return None
    first, second, sequence, stamp, ssrc = HEADER.unpack_from(data)
    kind = second & 0x7F
    if first >> 6 != VERSION or kind in _RTCP:
        return None
    if first & 0x3F:
        start, end = _edges(data, first)
        if start >= end:
            return None
        return Packet(kind, sequence, stamp, ssrc, data[start:end])
    return Packet(kind, sequence, stamp, ssrc, data[HEADER.size :])


def _edges(data: bytes, first: int) -> tuple[int, int]:
    """Where the payload starts and ends, with contributors, an extension or padding; start ≥ end where they lie."""
    start = HEADER.size + 4 * (first & 0x0F)
    if first & 0x10:
        if start + 4 > len(data):
            return 0, 0
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    return start, len(data) - (data[-1] if first & 0x20 else 0)


class Sender:
    """
    Numbers our packets: one SSRC for the life of a leg, sequence and timestamp never jump.

    A browser that follows a change of SSRC never comes back to the first; telephones click.
    """

    def __init__(self, *, ssrc: int | None = None, sequence: int | None = None, stamp: int | None = None) -> None:
        self.ssrc = secrets.randbits(32) if ssrc is None else ssrc
        self._sequence = secrets.randbits(15) if sequence is None else sequence
        self.stamp = secrets.randbits(31) if stamp is None else stamp
        self._first = True
        self.sent = 0

    def pack(self, payload: bytes, payload_type: int, *, stamp: int | None = None, marked: bool = False) -> bytes:
        """The next packet; `stamp` is given for a key, whose packets all carry the time it was pressed."""
        mark = 0x80 if marked or self._first else 0
        header = HEADER.pack(
            0x80, mark | payload_type, self._sequence, self.stamp if stamp is None else stamp, self.ssrc
        )
        self._first = False
        self._sequence = (self._sequence + 1) & 0xFFFF
        self.sent += 1
        return header + payload

    def advance(self, samples: int) -> None:
        """Time passes, whether something was sent or not."""
        self.stamp = (self.stamp + samples) & 0xFFFFFFFF
