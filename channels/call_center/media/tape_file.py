"""The file of one recording, used on the recorder's thread only. A frame is 20 ms: 640 bytes of stereo sound."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from channels.call_center.media import sealing, wav
from channels.call_center.media.g711 import FRAME, FRAME_MS, WIDTH, decode, loudness
from channels.call_center.media.voice import VoiceMeter
from channels.call_center.ports import Law, Recorded

SealTo = Callable[[], bytes | None]
"""The public key of whoever may open finished recordings, as far as it is known; None leaves them plain."""
FRAME_BYTES = FRAME * wav.SAMPLE_BYTES
_LINEAR_FRAME = FRAME * WIDTH
_READ = 1 << 16


class TapeFile:
    """Written frame by frame at its place in time: what the disk refuses leaves a hole, and a hole is silence."""

    def __init__(self, path: Path, *, seal_to: SealTo, refused: Callable[[Path, OSError], None]) -> None:
        self._path, self._seal_to, self._refused = path, seal_to, refused
        self._file: int | None = None
        self._meter = VoiceMeter()
        self.complete = True
        self.taken = 0

    def write(self, start: int, heard: bytes, said: bytes, law: Law) -> None:
        """Frames from number `start` on, both sides in `law`; `taken` counts these calls. Never raises."""
        self.taken += 1
        left, right = decode(heard, law), decode(said, law)
        self._listen(left)
        try:
            self._put(start * FRAME_BYTES, wav.stereo(left, right))
        except OSError as error:
            self._refuse(error)

    def finish(self, frames: int, ended: str) -> Recorded:
        """Close it. Never raises: where nothing could be kept the digest is empty and `complete` False."""
        digest, reader = "", self._seal_to()
        try:
            digest = self._close(frames, synced=reader is None)
        except OSError as error:
            self._refuse(error)
        return Recorded(
            path=self._sealed(reader) if reader and digest else self._path,
            seconds=frames * FRAME_MS / 1000,
            sha256=digest,
            spoken_seconds=self._meter.spoken_s,
            ended=ended,  # type: ignore[arg-type]
            complete=self.complete,
        )

    def _listen(self, left: bytes) -> None:
        for at in range(0, len(left), _LINEAR_FRAME):
            self._meter.add(loudness(left[at : at + _LINEAR_FRAME]))

    def _put(self, at: int, sound: bytes) -> None:
        file = self._opened()
        _write_all(file, sound, wav.HEADER_BYTES + at)
        _write_all(file, wav.header(at + len(sound)), 0)

    def _opened(self) -> int:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        return self._file

    def _sealed(self, reader: bytes) -> Path:
        """A disk that has no room for the sealed file leaves the plain one, whole."""
        try:
            return sealing.seal_file(self._path, reader)
        except OSError as error:
            self._refused(self._path, error)
            return self._path

    def _close(self, frames: int, *, synced: bool) -> str:
        file = self._opened()
        self._file = None
        try:
            size = frames * FRAME_BYTES
            os.ftruncate(file, wav.HEADER_BYTES + size)
            _write_all(file, wav.header(size), 0)
            if synced:  # what is sealed at once is synced then
                os.fsync(file)
            return _digest(file)
        finally:
            os.close(file)

    def _refuse(self, error: OSError) -> None:
        if self.complete:
            self._refused(self._path, error)
        self.complete = False


def _write_all(file: int, data: bytes, at: int) -> None:
    """A disk that is nearly full takes a part without complaint."""
    while data:
        written = os.pwrite(file, data, at)
        data, at = data[written:], at + written


def _digest(file: int) -> str:
    """SHA-256 in pieces, so that the thread never holds up the tick."""
    total = hashlib.sha256()
    at = 0
    while piece := os.pread(file, _READ, at):
        total.update(piece)
        at += len(piece)
    return total.hexdigest()
