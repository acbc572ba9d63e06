"""
The local journal: what is accepted while the database is away waits here, on disk, until it can be shipped.

One folder of segments; a segment is a run of frames (length, CRC-32, bytes). An append returns after fdatasync, and
everything that arrives while a sync is in flight shares the next one. A torn last frame was never acknowledged and is
dropped; other bytes that are no frame are kept in `damaged/` for a person, and what stands behind them is read all the
same. Frames are ciphertext: the caller seals them. Start-up fails when the folder cannot be written.

Processes may share the folder: a segment is locked (flock) by whoever writes or ships it, so that none is taken away
under its writer, and one that a dead process left is shipped by another.

Each process ships its own, whenever it sees the database again. What waits in the inbox at one time is in order all the
same, by the provider's time and then by the instant of arrival, as far as the clocks of two machines agree. Nobody
waits for the journal of another process, though: it may be on another machine, or never come back. So of two messages
that one person sent within an outage through two processes, the later one may be read first where its process ships
first; the dialogue's wait for the rest of a burst puts most of those right.
"""

from __future__ import annotations

import asyncio
import fcntl
import mmap
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from core.contract.errors import ConfigError
from core.contract.schema import new_id
from core.folders import make_folder, sync_path

T = TypeVar("T")

log = structlog.get_logger()

MOST_CLAIMED = 64
"""Segments held open at once: an outage leaves one for every try to ship, more than a process may have open."""
_HEADER = struct.Struct(">II")
_SET_ASIDE = "set-aside.frames"
_DAMAGED = "damaged"


