"""Recordings and films as phones make them."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import Any

import av


def voice(container: str = "amr", codec: str = "libopencore_amrnb", *, rate: int = 8000, seconds: int = 1) -> bytes:
    """A saw tooth."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as made:
        stream: Any = made.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(format=stream.codec_context.format or "s16", layout="mono", rate=rate)
        sound = av.AudioFrame(format="s16", layout="mono", samples=rate * seconds)
        tooth = b"".join((height * 300).to_bytes(2, "little") for height in range(50))
        sound.planes[0].update((tooth * rate * seconds)[: rate * seconds * 2].ljust(sound.planes[0].buffer_size, b"\0"))
        sound.rate, sound.pts, sound.time_base = rate, 0, Fraction(1, rate)
        for piece in (*resampler.resample(sound), *resampler.resample(None)):
            made.mux(stream.encode(piece))
        made.mux(stream.encode(None))
    return out.getvalue()


def film(codec: str = "h263", *, seconds: int = 1, width: int = 176, height: int = 144) -> bytes:
    """Grey pictures, getting lighter (in H.263, which no browser plays)."""
    out = io.BytesIO()
    with av.open(out, "w", format="3gp") as made:
        stream: Any = made.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(10 * seconds):
            picture = av.VideoFrame(width, height, "yuv420p")
            for plane in picture.planes:
                plane.update(bytes([number * 7 % 256]) * plane.buffer_size)
            made.mux(stream.encode(picture))
        made.mux(stream.encode(None))
    return out.getvalue()
