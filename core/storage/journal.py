"""
The local journal: what is accepted while the database is away waits here, on disk, until it can be shipped.

One folder of segments; a segment is a run of frames (length, CRC-32, bytes). An append returns after fdatasync, and
everything that arrives while a sync is in flight shares the next one. A torn last frame was never acknowledged and is
dropped. Frames are ciphertext: the caller seals them. Start-up fails when the folder cannot be written.
"""

from __future__ import annotations

import asyncio
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from core.contract.errors import ConfigError
from core.contract.schema import new_id

_HEADER = struct.Struct(">II")


class Journal:
    """Append-only frames in `folder`. `pending()` lists closed segments, oldest first; `drop` forgets a shipped one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._file: int | None = None
        self._prove_writable()

    def _prove_writable(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            probe = self._folder / f".probe-{os.getpid()}"
            probe.write_bytes(b"ok")
            probe.unlink()
        except OSError as error:
            raise ConfigError(
                "data", f"the journal folder {self._folder} is not writable ({error.strerror})", example="var/"
            ) from error

    async def append(self, frame: bytes) -> None:
        """Store one frame; returns when it is on disk. OSError when it cannot be (disk full, folder gone)."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((frame, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        await done

    async def _flush(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            problem: Exception | None = None
            try:
                await asyncio.to_thread(self._write, [frame for frame, _ in batch])
            except OSError as error:
                problem = error
                self._abandon_segment()
            for _, done in batch:
                if done.cancelled():
                    continue
                if problem is None:
                    done.set_result(None)
                else:
                    done.set_exception(problem)

    def _write(self, frames: list[bytes]) -> None:
        if self._file is None:
            self._file = self._open_segment()
        data = memoryview(b"".join(_HEADER.pack(len(frame), zlib.crc32(frame)) + frame for frame in frames))
        while data:
            data = data[os.write(self._file, data) :]
        os.fdatasync(self._file)

    def _open_segment(self) -> int:
        number = max((int(path.name.split("-")[0]) for path in self._segments()), default=0) + 1
        path = self._folder / f"{number:012d}-{new_id()[:8]}.journal"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)  # or a power cut may lose the name of a synced file
        finally:
            os.close(folder)
        return file

    def _abandon_segment(self) -> None:
        """After a failed write the tail is unknown: later frames go to a fresh segment."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _segments(self) -> list[Path]:
        return sorted(self._folder.glob("*.journal"))

    @property
    def empty(self) -> bool:
        """True when nothing waits to be shipped."""
        return not self._segments()

    async def pending(self) -> list[Path]:
        """Segments to ship, oldest first; the current one is closed so that it can be read to its end."""
        if self._flushing is not None and not self._flushing.done():
            await self._flushing
        self._abandon_segment()
        return self._segments()

    def drop(self, segment: Path) -> None:
        """Forget a segment whose frames are all in the database."""
        segment.unlink()


def read_frames(segment: Path) -> Iterator[bytes]:
    """Every whole frame of a segment, in order of arrival; stops at a torn or damaged tail."""
    data = segment.read_bytes()
    position = 0
    while position + _HEADER.size <= len(data):
        length, checksum = _HEADER.unpack_from(data, position)
        frame = data[position + _HEADER.size : position + _HEADER.size + length]
        if len(frame) < length or zlib.crc32(frame) != checksum:
            return
        yield frame
        position += _HEADER.size + length
