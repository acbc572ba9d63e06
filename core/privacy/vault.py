"""
The vault: free text and names outside the events, encrypted under the key of whom they are about.

An event holds only (id, commitment, length). The commitment is HMAC-SHA256(salt, text) with a fresh 32-byte salt that
lies inside the ciphertext: while the key lives anyone in charge can prove which text the event meant; once the key is
destroyed salt and text are gone together, and the commitment says nothing even to someone who guesses the text.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.contract.schema import new_id
from core.privacy.errors import Tampered
from core.privacy.keys import SubjectKeys
from core.privacy.master import NONCE_BYTES

T = TypeVar("T")

SALT_BYTES = 32
TEXT_DOMAIN = "langnghe/vault/v1"
BLOB_DOMAIN = "langnghe/blob/v1"
LENIENT = "surrogatepass"  # a half surrogate out of broken JSON must not stop a report


@dataclass(frozen=True)
class TextReference:
    """What an event keeps of a text: its id in the vault, its salted commitment (64 hex), its length in characters."""

    id: str
    commitment: str
    length: int


@dataclass(frozen=True)
class Sealed:
    """One row of the vault: `sealed` is nonce (12) · AES-256-GCM of salt (32) and UTF-8 text · tag (16)."""

    id: str
    subject_id: str
    sealed: bytes = field(repr=False)
    commitment: str
    length: int

    @property
    def reference(self) -> TextReference:
        """The part that may stand in an event for ever."""
        return TextReference(id=self.id, commitment=self.commitment, length=self.length)


class Vault:
    """Seals and opens. Bound to its id and subject, a row copied over another one does not open."""

    def __init__(self, keys: SubjectKeys) -> None:
        self._keys = keys

    def seal(self, text: str, *, subject_id: str, vault_id: str | None = None) -> Sealed:
        """Encrypt a text about a subject (contact id or case id). Raises Erased if that subject was erased."""
        row_id = vault_id or new_id()
        salt, encoded = os.urandom(SALT_BYTES), text.encode(errors=LENIENT)
        return Sealed(
            id=row_id,
            subject_id=subject_id,
            sealed=encrypt(self._keys.key(subject_id), salt + encoded, _binding(TEXT_DOMAIN, row_id, subject_id)),
            commitment=commitment(salt, encoded),
            length=len(text),
        )

    def open(self, sealed: bytes, *, vault_id: str, subject_id: str, expected: str = "") -> str:
        """
        The text of one vault row.

        Args:
            expected: the commitment an event holds, to prove that this is the text it meant.
        Raises: Erased after the subject's erasure; Tampered where bytes, ids or commitment do not fit.
        """
        opened = decrypt(self._keys.existing(subject_id), sealed, _binding(TEXT_DOMAIN, vault_id, subject_id))
        salt, encoded = opened[:SALT_BYTES], opened[SALT_BYTES:]
        if expected and not hmac.compare_digest(commitment(salt, encoded), expected):
            raise Tampered("text is not the one committed to")
        return encoded.decode(errors=LENIENT)

    def gather(self, subject_ids: Collection[str]) -> None:
        """Fetch the keys of some hundred subjects at once, before sealing or opening something of each."""
        self._keys.gather(subject_ids)

    def seal_blob(self, data: bytes, *, subject_id: str, place: str) -> bytes:
        """Encrypt a column of a row (profile, dialogue, outbox payload); `place` names it, e.g. `contact:<id>`."""
        return encrypt(self._keys.key(subject_id), data, _binding(BLOB_DOMAIN, place, subject_id))

    def open_blob(self, sealed: bytes, *, subject_id: str, place: str) -> bytes:
        """What `seal_blob` took, for the same subject and place. Raises Erased, Tampered."""
        return decrypt(self._keys.existing(subject_id), sealed, _binding(BLOB_DOMAIN, place, subject_id))


class Sealer(Generic[T]):
    """
    Seals the texts of one command under one subject and gathers the rows to store with its events.

    Args:
        make: builds what stands for a text from `id=`, `commitment=`, `length=` (`core.cases.sealed.SealedText`).
    """

    def __init__(self, vault: Vault, *, subject_id: str, make: Callable[..., T]) -> None:
        self._vault, self._subject_id, self._make = vault, subject_id, make
        self.rows: list[Sealed] = []

    def __call__(self, text: str) -> T:
        """Seal one text; its row is in `rows`."""
        row = self._vault.seal(text, subject_id=self._subject_id)
        self.rows.append(row)
        return self._make(id=row.id, commitment=row.commitment, length=row.length)


def commitment(salt: bytes, encoded: bytes) -> str:
    """HMAC-SHA256 of the UTF-8 text under its salt, 64 hex digits."""
    return hmac.new(salt, encoded, hashlib.sha256).hexdigest()


def encrypt(key: bytes, data: bytes, binding: bytes) -> bytes:
    """AES-256-GCM under a fresh random nonce: nonce (12) · ciphertext · tag (16); `binding` must come back to open."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, binding)


def decrypt(key: bytes, sealed: bytes, binding: bytes) -> bytes:
    """What `encrypt` took. Raises Tampered where key, bytes or binding differ."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], binding)
    except (InvalidTag, ValueError) as error:
        raise Tampered("sealed bytes do not authenticate") from error


def _binding(domain: str, *parts: str) -> bytes:
    """Unambiguous authenticated context: each part with its length in front."""
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in (domain, *parts))
