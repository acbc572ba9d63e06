"""
One object for everything secret: sealing and opening, keyed hashes, the keys behind them.

Sealed columns hold JSON of a model, bound to their place (`report:<id>`), so that a ciphertext copied to another row
does not open. What seals or opens may have to ask the key store, and that must not be done on the event loop: `aside`
goes into a thread for it, unless the keys are at hand; `bring` has them at hand for many people with one request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import BaseModel

from core.privacy.blind import BlindIndex
from core.privacy.errors import Erased
from core.privacy.intake_zone import IntakeZone
from core.privacy.keys import KeyCache, KeyStore, SubjectKeys
from core.privacy.master import KeyRing
from core.privacy.vault import Vault
from core.service.grouping import Group

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class Safe:
    """Keys, vault, intake zone and blind index of one deployment."""

    def __init__(self, keys: SubjectKeys, vault: Vault, zone: IntakeZone, blind: BlindIndex) -> None:
        self.keys = keys
        self.vault = vault
        self.zone = zone
        self.blind = blind
        self._bringing: Group[tuple[str, bool], None] = Group(self._bring)

    @classmethod
    def open(cls, store: KeyStore, ring: KeyRing) -> Safe:
        """The deployment's secrets; makes the lasting ones on first use."""
        keys = SubjectKeys(store, ring, KeyCache())
        return cls(keys, Vault(keys), IntakeZone(ring), BlindIndex(keys.system_secret("blind")))

    async def bring(self, subject_id: str, *, new: bool) -> None:
        """Have a subject's key at hand, made now where `new`; all who ask at the same time share one request."""
        if not self.keys.at_hand(subject_id):
            await self._bringing.ask((subject_id, new))

    async def make(self, subject_ids: Sequence[str]) -> None:
        """Make the keys of new subjects, all in one transaction; they are at hand then."""
        await asyncio.to_thread(self.keys.bring, new=subject_ids)

    async def _bring(self, wanted: Sequence[tuple[str, bool]]) -> Sequence[None]:
        sorts: dict[bool, list[str]] = {True: [], False: []}
        for subject_id, new in dict.fromkeys(wanted):
            sorts[new].append(subject_id)
        await asyncio.to_thread(self.keys.bring, new=sorts[True], known=sorts[False])
        return [None] * len(wanted)

    async def aside(self, work: Callable[[], T], *subjects: str) -> T:
        """Run what seals or opens under the keys of `subjects`: here where all are at hand, else in a thread."""
        return work() if all(map(self.keys.at_hand, subjects)) else await asyncio.to_thread(work)

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
