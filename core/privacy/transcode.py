"""
A playable copy of a film or a recording, made in a process of its own: whatever the file does there, it ends there.

Run as a program: the file on standard input, the copy on standard output (MP4: H.264 and AAC, or AAC alone), nothing
but an exit code where there is none. Nothing plain touches the disk. Imports nothing of ours: it starts at once.
"""

from __future__ import annotations

import io
import resource
import sys
from fractions import Fraction
from typing import Any

LONGEST_SECONDS = 600
MOST_PIXELS = 1920 * 1088
MOST_BYTES = 40 * 1024 * 1024
CPU_SECONDS = 90
_MEMORY = 3 * 1024 * 1024 * 1024
_SHOWN = (854, 480)
_RATE = 32_000
_FRAMES_A_SECOND = 30


class Unplayable(Exception):
    """No copy can be made, or none within the limits."""


def main() -> int:
    """Read, write; 0 where there is a copy, 1 where there is none."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        copy = transcode(sys.stdin.buffer.read())
    except (Unplayable, ValueError, OSError, MemoryError, ArithmeticError, LookupError):  # what PyAV raises are these
        return 1
    sys.stdout.buffer.write(copy)
    return 0


def transcode(data: bytes) -> bytes:
    """The first picture track and the first sound track as MP4. Raises Unplayable, or what PyAV raises."""
    import av

    out = io.BytesIO()
    with av.open(io.BytesIO(data), metadata_errors="ignore") as source:
        video = next(iter(source.streams.video), None)
        audio = next(iter(source.streams.audio), None)
        if video is None and audio is None:
            raise Unplayable("neither picture nor sound")
        name = "mp4" if video is not None else "ipod"
        with av.open(out, "w", format=name) as target:
            tracks: dict[int, Any] = {}
            if video is not None:
                tracks[video.index] = _Pictures(target, video)
            if audio is not None:
                tracks[audio.index] = _Sound(target)
            _copy(source, tracks, out)
    if not out.getbuffer().nbytes or not any(track.count for track in tracks.values()):
        raise Unplayable("empty")
    return out.getvalue()


def _copy(source: Any, tracks: dict[int, Any], out: io.BytesIO) -> None:
    for packet in source.demux([source.streams[index] for index in tracks]):
        for frame in packet.decode():
            if frame.time is not None and frame.time > LONGEST_SECONDS:
                raise Unplayable("too long")
            tracks[packet.stream.index].put(frame)
        if out.tell() > MOST_BYTES:
            raise Unplayable("too much")
    for track in tracks.values():
        track.put(None)


class _Pictures:
    """H.264, no larger than a screen needs."""

    def __init__(self, target: Any, video: Any) -> None:
        width, height = video.codec_context.width, video.codec_context.height
        if not 0 < width * height <= MOST_PIXELS:
            raise Unplayable("too many pixels")
        scale = min(1.0, _SHOWN[0] / max(width, height), _SHOWN[1] / min(width, height))
        rate = video.average_rate or Fraction(25)
        self._stream = target.add_stream("libx264", rate=max(Fraction(1), min(rate, Fraction(_FRAMES_A_SECOND))))
        self._stream.width, self._stream.height = (max(2, round(side * scale / 2) * 2) for side in (width, height))
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {"preset": "veryfast", "crf": "28"}
        self._stream.codec_context.thread_count = 1
        self._target, self._last, self.count = target, -1.0, 0

    def put(self, frame: Any) -> None:
        """Encode one picture; None: there are no more."""
        if frame is None:
            self._target.mux(self._stream.encode(None))
            return
        if frame.width * frame.height > MOST_PIXELS:
            raise Unplayable("too many pixels")
        at = frame.time if frame.time is not None else self.count / _FRAMES_A_SECOND
        if at < self._last + 0.9 / _FRAMES_A_SECOND:
            return
        shown = frame.reformat(self._stream.width, self._stream.height, "yuv420p")
        shown.time_base, shown.pts = Fraction(1, 90_000), round(at * 90_000)
        self._target.mux(self._stream.encode(shown))
        self._last, self.count = at, self.count + 1


class _Sound:
    """AAC, one channel."""

    def __init__(self, target: Any) -> None:
        from av.audio.resampler import AudioResampler

        self._stream = target.add_stream("aac", rate=_RATE, layout="mono", bit_rate=64_000)
        self._resampler = AudioResampler(format="fltp", layout="mono", rate=_RATE)
        self._target, self.count = target, 0

    def put(self, frame: Any) -> None:
        """Encode a piece of sound; None: there is no more."""
        for piece in self._resampler.resample(frame):
            piece.time_base, piece.pts = Fraction(1, _RATE), self.count
            self.count += piece.samples
            if self.count > LONGEST_SECONDS * _RATE:
                raise Unplayable("too long")
            self._target.mux(self._stream.encode(piece))
        if frame is None:
            self._target.mux(self._stream.encode(None))


if __name__ == "__main__":
    sys.exit(main())
