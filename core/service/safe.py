"""
One object for everything secret: sealing and opening, keyed hashes, the keys behind them.

Sealed columns hold JSON of a model, bound to their place (`report:<id>`), so that a ciphertext copied to another row
does not open. All methods may ask the key store and therefore run in a thread, never on the event loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from core.privacy.blind import BlindIndex
from core.privacy.errors import Erased
from core.privacy.intake_zone import IntakeZone
from core.privacy.keys import KeyCache, KeyStore, SubjectKeys
from core.privacy.master import KeyRing
from core.privacy.vault import Vault

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Safe:
    """Keys, vault, intake zone and blind index of one deployment."""

    keys: SubjectKeys
    vault: Vault
    zone: IntakeZone
    blind: BlindIndex

    @classmethod
    def open(cls, store: KeyStore, ring: KeyRing) -> Safe:
        """The deployment's secrets; makes the lasting ones on first use."""
        keys = SubjectKeys(store, ring, KeyCache())
        return cls(keys, Vault(keys), IntakeZone(ring), BlindIndex(keys.system_secret("blind")))

    def seal(self, model: BaseModel, *, subject_id: str, place: str) -> bytes:
        """Encrypt a model for one column of one row."""
        return self.vault.seal_blob(model.model_dump_json().encode(), subject_id=subject_id, place=place)

    def open_model(self, sealed: bytes, kind: type[M], *, subject_id: str, place: str) -> M:
        """The model again. Raises Erased, Tampered."""
        return kind.model_validate_json(self.vault.open_blob(sealed, subject_id=subject_id, place=place))

    def open_or_none(self, sealed: bytes | None, kind: type[M], *, subject_id: str, place: str) -> M | None:
        """The model, or None where there is nothing or where its subject was erased."""
        if sealed is None:
            return None
        try:
            return self.open_model(sealed, kind, subject_id=subject_id, place=place)
        except Erased:
            return None
