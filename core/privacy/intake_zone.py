"""
The intake zone: fresh raw bodies that no staff can read, each under a key of its own.

A diversion (VN-1, VN-2) forgets the wrapped key and the body is gone, also from write-ahead logs and backups that
still hold the ciphertext. No key store on this path: it runs before a provider is answered.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.privacy.errors import Erased, Tampered
from core.privacy.master import KEY_BYTES, NONCE_BYTES, KeyRing

OWNER = b"intake-row"


class IntakeZone:
    """Seals raw bodies. `binding` (the row's id, say) is authenticated, so that bodies cannot be swapped."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def seal(self, body: bytes, *, binding: str) -> tuple[bytes, bytes]:
        """(wrapped key, sealed body): two columns of one row. The body is nonce (12) · AES-256-GCM · tag (16)."""
        fresh = os.urandom(KEY_BYTES + NONCE_BYTES)
        key, nonce = fresh[:KEY_BYTES], fresh[KEY_BYTES:]
        bound = binding.encode()
        sealed = nonce + AESGCM(key).encrypt(nonce, body, bound)
        return self._ring.wrap(key, owner=OWNER + bound), sealed

    def open(self, wrapped: bytes | None, sealed: bytes | None, *, binding: str) -> bytes:
        """The raw body. Raises Erased where key or body were forgotten, Tampered where they do not fit."""
        if wrapped is None or sealed is None:
            raise Erased("raw body forgotten")
        bound = binding.encode()
        key = self._ring.unwrap(wrapped, owner=OWNER + bound)
        try:
            return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound)
        except (InvalidTag, ValueError) as error:
            raise Tampered("raw body does not authenticate") from error

    def rewrap(self, wrapped: bytes, *, binding: str) -> bytes | None:
        """The row's key under the newest master key; None where it already is."""
        return self._ring.rewrap(wrapped, owner=OWNER + binding.encode())
