"""
The master key: 32 bytes kept outside the databases, in versions, so that it can be changed.

It only ever wraps other keys. Several versions may be held at once: new keys are wrapped under the newest, old ones
still open until they were rewrapped.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.contract.errors import ConfigError
from core.folders import sync_path
from core.privacy.errors import Tampered

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
VERSION_BYTES = 2
WRAPPED_BYTES = VERSION_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES
EXAMPLE = "file:/etc/langnghe/master.key, made by: openssl rand -hex 32"
DOMAIN = b"langnghe/key/v1\0"


@dataclass(frozen=True)
class MasterKey:
    """One version of the master key; `version` counts up from 1 and stands in front of every wrapped key."""

    version: int
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not 1 <= self.version <= 0xFFFF:
            raise ValueError("version of a master key: 1 to 65535")
        if len(self.secret) != KEY_BYTES:
            raise ValueError(f"a master key has {KEY_BYTES} bytes")


def load_master_key(
    reference: str, *, version: int = 1, setting: str = "privacy.master_key", environ: Mapping[str, str] | None = None
) -> MasterKey:
    """
    Read a master key from where the settings point to.

    Args:
        reference: `env:NAME` or `file:PATH`; what stands there is 64 hex digits, base64, or (file) 32 raw bytes.
        setting: name of the setting, for the message.
    Raises: ConfigError naming the setting, never the value.
    """
    kind, _, place = reference.partition(":")
    if kind == "env" and place:
        held = (os.environ if environ is None else environ).get(place)
        if held is None:
            raise ConfigError(setting, f"environment variable {place} is not set", example=EXAMPLE)
        return MasterKey(version, _decode(held.encode(), setting))
    if kind == "file" and place:
        return MasterKey(version, _decode(_read(Path(place), setting), setting))
    raise ConfigError(setting, "expected env:NAME or file:PATH", example=EXAMPLE)


def create_master_key_file(path: Path) -> None:
    """Make a fresh key at `path`, readable by its owner only. An existing file is left alone."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as stream:
        stream.write(secrets.token_hex(KEY_BYTES) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    sync_path(path.parent)


def _read(path: Path, setting: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(setting, f"cannot read {path}: {error.strerror}", example=EXAMPLE) from error


def _decode(held: bytes, setting: str) -> bytes:
    if len(held) == KEY_BYTES:
        return held
    text = held.strip()
    for decode in (binascii.unhexlify, _base64):
        try:
            secret = decode(text)
        except ValueError:
            continue
        if len(secret) == KEY_BYTES:
            return secret
    raise ConfigError(setting, f"not {KEY_BYTES} bytes in hex, base64 or raw", example=EXAMPLE)


def _base64(text: bytes) -> bytes:
    return base64.b64decode(text.translate(bytes.maketrans(b"-_", b"+/")), validate=True)


class KeyRing:
    """
    All master keys in use: wraps data keys under the newest, unwraps under whichever wrapped them.

    A wrapped key is version (2 bytes) · nonce (12) · AES-256-GCM of the key (32 + 16); the version and the owner are
    authenticated, so that a wrapped key moved to another subject does not open.
    """

    def __init__(self, masters: Iterable[MasterKey]) -> None:
        held = list(masters)
        if not held or len({master.version for master in held}) != len(held):
            raise ValueError("a key ring needs at least one master key, each with a version of its own")
        self._ciphers = {master.version: AESGCM(master.secret) for master in held}
        self.current = max(self._ciphers)
        self._cipher = self._ciphers[self.current]
        self._prefix = self.current.to_bytes(VERSION_BYTES, "big")

    def wrap(self, key: bytes, *, owner: bytes) -> bytes:
        """Encrypt a 32-byte key for its owner (a subject id, or a purpose); 62 bytes."""
        nonce = os.urandom(NONCE_BYTES)
        return self._prefix + nonce + self._cipher.encrypt(nonce, key, DOMAIN + self._prefix + owner)

    def unwrap(self, wrapped: bytes, *, owner: bytes) -> bytes:
        """The key again. Raises Tampered where bytes, owner or master key are not those of `wrap`."""
        prefix, nonce = wrapped[:VERSION_BYTES], wrapped[VERSION_BYTES : VERSION_BYTES + NONCE_BYTES]
        cipher = self._ciphers.get(int.from_bytes(prefix, "big"))
        if cipher is None or len(wrapped) != WRAPPED_BYTES:
            raise Tampered("wrapped key of an unknown master version or length")
        try:
            return cipher.decrypt(nonce, wrapped[VERSION_BYTES + NONCE_BYTES :], DOMAIN + prefix + owner)
        except InvalidTag as error:
            raise Tampered("wrapped key does not authenticate") from error

    def rewrap(self, wrapped: bytes, *, owner: bytes) -> bytes | None:
        """The same key under the newest master key; None where it already is."""
        if wrapped[:VERSION_BYTES] == self._prefix:
            return None
        return self.wrap(self.unwrap(wrapped, owner=owner), owner=owner)
