"""A key store in memory that passes the contract suite, and helpers to build rings and keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from core.privacy.keys import KeyCache, SubjectKeys, Tombstone
from core.privacy.master import KeyRing, MasterKey

NOON = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


class MemoryKeyStore:
    """Wrapped keys in a dict."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes | Tombstone] = {}

    def get(self, subject_id: str) -> bytes | Tombstone | None:
        return self.rows.get(subject_id)

    def get_many(self, subject_ids: Collection[str]) -> dict[str, bytes | Tombstone]:
        return {subject_id: self.rows[subject_id] for subject_id in subject_ids if subject_id in self.rows}

    def put_if_absent(self, subject_id: str, wrapped: bytes) -> bytes | Tombstone:
        return self.rows.setdefault(subject_id, wrapped)

    def put_many_if_absent(self, wrapped: Mapping[str, bytes]) -> Mapping[str, bytes | Tombstone]:
        return {subject: self.put_if_absent(subject, key) for subject, key in wrapped.items()}

    def replace(self, subject_id: str, *, old: bytes, new: bytes) -> bool:
        if self.rows.get(subject_id) != old:
            return False
        self.rows[subject_id] = new
        return True

    def destroy(self, subject_id: str, at: datetime) -> None:
        if not isinstance(self.rows.get(subject_id), Tombstone):
            self.rows[subject_id] = Tombstone(at)

    def wrapped_keys(self) -> list[tuple[str, bytes]]:
        return [(subject, row) for subject, row in self.rows.items() if isinstance(row, bytes)]


def ring(*versions: int) -> KeyRing:
    """A ring of these master key versions, each with its own fixed secret."""
    return KeyRing(MasterKey(version, bytes([version]) * 32) for version in versions or (1,))


def subject_keys(store: MemoryKeyStore | None = None) -> SubjectKeys:
    """Fresh keys over a memory store."""
    return SubjectKeys(store if store is not None else MemoryKeyStore(), ring(), KeyCache())
