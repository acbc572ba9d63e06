"""
Finished recordings encrypted at rest: AES-256-GCM in pieces of 64 kB, so that an hour of sound needs no memory.

Each file has a key of its own, derived from the spool's key and a random salt (HKDF-SHA256); a piece's nonce is its
number, its last byte says whether it is the last: pieces cannot be left out, exchanged or cut off unseen.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"LNREC1"
SUFFIX = ".sealed"
KEY_BYTES = 32
SALT_BYTES = 16
PIECE = 1 << 16
TAG_BYTES = 16
_PURPOSE = b"lang-nghe recording"


class NotOpened(Exception):
    """The file is not a recording sealed with this key, or it was changed."""


def seal_file(path: Path, key: bytes) -> Path:
    """Write `<path>.sealed`, sync it, remove the plain file. Raises: OSError (the plain file then stays)."""
    sealed = path.with_name(path.name + SUFFIX)
    salt = os.urandom(SALT_BYTES)
    part = sealed.with_name(sealed.name + ".part")
    with path.open("rb") as plain, open(part, "wb", opener=_private) as out:
        out.write(MAGIC + salt)
        for piece in _seal(plain, _cipher(key, salt)):
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    part.replace(sealed)
    path.unlink()
    return sealed


def open_file(path: Path, key: bytes) -> Iterator[bytes]:
    """The plain recording in pieces. Raises: NotOpened, OSError."""
    with path.open("rb") as sealed:
        start = sealed.read(len(MAGIC) + SALT_BYTES)
        if not start.startswith(MAGIC) or len(start) != len(MAGIC) + SALT_BYTES:
            raise NotOpened(path.name)
        try:
            yield from _open(sealed, _cipher(key, start[len(MAGIC) :]))
        except InvalidTag as error:
            raise NotOpened(path.name) from error


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, _PURPOSE).derive(key))


def _seal(plain: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    for number, (piece, last) in enumerate(_pieces(plain, PIECE)):
        yield cipher.encrypt(_nonce(number, last=last), piece, None)


def _open(sealed: BinaryIO, cipher: AESGCM) -> Iterator[bytes]:
    for number, (piece, last) in enumerate(_pieces(sealed, PIECE + TAG_BYTES)):
        yield cipher.decrypt(_nonce(number, last=last), piece, None)


def _pieces(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """(piece, is it the last?); an empty file is one empty piece."""
    piece = file.read(size)
    while True:
        following = file.read(size)
        yield piece, not following
        if not following:
            return
        piece = following


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack("!3xQB", number, last)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
