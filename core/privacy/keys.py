"""
One key per subject: destroying it erases everything sealed under it, wherever copies of the ciphertext lie.

A subject is a contact, a case, or the system itself (`system:…`, never destroyed). The keys live in a database of
their own, wrapped by the master key; the backup of the main database does not hold them.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Protocol

from core.privacy.errors import Erased
from core.privacy.master import KEY_BYTES, KeyRing

SYSTEM = "system:"
_A_WHILE = 5.0


@dataclass(frozen=True)
class Tombstone:
    """What stays of a destroyed key: that it was, and when it went."""

    destroyed_at: datetime


class KeyStore(Protocol):
    """
    Where wrapped keys rest; implemented by `core.storage`, proved by the contract suite of the tests.

    Each writing method is durable when it returns, in a transaction of its own: text sealed under a key whose row was
    rolled back could never be read again, and a destroyed key must not come back.
    """

    def get(self, subject_id: str) -> bytes | Tombstone | None:
        """The wrapped key, its tombstone, or None for a subject without a key."""

    def get_many(self, subject_ids: Collection[str]) -> Mapping[str, bytes | Tombstone]:
        """The same for some hundreds at once; subjects without a key are left out."""

    def put_if_absent(self, subject_id: str, wrapped: bytes) -> bytes | Tombstone:
        """Store it unless the subject has a key or tombstone; returns what stands there now."""

    def put_many_if_absent(self, wrapped: Mapping[str, bytes]) -> Mapping[str, bytes | Tombstone]:
        """`put_if_absent` of several (by subject id) in one transaction."""

    def replace(self, subject_id: str, *, old: bytes, new: bytes) -> bool:
        """Swap `old` for `new` only where `old` still stands; says whether it did."""

    def destroy(self, subject_id: str, at: datetime) -> None:
        """Overwrite the key by a tombstone; also for a subject without one. A second time changes nothing."""

    def wrapped_keys(self) -> Iterable[tuple[str, bytes]]:
        """Every (subject id, wrapped key) that is not destroyed."""


class KeyCache:
    """
    The last opened keys, shared by all threads of a process.

    Bounded in number and in age: another process may destroy a key without telling us, and what is diverted or
    erased must be unreadable within a minute (VN-1, VN-2).
    """

    def __init__(
        self, *, capacity: int = 4096, max_age_seconds: float = 30.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._capacity, self._max_age, self._clock = capacity, max_age_seconds, clock
        self._held: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._lock = Lock()
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._held)

    @property
    def epoch(self) -> int:
        """Counts the drops; read before asking the store, given back to `put`."""
        return self._epoch

    def get(self, subject_id: str) -> bytes | None:
        """The open key, unless it is unknown or too old."""
        with self._lock:
            found = self._held.get(subject_id)
            if found is None:
                return None
            if self._clock() - found[1] > self._max_age:
                del self._held[subject_id]
                return None
            self._held.move_to_end(subject_id)
            return found[0]

    def holds(self, subject_id: str) -> bool:
        """Whether `get` will find the key, now and for a while yet."""
        found = self._held.get(subject_id)
        return found is not None and self._clock() - found[1] < self._max_age - _A_WHILE

    def put(self, subject_id: str, key: bytes, *, epoch: int) -> None:
        """Keep an open key, unless something was dropped since `epoch`: then it may be the one just destroyed."""
        with self._lock:
            if epoch != self._epoch:
                return
            self._held[subject_id] = (key, self._clock())
            self._held.move_to_end(subject_id)
            while len(self._held) > self._capacity:
                self._held.popitem(last=False)

    def drop(self, subject_id: str) -> None:
        """Forget a key now."""
        with self._lock:
            self._epoch += 1
            self._held.pop(subject_id, None)


class SubjectKeys:
    """The key of each subject, made on first use. Cheap to build: one per transaction may share one cache."""

    def __init__(self, store: KeyStore, ring: KeyRing, cache: KeyCache) -> None:
        self._store, self._ring, self._cache = store, ring, cache

    def key(self, subject_id: str) -> bytes:
        """The 32-byte key to seal under, made now if the subject has none. Raises Erased after destruction."""
        return self._find(subject_id) or self._make(subject_id)

    def existing(self, subject_id: str) -> bytes:
        """The 32-byte key to open with. Raises Erased where there is none: nothing sealed can be opened again."""
        found = self._find(subject_id)
        if found is None:
            raise Erased("no key")
        return found

    def gather(self, subject_ids: Collection[str]) -> None:
        """Fetch the keys that are not at hand yet in one go; subjects without a living key are passed over."""
        missing = [subject_id for subject_id in subject_ids if self._cache.get(subject_id) is None]
        epoch = self._cache.epoch
        for subject_id, standing in self._store.get_many(missing).items() if missing else ():
            if not isinstance(standing, Tombstone):
                self._open(subject_id, standing, epoch)

    def at_hand(self, subject_id: str) -> bool:
        """Whether sealing and opening need not ask the store, now and for a while yet."""
        return self._cache.holds(subject_id)

    def bring(self, *, new: Collection[str] = (), known: Collection[str] = ()) -> None:
        """
        Have the keys of many subjects at hand with one request each way; `new` ones are made where there is none.

        A subject that was destroyed, or is not known after all, is passed over: whoever needs it will be told.
        """
        self.gather(known)
        epoch = self._cache.epoch
        made = {one: self._ring.wrap(os.urandom(KEY_BYTES), owner=one.encode()) for one in new}
        for subject_id, standing in self._store.put_many_if_absent(made).items() if made else ():
            if not isinstance(standing, Tombstone):
                self._open(subject_id, standing, epoch)

    def system_secret(self, purpose: str) -> bytes:
        """
        A lasting 32-byte secret of this deployment (blind index, PIN and OTP hashing, signing of roots).

        Kept like a subject's key, so that it survives a change of the master key; `purpose` has at most 25 letters.
        """
        return self.key(SYSTEM + purpose)

    def destroy(self, subject_id: str, at: datetime) -> None:
        """Erase the subject: its key is gone for ever when this returns. Raises ValueError for the system's own."""
        if subject_id.startswith(SYSTEM):
            raise ValueError("the system's own secrets are not erased")
        self._store.destroy(subject_id, at)
        self._cache.drop(subject_id)

    def _find(self, subject_id: str) -> bytes | None:
        cached = self._cache.get(subject_id)
        if cached is not None:
            return cached
        epoch = self._cache.epoch
        standing = self._store.get(subject_id)
        return None if standing is None else self._open(subject_id, standing, epoch)

    def _make(self, subject_id: str) -> bytes:
        epoch = self._cache.epoch
        wrapped = self._ring.wrap(os.urandom(KEY_BYTES), owner=subject_id.encode())
        return self._open(subject_id, self._store.put_if_absent(subject_id, wrapped), epoch)

    def _open(self, subject_id: str, standing: bytes | Tombstone, epoch: int) -> bytes:
        if isinstance(standing, Tombstone):
            raise Erased("key destroyed")
        key = self._ring.unwrap(standing, owner=subject_id.encode())
        self._cache.put(subject_id, key, epoch=epoch)
        return key


def rewrap_all(store: KeyStore, ring: KeyRing) -> int:
    """
    Move every key under the newest master key; returns how many were moved.

    Safe beside running work and repeatable: a key that is destroyed in between stays destroyed. When it returns 0,
    the older master keys may be thrown away (once the intake zone holds no row wrapped under them).
    """
    moved = 0
    for subject_id, wrapped in list(store.wrapped_keys()):
        renewed = ring.rewrap(wrapped, owner=subject_id.encode())
        if renewed is not None and store.replace(subject_id, old=wrapped, new=renewed):
            moved += 1
    return moved
