"""
The spool: one folder a call, written before anybody is told, kept until the recordings lie in the media store.

    <call>/open.json     what is known while the call goes on, replaced as it goes
    <call>/*.wav         recordings; finished ones end in .wav.sealed where it is known who may open them
    <call>/record.json   the call is over; not handed over yet
    <call>/handed.json   the inbox has it; its recordings are still to be fetched

Each file appears whole (rename), `record.json` and its folder are synced to disk. Who called, and what they typed, is
sealed as recordings are. Blocking: call from a thread.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog
from pydantic import ValidationError

from channels.call_center.facts import CallRecord
from channels.call_center.media.sealing import SUFFIX, NotOpened, open_file, public_key
from channels.call_center.secrecy import opened, sealed
from channels.call_center.sounds import describe, is_sound, measured, size_of, sounds_of

log = structlog.get_logger()

SCHEME = "spool:"
_OPEN, _RECORD, _HANDED = "open.json", "record.json", "handed.json"
_CALL = re.compile(r"[0-9a-f]{32}")
_SOURCE = re.compile(SCHEME + r"([0-9a-f]{32})/([a-z][a-z0-9_]{0,31}\.wav(?:\.sealed)?)")


class Spool:
    """
    Calls in `folder`. Written by one telephony process, read and emptied by the web side.

    `private` opens what is sealed; only the web side has it. `reader`: its public key, asked for at every record;
    None: nobody said it yet, and records are plain.
    """

    def __init__(
        self, folder: Path, *, private: bytes | None = None, reader: Callable[[], bytes | None] = lambda: None
    ) -> None:
        self.folder = folder
        self._private = private
        self._reader = reader

    @property
    def seal_to(self) -> bytes:
        """The public key that `private` opens; empty where there is none."""
        return public_key(self._private) if self._private else b""

    def begin(self, record: CallRecord) -> Path:
        """A call is there; returns its folder, on disk. OSError: it cannot be kept."""
        place = self.folder / record.id
        place.mkdir(parents=True, mode=0o700)
        self._keep(place / _OPEN, record, synced=True)
        _sync(self.folder)
        return place

    def note(self, record: CallRecord) -> None:
        """How far it is now; what a crash leaves of it is what was noted last."""
        self._keep(self.folder / record.id / _OPEN, record)

    def close(self, record: CallRecord) -> CallRecord:
        """The call is over: described with all its recordings, safe when this returns."""
        place = self.folder / record.id
        known = {one.file: one for one in record.recordings}
        files = [known.get(path.name) or describe(path) for path in sounds_of(place)]
        heard = tuple(one for one in files if is_sound(one))
        for one in set(files) - set(heard):  # nobody would ever fetch it
            (place / one.file).unlink(missing_ok=True)
        whole = record.model_copy(update={"recordings": tuple(measured(place, one) for one in heard)})
        self._keep(place / _RECORD, whole, synced=True)
        (place / _OPEN).unlink(missing_ok=True)
        return whole

    def _keep(self, path: Path, record: CallRecord, *, synced: bool = False) -> None:
        _write(path, sealed(record, self._reader()), synced=synced)

    def recover(self) -> int:
        """Close what a process that died left open; returns how many. Only while no other process takes calls."""
        left = [path.parent for path in sorted(self.folder.glob(f"*/{_OPEN}"))]
        closed = [self._recover(place) for place in left]
        return sum(closed)

    def _recover(self, place: Path) -> bool:
        if (place / _RECORD).exists() or (place / _HANDED).exists():
            (place / _OPEN).unlink()
            return False
        record = _read(place / _OPEN)
        if record is None:
            return False
        ended = max([record.ended_at, *(_changed(path, like=record.ended_at) for path in sounds_of(place))])
        self.close(record.model_copy(update={"ended_at": ended, "ended_by": "crash"}))
        return True

    def waiting(self) -> list[Path]:
        """Folders of calls that are to be handed over, oldest first (ids begin with their time)."""
        return [path.parent for path in sorted(self.folder.glob(f"*/{_RECORD}"))]

    def body(self, place: Path) -> bytes:
        """The record of a waiting call, as it goes into the inbox."""
        return (place / _RECORD).read_bytes()

    def handed(self, place: Path) -> None:
        """The inbox has it. Recordings stay until they are let go; a call without any is forgotten."""
        (place / _RECORD).rename(place / _HANDED)
        _tidy(place)

    def sweep(self, before: datetime) -> int:
        """Forget calls handed over before then, whatever is left of them; returns how many."""
        old = [path.parent for path in self.folder.glob(f"*/{_HANDED}") if (_mtime(path) or 0.0) < before.timestamp()]
        for place in old:
            shutil.rmtree(place, ignore_errors=True)
        return len(old)

    def forget(self, call_id: str) -> None:
        """Whatever is left of a call that was handed over, its recordings too: its caller was erased."""
        place = self.folder / call_id
        if _CALL.fullmatch(call_id) and (place / _HANDED).exists():
            shutil.rmtree(place, ignore_errors=True)

    def read(self, source: str, *, most: int) -> bytes | None:
        """The recording that an attachment's source names; None: not, or no longer. ValueError: over `most` bytes."""
        path = self._path(source)
        try:
            if path is None:
                return None
            if size_of(path) > most:
                raise ValueError(f"{size_of(path)} bytes")
            return self._open(path) if path.suffix == SUFFIX else path.read_bytes()
        except FileNotFoundError:
            return None

    def opened(self, record: CallRecord) -> CallRecord:
        """With all that is sealed in it. Raises: NotOpened."""
        return opened(record, self._private or b"")

    def _open(self, path: Path) -> bytes | None:
        try:
            return b"".join(open_file(path, self._private)) if self._private else None
        except NotOpened:
            log.error("recording_not_opened", file=path.name)
            return None

    def let_go(self, source: str) -> None:
        """The recording is kept elsewhere now; a crash may have left it sealed and plain."""
        path = self._path(source)
        if path is not None:
            path.unlink(missing_ok=True)
            path.with_name(path.name.removesuffix(SUFFIX) + SUFFIX).unlink(missing_ok=True)
            _tidy(path.parent)

    def _path(self, source: str) -> Path | None:
        found = _SOURCE.fullmatch(source)
        return self.folder / found[1] / found[2] if found else None

    def of_message(self, message: str) -> CallRecord | None:
        """The last call that was made for an outbox message, while its record lies here; None: there is none."""
        files = [path for name in (_OPEN, _RECORD, _HANDED) for path in self.folder.glob(f"*/{name}")]
        found = [record for path in files if (record := _read(path)) and record.message == message]
        return max(found, key=lambda record: record.id, default=None)

    def backlog(self) -> tuple[int, float | None]:
        """How many calls wait to be handed over, and when the oldest of them ended, in seconds since 1970."""
        times = [at for path in self.folder.glob(f"*/{_RECORD}") if (at := _mtime(path)) is not None]
        return len(times), min(times, default=None)


def source_of(call_id: str, file: str) -> str:
    """What an attachment says of where its file lies."""
    return f"{SCHEME}{call_id}/{file}"


def _changed(path: Path, *, like: datetime) -> datetime:
    return datetime.fromtimestamp(_mtime(path) or 0.0, like.tzinfo)


def _mtime(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return None


def _read(path: Path) -> CallRecord | None:
    try:
        return CallRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _write(path: Path, record: CallRecord, *, synced: bool = False) -> None:
    fresh = path.with_suffix(".part")
    file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(file, "wb") as stream:
        stream.write(record.model_dump_json(exclude_defaults=True).encode())
        stream.flush()
        if synced:
            os.fsync(stream.fileno())
    fresh.replace(path)
    if synced:
        _sync(path.parent)


def _tidy(place: Path) -> None:
    """Forget a call whose record was handed over and whose recordings lie elsewhere; two may do so at once."""
    with contextlib.suppress(FileNotFoundError):
        if (place / _HANDED).exists() and not sounds_of(place):
            shutil.rmtree(place)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
