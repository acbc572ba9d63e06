"""
The media store: files of citizens and officers, cleaned, encrypted under their subject's key, on disk.

A stored key is two keyed hashes, one of the subject and one of subject and content: the same bytes for one subject
give the same key, equal files of two people cannot be matched, and all files of a subject lie in one folder. A file
holds magic · subject id · AES-256-GCM of (description, bytes). It is written beside its place, synced and renamed,
then the folder is synced: after `put_file` returns it survives a power cut, and there is never half a file.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from core.aside import Aside
from core.contract.errors import NotFound
from core.contract.schema import Attachment, AttachmentKind, GeoPoint
from core.folders import sync_path
from core.privacy.blind import BlindIndex
from core.privacy.boxes import BOXED, clean_boxes
from core.privacy.errors import Erased, Tampered
from core.privacy.keys import SubjectKeys
from core.privacy.media_types import MediaLimits, accept_type
from core.privacy.scanner import Scanner, ScannerAway
from core.privacy.vault import decrypt, encrypt

MAGIC = b"LNM1"
HASH_DIGITS = 32
_SCANS_AT_ONCE = 4
_SILENCE_SECONDS = 30.0
"""So long nobody who has no time asks again a scanner that let somebody wait in vain."""
STORED_KEY = re.compile(rf"[0-9a-f]{{{2 * HASH_DIGITS}}}")


@dataclass(frozen=True)
class Prepared:
    """A file as it will be stored: cleaned, with the type and kind its content has."""

    data: bytes
    media_type: str
    kind: AttachmentKind
    taken: GeoPoint | None = None


@dataclass(frozen=True)
class StoredMedia:
    """A file out of the store. `taken`: where a picture said that it was taken; only the centre's staff read it."""

    data: bytes
    media_type: str
    name: str
    subject_id: str
    taken: GeoPoint | None = None


def prepare(data: bytes, limits: MediaLimits) -> Prepared:
    """
    Check a file and strip it of metadata. Slow for pictures: call it in a thread (`core.aside`).

    Raises: MediaRefused, MediaTooLarge, with a Vietnamese sentence for the sender.
    """
    from core.privacy.images import can_clean, clean_image, where_taken

    media_type, kind = accept_type(data, limits)
    if can_clean(media_type):
        cleaned = clean_image(data, media_type, limits)
        return Prepared(cleaned, media_type, kind, where_taken(data, media_type))
    cleaned = clean_boxes(data, media_type) if media_type in BOXED else data
    return Prepared(cleaned, media_type, kind)