class Journal:
    """Append-only frames in `folder`. `pending` claims closed segments, oldest first; `drop` forgets a shipped one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._file: int | None = None
        self._path = folder
        self._synced = 0
        self._claims: dict[Path, int] = {}
        # A thread of its own: while the database is away, the common ones may all be waiting for it.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._prove_writable()

    def _prove_writable(self) -> None:
        probe = self._folder / f".probe-{os.getpid()}"
        try:
            make_folder(self._folder)
            try:
                probe.write_bytes(b"ok")
            finally:
                probe.unlink(missing_ok=True)
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
                await self._in_thread(partial(self._write, [frame for frame, _ in batch]))
            except OSError as error:
                problem = error
            for _, done in batch:
                if done.cancelled():
                    continue
                if problem is None:
                    done.set_result(None)
                else:
                    done.set_exception(problem)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """One after the other, so that opening, writing and closing a segment never meet."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _write(self, frames: Iterable[bytes]) -> None:
        try:
            if self._file is None:
                self._file = self._open_segment()
            self._synced += _write_frames(self._file, frames)
        except OSError:
            self._abandon_segment()  # its tail is unknown now: later frames go to a fresh one
            raise

    def _open_segment(self) -> int:
        file = None
        while file is None:
            number = max((int(path.name.split("-")[0]) for path in self._segments()), default=0) + 1
            self._path = self._folder / f"{number:012d}-{new_id()[-8:]}.journal"
            file = _locked(self._path, os.O_CREAT | os.O_EXCL | os.O_APPEND)
        self._synced = 0
        try:
            sync_path(self._folder)  # or a power cut may lose the name of a synced file
        except OSError:
            self._path.unlink()
            os.close(file)
            raise
        return file

    def _abandon_segment(self) -> None:
        """Take back what was not synced, or a full disk would fill with files of half a frame, one for each try."""
        if self._file is None:
            return
        with suppress(OSError):
            if self._synced:
                os.ftruncate(self._file, self._synced)
            else:
                self._path.unlink()
        self._close_segment()

    def _close_segment(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _segments(self) -> list[Path]:
        return sorted(self._folder.glob("*.journal"))

    @property
    def empty(self) -> bool:
        """True when nothing waits to be shipped."""
        return not self._segments()

    @property
    def segments(self) -> int:
        """How many files wait, whoever writes or ships them."""
        return len(self._segments())

    @property
    def damaged(self) -> int:
        """How many runs of unreadable bytes wait in `damaged/` for a person; each may hold acknowledged deliveries."""
        return sum(1 for _ in (self._folder / _DAMAGED).glob("*.bytes"))

    async def pending(self) -> list[Path]:
        """
        The next segments to ship, oldest first and `MOST_CLAIMED` at most.

        They are claimed until they are dropped or released: another process leaves them alone.
        Our current one is closed, so that it can be read to its end; frames go on into the next.
        """
        return await self._in_thread(self._claim_all)

    def _claim_all(self) -> list[Path]:
        self._close_segment()
        for segment in self._segments():
            if len(self._claims) >= MOST_CLAIMED:
                break
            file = None if segment in self._claims else _locked(segment)
            if file is not None:
                self._claims[segment] = file
        return sorted(self._claims)

    def drop(self, segment: Path) -> None:
        """Forget a segment whose frames are all in the database."""
        segment.unlink()
        os.close(self._claims.pop(segment))

    def release(self) -> None:
        """Give back what was claimed and could not be shipped."""
        for file in self._claims.values():
            os.close(file)
        self._claims.clear()

    async def close(self) -> None:
        """Let go of the current segment, so that any process may ship it."""
        await self._in_thread(self._close_segment)

    async def set_aside(self, frame: bytes) -> None:
        """Keep a frame that no database will take out of the way of all others, for a person to look at."""

        def keep() -> None:
            file = os.open(self._folder / _SET_ASIDE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                _write_frames(file, [frame])
            finally:
                os.close(file)

        await self._in_thread(keep)


def _locked(path: Path, flags: int = 0) -> int | None:
    """The open file under our lock; None when another has it, or has dropped it meanwhile."""
    try:
        file = os.open(path, os.O_RDWR | flags, 0o600)
    except FileNotFoundError:
        if flags & os.O_CREAT:
            raise
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    if os.fstat(file).st_nlink == 0:
        os.close(file)
        return None
    return file


def _write_frames(file: int, frames: Iterable[bytes]) -> int:
    """Write and sync; returns how many bytes."""
    data = b"".join(_HEADER.pack(len(frame), zlib.crc32(frame)) + frame for frame in frames)
    _write_all(file, data)
    os.fdatasync(file)
    return len(data)


def _write_all(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def read_frames(segment: Path) -> Iterator[bytes]:
    """
    Every whole frame of a segment, in order of arrival, one in memory at a time.

    A last frame that ends too early is what a crash leaves, and is passed over. Other bytes that are no frame are
    damage: they are kept in `damaged/`, once, and reading goes on at the next frame whose checksum is right.
    """
    with segment.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if not size:
            return
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            place = 0
            while place < size:
                frame = _frame_at(data, place)
                if frame is None:
                    begin, place = place, _next_frame(data, place + 1)
                    if place < size or not _is_torn(data, begin):
                        _keep_damage(segment, data[begin:place], at=begin)
                    continue
                yield frame
                place += _HEADER.size + len(frame)


def _frame_at(data: mmap.mmap, place: int) -> bytes | None:
    """The whole frame that begins there; an empty one is none, or zeros would be frames."""
    if len(data) - place <= _HEADER.size:
        return None
    length, checksum = _HEADER.unpack_from(data, place)
    begin = place + _HEADER.size
    if not 0 < length <= len(data) - begin:
        return None
    frame = data[begin : begin + length]
    return frame if zlib.crc32(frame) == checksum else None


def _next_frame(data: mmap.mmap, place: int) -> int:
    """Where the next whole frame begins, or the end."""
    return next((at for at in range(place, len(data)) if _frame_at(data, at) is not None), len(data))


def _is_torn(data: mmap.mmap, place: int) -> bool:
    """Whether it looks like the beginning of a frame whose end was not written."""
    left = len(data) - place - _HEADER.size
    return left < 0 or bool(_HEADER.unpack_from(data, place)[0] > left)


def _keep_damage(segment: Path, damage: bytes, *, at: int) -> None:
    folder = segment.parent / _DAMAGED
    place = folder / f"{segment.stem}-{at}.bytes"
    if place.exists():
        return
    make_folder(folder)
    fresh = place.with_suffix(".part")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        _write_all(file, damage)
        os.fsync(file)
    finally:
        os.close(file)
    fresh.replace(place)
    sync_path(folder)
    log.error("journal_damaged", segment=segment.name, at=at, bytes=len(damage), kept=str(place))
