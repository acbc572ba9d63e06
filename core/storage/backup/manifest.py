"""What a backup says of itself, and the files beside its archive."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from core.contract.errors import ConfigError
from core.folders import sync_path

FORMAT = 1
ARCHIVE, KEYS, MEDIA, MEDIA_LIST, MANIFEST = "archive.sqlite3", "keys.sqlite3", "media", "media.txt", "manifest.json"
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    """
    What a backup holds: rows by table, hashes of its files.

    `kind`: archive or keys. `waiting`: messages accepted and not yet taken up, whose bodies are not in it.
    """

    kind: str
    made_at: str
    schema: str
    tables: Mapping[str, int]
    sha256: str
    waiting: int = 0
    media_files: int = 0
    media_sha256: str = ""
    format: int = FORMAT


def begin(folder: Path) -> Path:
    """The folder to write into until the backup is complete. ConfigError: something is there, or it cannot be."""
    if folder.exists():
        raise ConfigError("path", f"{folder} exists already", example="/var/backups/langnghe/2026-11-20")
    part = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=0o700)
    except OSError as error:
        raise ConfigError("path", f"cannot write {folder}: {error.strerror}") from error
    return part


def finish(part: Path, folder: Path, manifest: Manifest) -> None:
    """Write the manifest last, then give the backup its name."""
    with (part / MANIFEST).open("w", encoding="utf-8") as stream:
        json.dump(asdict(manifest), stream, indent=2)
        stream.flush()
        os.fsync(stream.fileno())
    for place in (part, folder.parent):
        sync_path(place)
    part.rename(folder)
    sync_path(folder.parent)


def read_manifest(folder: Path, *, kind: str) -> Manifest:
    """A backup's manifest, its archive proved against it. ConfigError: not a backup of this kind, or altered."""
    name = KEYS if kind == "keys" else ARCHIVE
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
        found = sha256_of(folder / name)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError("path", f"{folder} is not a whole backup of the {kind}") from error
    if manifest.format != FORMAT or manifest.kind != kind:
        raise ConfigError("path", f"{folder} is a backup of another kind or format")
    if found != manifest.sha256:
        raise ConfigError("path", f"{folder / name} is not what its manifest says: altered or damaged")
    return manifest


def copy_media(media: Path, part: Path) -> int:
    """Every file that is there, after the tables: whatever they name was stored before. Returns how many."""
    count = 0
    with (part / MEDIA_LIST).open("w", encoding="ascii") as listed:
        for path in sorted(media.rglob("*")) if media.exists() else ():
            if path.name.startswith(".") or not path.is_file():
                continue
            name = path.relative_to(media)
            try:
                digest = _copy(path, part / MEDIA / name)
            except FileNotFoundError:  # erased meanwhile
                continue
            listed.write(f"{digest}  {name}\n")
            count += 1
        listed.flush()
        os.fsync(listed.fileno())
    return count


def check_media(folder: Path, manifest: Manifest) -> None:
    """Every file is there and unaltered. ConfigError."""
    try:
        right = sha256_of(folder / MEDIA_LIST) == manifest.media_sha256 and all(
            sha256_of(folder / MEDIA / name) == digest for digest, name in _listed(folder)
        )
    except OSError:
        right = False
    if not right:
        raise ConfigError("path", f"{folder / MEDIA} is not what the manifest says: altered or damaged")


def restore_media(folder: Path, media: Path) -> None:
    """Put every file in its place."""
    for _, name in _listed(folder):
        _copy(folder / MEDIA / name, media / name)


def sha256_of(path: Path) -> str:
    """Of a file, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _listed(folder: Path) -> Iterator[tuple[str, Path]]:
    with (folder / MEDIA_LIST).open(encoding="ascii") as listed:
        for line in listed:
            digest, _, name = line.rstrip("\n").partition("  ")
            yield digest, Path(name)


def _copy(source: Path, target: Path) -> str:
    """Copy and sync one file, for its owner's eyes; returns its SHA-256."""
    digest = hashlib.sha256()
    with source.open("rb") as reading:
        target.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as writing:
            while chunk := reading.read(_CHUNK):
                digest.update(chunk)
                writing.write(chunk)
            writing.flush()
            os.fsync(writing.fileno())
    return digest.hexdigest()
