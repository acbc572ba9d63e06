"""
The Merkle tree over the heads of cases: one hash for all of them.

Its shape follows RFC 9162 §2.1: a leaf is hashed behind 0x00, a node behind 0x01 (no leaf can pose as a node), and the
tree splits at the largest power of two below its size. Leaves are sorted by case id (`roots.Leaves`).
"""

from __future__ import annotations

import hashlib

from core.privacy.chain import Head

LEAF, NODE = b"\x00", b"\x01"


def leaf_hash(head: Head) -> bytes:
    """SHA-256 of 0x00 · length of the case id (4) · case id · version (8) · head hash."""
    name = head.case_id.encode()
    return hashlib.sha256(
        LEAF + len(name).to_bytes(4, "big") + name + head.version.to_bytes(8, "big") + head.hash
    ).digest()


class GrowingTree:
    """The root from leaves that come one by one in their order; holds one hash a level, however many they are."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """The next leaf hash."""
        height, found = 0, leaf
        while self._peaks and self._peaks[-1][0] == height:
            found = _node(self._peaks.pop()[1], found)
            height += 1
        self._peaks.append((height, found))

    def root(self) -> bytes:
        """The root of all so far, 32 bytes; of no leaf at all: SHA-256 of nothing."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        found = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            found = _node(left, found)
        return found


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()
