"""
Finished recordings, and what records tell of callers, encrypted at rest for a reader: whoever seals cannot open.

The telephony process knows only the reader's public key (X25519). Each thing has a key of its own, agreed between that
and a passing one (HKDF-SHA256), and is encrypted in pieces of 64 kB (AES-256-GCM), so that an hour of sound needs no
memory. A piece's nonce is its number, its last byte says whether it is the last: pieces cannot be left out, exchanged
or cut off unseen.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"LNREC1"
SUFFIX = ".sealed"
KEY_BYTES = 32
_START = len(MAGIC) + KEY_BYTES
PIECE = 1 << 16
TAG_BYTES = 16
_PURPOSE = b"lang-nghe recording"


class NotOpened(Exception):
    """It was not sealed for this reader, or it was changed."""


def public_key(private: bytes) -> bytes:
    """What may be told to whoever seals: 32 bytes of the reader's 32."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal_file(path: Path, to: bytes) -> Path:
    """
    Write `<path>.sealed` for the reader with the public key `to`, sync it, remove the plain file.

    Raises: OSError: the plain file stays.
    """
    sealed = path.with_name(path.name + SUFFIX)
    part = sealed.with_name(sealed.name + ".part")
    try:
        with path.open("rb") as plain, open(part, "wb", opener=_private) as out:
            out.writelines(_sealed(plain, to))
            out.flush()
            os.fsync(out.fileno())
        part.replace(sealed)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    path.unlink()
    return sealed


def open_file(path: Path, private: bytes) -> Iterator[bytes]:
    """The plain recording in pieces, for the reader. Raises: NotOpened, OSError."""
    with path.open("rb") as sealed:
        yield from _opened(sealed, private, path.name)


def seal_bytes(plain: bytes, to: bytes) -> bytes:
    """The same for a few bytes."""
    return b"".join(_sealed(BytesIO(plain), to))


def open_bytes(sealed: bytes, private: bytes) -> bytes:
    """What `seal_bytes` was given, for the reader. Raises: NotOpened."""
    return b"".join(_opened(BytesIO(sealed), private, "bytes"))


def plain_size(sealed_size: int) -> int:
    """Bytes of the recording in a sealed file of this size."""
    body = max(0, sealed_size - _START)
    return body - TAG_BYTES * -(-body // (PIECE + TAG_BYTES))


def _cipher(shared: bytes, *, ours: bytes, reader: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, ours + reader, _PURPOSE).derive(shared))


def _sealed(plain: BinaryIO, to: bytes) -> Iterator[bytes]:
    passing = X25519PrivateKey.generate()
    ours, reader = passing.public_key().public_bytes_raw(), X25519PublicKey.from_public_bytes(to)
    cipher = _cipher(passing.exchange(reader), ours=ours, reader=to)
    yield MAGIC + ours
    for number, (piece, last) in enumerate(_pieces(plain, PIECE)):
        yield cipher.encrypt(_nonce(number, last=last), piece, None)


def _opened(sealed: BinaryIO, private: bytes, name: str) -> Iterator[bytes]:
    start = sealed.read(_START)
    if not start.startswith(MAGIC) or len(start) != _START:
        raise NotOpened(name)
    ours = start[len(MAGIC) :]
    try:
        shared = X25519PrivateKey.from_private_bytes(private).exchange(X25519PublicKey.from_public_bytes(ours))
        cipher = _cipher(shared, ours=ours, reader=public_key(private))
        for number, (piece, last) in enumerate(_pieces(sealed, PIECE + TAG_BYTES)):
            yield cipher.decrypt(_nonce(number, last=last), piece, None)
    except (InvalidTag, ValueError) as error:
        raise NotOpened(name) from error


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
