"""
The hash chain of a case's events: one altered byte, one removed or reordered event breaks it.

Bytes are hashed as stored (databases reorder JSON keys). The chain starts from the case id, so that two cases with
equal events have different chains. What a chain cannot show by itself, its own missing tail or a deleted case, is
shown by the head on the case row and by the daily root (`merkle`, `roots`).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

HASH_BYTES = 32
LINK_DOMAIN = b"langnghe/event/v1\0"
START_DOMAIN = b"langnghe/case/v1\0"


@dataclass(frozen=True)
class ChainedEvent:
    """One stored event: its place in the case (from 1), its bytes as stored, the hash stored beside it."""

    version: int
    stored: bytes
    hash: bytes


@dataclass(frozen=True)
class Head:
    """Where a case's chain stands: how many events, and the hash of the last (of `start` when there are none)."""

    case_id: str
    version: int
    hash: bytes


@dataclass(frozen=True)
class Break:
    """The first place where a chain does not hold; `problem` is altered, missing, extra or head."""

    case_id: str
    version: int
    problem: str


def start(case_id: str) -> bytes:
    """The hash before the first event, 32 bytes."""
    return hashlib.sha256(START_DOMAIN + case_id.encode()).digest()


def link(previous: bytes, stored: bytes) -> bytes:
    """The hash of an event: SHA-256 of domain · previous hash (32) · length (8, big-endian) · stored bytes."""
    if len(previous) != HASH_BYTES:
        raise ValueError(f"the previous hash has {HASH_BYTES} bytes")
    return hashlib.sha256(LINK_DOMAIN + previous + len(stored).to_bytes(8, "big") + stored).digest()


def extend(previous: bytes, stored: Iterable[bytes]) -> list[bytes]:
    """The hashes of several new events, in order."""
    hashes = []
    for body in stored:
        previous = link(previous, body)
        hashes.append(previous)
    return hashes


def verify_chain(events: Iterable[ChainedEvent], *, case_id: str, head: Head | None = None) -> Break | None:
    """
    The first break in one case's events, or None where all holds.

    Args:
        events: ordered by version.
        head: what the case row (or a daily root) says, to find a missing tail.
    """
    previous, version = start(case_id), 0
    for event in events:
        if event.version != version + 1:
            return Break(case_id, version + 1, "missing" if event.version > version + 1 else "extra")
        version = event.version
        previous = link(previous, event.stored)
        if not hmac.compare_digest(previous, event.hash):
            return Break(case_id, version, "altered")
    return _verify_head(Head(case_id, version, previous), head) if head else None


def _verify_head(found: Head, claimed: Head) -> Break | None:
    if found == claimed:
        return None
    if found.version != claimed.version:
        problem = "missing" if found.version < claimed.version else "extra"
        return Break(found.case_id, min(found.version, claimed.version) + 1, problem)
    return Break(found.case_id, found.version, "head")
