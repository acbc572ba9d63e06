"""
The two laws of telephone sound: 8,000 samples a second, a byte each (ITU-T G.711).

A frame is 20 ms: 160 bytes, or 320 bytes of linear sound (16 bit, little-endian, mono). What can be a table is one:
`bytes.translate` turns a frame from one law into the other, or halves its volume, in a tenth of a microsecond.
"""

from __future__ import annotations

import audioop
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from channels.call_center.ports import Law

RATE: Final = 8000
FRAME: Final = 160
FRAME_MS: Final = 20
FRAMES_A_SECOND: Final = 50
WIDTH: Final = 2

PAYLOAD_TYPES: Final[Mapping[int, Law]] = MappingProxyType({0: "PCMU", 8: "PCMA"})
SILENCE: Final[Mapping[Law, bytes]] = MappingProxyType({"PCMA": b"\xd5" * FRAME, "PCMU": b"\xff" * FRAME})


def decode(sound: bytes, law: Law) -> bytes:
    """Linear sound, two bytes for one."""
    return audioop.alaw2lin(sound, WIDTH) if law == "PCMA" else audioop.ulaw2lin(sound, WIDTH)


def encode(linear: bytes, law: Law) -> bytes:
    """G.711 of linear sound, one byte for two."""
    return audioop.lin2alaw(linear, WIDTH) if law == "PCMA" else audioop.lin2ulaw(linear, WIDTH)


def frames(linear: bytes, law: Law) -> bytes:
    """G.711 of linear sound in whole frames, the last one filled with silence."""
    sound = encode(linear, law)
    return sound + SILENCE[law][: -len(sound) % FRAME]


def convert(sound: bytes, origin: Law, law: Law) -> bytes:
    """The same sound in another law; the very same bytes where nothing changes."""
    return sound if origin == law else sound.translate(_OTHER[law])


def halve(sound: bytes, law: Law) -> bytes:
    """Half the volume."""
    return sound.translate(_HALF[law])


def mix(linear: Iterable[bytes]) -> bytes:
    """The sum of linear frames; what is too loud is cut, not wrapped around."""
    frames = iter(linear)
    total = next(frames)
    for frame in frames:
        total = audioop.add(total, frame, WIDTH)
    return total


def loudness(linear: bytes) -> int:
    """Root mean square, 0 … 32,767. Speech on a telephone is around 1,000 to 5,000."""
    return audioop.rms(linear, WIDTH)


_EVERY = bytes(range(256))
_OTHER: Final[Mapping[Law, bytes]] = MappingProxyType(
    {"PCMA": encode(decode(_EVERY, "PCMU"), "PCMA"), "PCMU": encode(decode(_EVERY, "PCMA"), "PCMU")}
)
_HALF: Final[Mapping[Law, bytes]] = MappingProxyType(
    {
        "PCMA": encode(audioop.mul(decode(_EVERY, "PCMA"), WIDTH, 0.5), "PCMA"),
        "PCMU": encode(audioop.mul(decode(_EVERY, "PCMU"), WIDTH, 0.5), "PCMU"),
    }
)