class FileMediaStore:
    """`core.contract.ports.MediaStore` over a folder. Everything slow runs in threads."""

    def __init__(
        self,
        folder: Path,
        *,
        keys: SubjectKeys,
        blind: BlindIndex,
        limits: MediaLimits | None = None,
        scanner: Scanner | None = None,
    ) -> None:
        self.scanner = scanner
        self.aside = Aside()
        self._scanning = Aside(at_once=_SCANS_AT_ONCE)  # one that hangs may not keep everybody else's threads
        self._silent_until = 0.0
        self._folder, self._keys, self._blind = folder, keys, blind
        self._limits = limits or MediaLimits()

    async def put_file(
        self,
        data: bytes,
        *,
        subject_id: str,
        name: str,
        stored_key: str = "",
        ours: bool = False,
        anew: bool = False,
        tell_place: bool = False,
        scanned_within: float | None = None,
    ) -> Attachment:
        """
        Store an EXIF-free copy and describe it: true type and kind, size as stored, sha256 as received.

        The same bytes for one subject give the same stored key; what the sender says of them is not believed.

        Args:
            stored_key: a place that was promised before the bytes were here.
            ours: we made it ourselves; it does not wait for the scanner.
            anew: in the place of what lies there already, in one step.
            tell_place: with `taken`, where a photo says that it was taken; for the dialogue alone.
            scanned_within: seconds that the scanner may take, where somebody's words wait for it; else its own.
        Raises: MediaRefused, MediaTooLarge; Erased where the subject was erased; ScannerAway where a scanner is wanted
            and does not answer.
        """
        prepared = await self.aside.run(prepare, data, self._limits)
        if self.scanner is not None and not ours:
            await self._scan(self.scanner, data, within=scanned_within)
        stored = await asyncio.to_thread(self._put, prepared, data, subject_id, name, promised=stored_key, anew=anew)
        return stored if tell_place else stored.model_copy(update={"taken": None})

    async def _scan(self, scanner: Scanner, data: bytes, *, within: float | None) -> None:
        if within is not None and time.monotonic() < self._silent_until:
            raise ScannerAway("it was silent a moment ago")
        try:
            async with asyncio.timeout(within):
                await self._scanning.run(scanner.check, data)
        except TimeoutError as error:
            self._silent_until = time.monotonic() + _SILENCE_SECONDS
            raise ScannerAway("no answer in time") from error

    async def get(self, stored_key: str) -> bytes:
        """The stored bytes. Raises NotFound where there is none or its subject was erased, Tampered if altered."""
        return (await self.open(stored_key)).data

    async def open(self, stored_key: str) -> StoredMedia:
        """The stored bytes with type and name. Raises as `get`."""
        return await asyncio.to_thread(self._open, stored_key)

    async def holds(self, stored_key: str) -> bool:
        """Whether there is such a file."""
        return await asyncio.to_thread(self._path(stored_key).exists)

    def copy_key(self, stored_key: str) -> str:
        """Where the playable copy of a file lies: beside it, and it goes with it."""
        return stored_key[:HASH_DIGITS] + self._blind.other("media-copy", stored_key)[:HASH_DIGITS]

    def covered_key(self, stored_key: str) -> str:
        """Where the copy of a picture lies in which regions are painted over for the public; it goes with it, too."""
        return stored_key[:HASH_DIGITS] + self._blind.other("media-covered", stored_key)[:HASH_DIGITS]

    async def open_public(self, stored_key: str) -> StoredMedia:
        """What the public may see of a file: the covered copy where there is one. Raises as `get`."""
        covered = self.covered_key(stored_key)
        return await self.open(covered if await self.holds(covered) else stored_key)

    async def delete(self, stored_key: str) -> None:
        """Remove one file and its copies; none there is fine."""
        await asyncio.to_thread(self._delete, stored_key)

    async def delete_subject(self, subject_id: str) -> None:
        """Remove every file of a subject (VN-1, VN-4); none there is fine."""
        await asyncio.to_thread(self._delete_subject, subject_id)

    def touch(self, stored_key: str) -> None:
        """Say that a file is wanted although nothing in the database names it yet; quick, and none there is fine."""
        with suppress(FileNotFoundError):
            os.utime(self._path(stored_key))

    async def subjects_last_touched(self) -> dict[str, datetime]:
        """Every subject that has files, with the instant at which one of them was last stored or touched."""
        return await asyncio.to_thread(lambda: dict(self._last_touched()))

    def stored_key(self, sha256: str, *, subject_id: str) -> str:
        """The key that bytes with this hash (as received) have for a subject."""
        content = self._blind.other("media", subject_id, sha256)
        return self._subject_hash(subject_id) + content[:HASH_DIGITS]

    def _put(
        self,
        prepared: Prepared,
        data: bytes,
        subject_id: str,
        name: str,
        *,
        promised: str,
        anew: bool,
    ) -> Attachment:
        sha256 = hashlib.sha256(data).hexdigest()
        stored_key = promised or self.stored_key(sha256, subject_id=subject_id)
        key, path = self._keys.key(subject_id), self._path(stored_key)
        if anew or not path.exists():
            taken = {"taken": prepared.taken.model_dump()} if prepared.taken else {}
            description = json.dumps({"media_type": prepared.media_type, "name": name, **taken}).encode()
            plain = len(description).to_bytes(4, "big") + description + prepared.data
            head = MAGIC + len(subject_id.encode()).to_bytes(2, "big") + subject_id.encode()
            _write(path, head + encrypt(key, plain, head + stored_key.encode()))
        sync_path(path.parent)  # also for a file that an interrupted `put_file` left
        return Attachment(
            kind=prepared.kind,
            media_type=prepared.media_type,
            size=len(prepared.data),
            sha256=sha256,
            stored_key=stored_key,
            name=name,
            taken=prepared.taken,
        )

    def _open(self, stored_key: str) -> StoredMedia:
        try:
            stored = self._path(stored_key).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotFound("no such file") from error
        head, subject_id = _head(stored)
        try:
            plain = decrypt(self._keys.existing(subject_id), stored[len(head) :], head + stored_key.encode())
        except Erased as error:
            raise NotFound("file of an erased subject") from error
        length = 4 + int.from_bytes(plain[:4], "big")
        description = json.loads(plain[4:length])
        taken = GeoPoint.model_validate(description["taken"]) if "taken" in description else None
        return StoredMedia(plain[length:], description["media_type"], description["name"], subject_id, taken)

    def _last_touched(self) -> Iterator[tuple[str, datetime]]:
        for folder in self._folder.glob("*/*/*"):
            with suppress(FileNotFoundError, Tampered):  # deleted meanwhile; what is damaged is left for people
                files = [path for path in folder.iterdir() if STORED_KEY.fullmatch(folder.name + path.name)]
                subject = _owner(files[0]) if files else ""
                if subject and self._subject_hash(subject) == folder.name:
                    newest = max(path.stat().st_mtime for path in files)
                    yield subject, datetime.fromtimestamp(newest, UTC)

    def _delete(self, stored_key: str) -> None:
        path = self._path(stored_key)
        for one in (path, *map(self._path, (self.copy_key(stored_key), self.covered_key(stored_key)))):
            one.unlink(missing_ok=True)
        if path.parent.exists():
            sync_path(path.parent)

    def _delete_subject(self, subject_id: str) -> None:
        folder = self._subject_folder(self._subject_hash(subject_id))
        shutil.rmtree(folder, onerror=_unless_gone)
        if folder.parent.exists():
            sync_path(folder.parent)

    def _subject_hash(self, subject_id: str) -> str:
        return self._blind.other("media-subject", subject_id)[:HASH_DIGITS]

    def _subject_folder(self, subject_hash: str) -> Path:
        return self._folder / subject_hash[:2] / subject_hash[2:4] / subject_hash

    def _path(self, stored_key: str) -> Path:
        """Where a file lies. Raises NotFound for anything that is no stored key, such as a path."""
        if not STORED_KEY.fullmatch(stored_key):
            raise NotFound("not a stored key")
        return self._subject_folder(stored_key[:HASH_DIGITS]) / stored_key[HASH_DIGITS:]


def _head(stored: bytes) -> tuple[bytes, str]:
    """The clear part in front of the ciphertext, and the subject id in it."""
    end = 6 + int.from_bytes(stored[4:6], "big")
    try:
        subject_id = stored[6:end].decode()
    except UnicodeDecodeError as error:
        raise Tampered("unreadable media file") from error
    if not stored.startswith(MAGIC) or len(stored) < end:
        raise Tampered("not a media file")
    return stored[:end], subject_id


def _owner(path: Path) -> str:
    """The subject id in front of a file."""
    with path.open("rb") as stream:
        start = stream.read(6)
        return _head(start + stream.read(int.from_bytes(start[4:6], "big")))[1]


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing; on disk once the folder is synced as well."""
    _make_folders(path.parent)
    temporary = path.parent / f".{uuid4().hex}.part"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _make_folders(folder: Path) -> None:
    """Create missing folders, each one's entry synced in its parent."""
    if folder.exists():
        return
    _make_folders(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    sync_path(folder.parent)


def _unless_gone(_remove: object, _path: str, problem: tuple[object, BaseException, object]) -> None:
    """What another process removed at the same moment is removed."""
    if not isinstance(problem[1], FileNotFoundError):
        raise problem[1]
