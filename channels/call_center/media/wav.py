"""Stereo sound as a WAV file: 8 kHz, 16 bit, left what we heard, right what we played. Every player takes it. Pure."""

from __future__ import annotations

import audioop
import struct

from channels.call_center.media.g711 import RATE, WIDTH

HEADER_BYTES = 44
CHANNELS = 2
SAMPLE_BYTES = WIDTH * CHANNELS


def header(sound_bytes: int) -> bytes:
    """The 44 bytes before so many bytes of stereo sound."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        HEADER_BYTES - 8 + sound_bytes,
        b"WAVE",
        b"fmt ",
        16,
        1,
        CHANNELS,
        RATE,
        RATE * SAMPLE_BYTES,
        SAMPLE_BYTES,
        WIDTH * 8,
        b"data",
        sound_bytes,
    )


def stereo(left: bytes, right: bytes) -> bytes:
    """Two linear sounds of one length side by side."""
    return audioop.add(audioop.tostereo(left, WIDTH, 1, 0), audioop.tostereo(right, WIDTH, 0, 1), WIDTH)
