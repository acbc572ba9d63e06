"""
The Merkle tree over the heads of all cases: one hash for the whole archive, short proofs for one case.

Shape and proofs follow RFC 9162 §2.1: a leaf is hashed behind 0x00, a node behind 0x01 (no leaf can pose as a node),
and the tree splits at the largest power of two below its size. Leaves are sorted by case id.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.privacy.chain import Head

LEAF, NODE = b"\x00", b"\x01"


@dataclass(frozen=True)
class InclusionProof:
    """That one leaf stands at `index` among `size`: the sibling hashes from the leaf up to the root."""

    index: int
    size: int
    path: tuple[bytes, ...]


def leaf_hash(head: Head) -> bytes:
    """SHA-256 of 0x00 · length of the case id (4) · case id · version (8) · head hash."""
    name = head.case_id.encode()
    return hashlib.sha256(
        LEAF + len(name).to_bytes(4, "big") + name + head.version.to_bytes(8, "big") + head.hash
    ).digest()


def sort_heads(heads: Iterable[Head]) -> list[Head]:
    """Leaf order: by the bytes of the case id. Raises ValueError for a case that occurs twice."""
    ordered = sorted(heads, key=lambda head: head.case_id.encode())
    if any(first.case_id == second.case_id for first, second in pairwise(ordered)):
        raise ValueError("one head per case")
    return ordered


def merkle_root(heads: Iterable[Head]) -> bytes:
    """The root of all heads, 32 bytes; of no case at all: SHA-256 of nothing."""
    return _levels([leaf_hash(head) for head in sort_heads(heads)])[-1][0]


class GrowingTree:
    """The same root from leaves that come one by one in their order; holds one hash a level, however many they are."""

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
        """The root of all so far, 32 bytes."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        found = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            found = _node(left, found)
        return found


def prove_inclusion(heads: Iterable[Head], case_id: str) -> InclusionProof:
    """The proof for one case. Raises KeyError where it is not among the heads."""
    ordered = sort_heads(heads)
    index = next((place for place, head in enumerate(ordered) if head.case_id == case_id), None)
    if index is None:
        raise KeyError("case is not among the heads")
    return InclusionProof(index, len(ordered), tuple(_path([leaf_hash(head) for head in ordered], index)))


def verify_inclusion(head: Head, proof: InclusionProof, root: bytes) -> bool:
    """Whether this head is in the tree with this root (RFC 9162 §2.1.3.2)."""
    if not 0 <= proof.index < proof.size:
        return False
    place, last, current = proof.index, proof.size - 1, leaf_hash(head)
    for sibling in proof.path:
        if last == 0:
            return False
        if place % 2 or place == last:
            current = _node(sibling, current)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            current = _node(current, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and hmac.compare_digest(current, root)


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Every level from the leaves to the root; an odd last node rises unchanged, which gives RFC 9162's shape."""
    if not leaves:
        return [[hashlib.sha256(b"").digest()]]
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        paired = [_node(below[place], below[place + 1]) for place in range(0, len(below) - 1, 2)]
        levels.append(paired + below[len(paired) * 2 :])
    return levels


def _path(leaves: Sequence[bytes], index: int) -> Iterable[bytes]:
    for level in _levels(leaves)[:-1]:
        sibling = index ^ 1
        if sibling < len(level):
            yield level[sibling]
        index >>= 1
