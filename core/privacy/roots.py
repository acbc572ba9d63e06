"""
The daily root, signed: what makes a deleted case, or a chain rewritten from its start, visible the day after.

A record covers the heads of the cases that changed since the record before (the first: of all cases) and names the
hash of that record, so that records form a chain and the newest fixes everything before it; print or send one
somewhere else. Its leaves are kept beside it, to name the case that differs. So a day costs what happened on it, not
what the archive holds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.canonical import canonical_json
from core.privacy.chain import Head
from core.privacy.errors import Tampered
from core.privacy.merkle import GrowingTree, leaf_hash

DOMAIN = b"langnghe/root/v1\0"
NO_RECORD = bytes(32)
PACKED = b"heads/2\n"
_LEAF = struct.Struct(">I32s")


@dataclass(frozen=True)
class RootRecord:
    """
    One day's signed root. `stored` is what is kept and hashed; the other fields are read from it.

    `cases`: how many heads it covers. `since`: those that changed from that instant on; None: every case there was.
    """

    day: date
    made_at: datetime
    cases: int
    root: bytes
    previous: bytes
    stored: bytes
    since: datetime | None = None

    @property
    def hash(self) -> bytes:
        """What the next day's record names as `previous`, 32 bytes."""
        return hashlib.sha256(DOMAIN + self.stored).digest()


def signing_key(secret: bytes) -> Ed25519PrivateKey:
    """The deployment's Ed25519 key from 32 secret bytes (`system_secret("root")`)."""
    return Ed25519PrivateKey.from_private_bytes(secret)


class Leaves:
    """Heads as they are read, in order of their case ids: packed, counted, and folded into the root. 69 bytes each."""

    def __init__(self) -> None:
        self._packed = bytearray(PACKED)
        self._tree = GrowingTree()
        self._last = b""
        self.count = 0

    def add(self, head: Head) -> None:
        """The next head. Raises ValueError for a case that occurs twice or out of order."""
        name = head.case_id.encode()
        if self.count and name <= self._last:
            raise ValueError("one head per case, in the order of their ids")
        self._packed += bytes((len(name),)) + name + _LEAF.pack(head.version, head.hash)
        self._tree.add(leaf_hash(head))
        self._last, self.count = name, self.count + 1

    @property
    def packed(self) -> bytes:
        """All of them as one byte string, for the column beside the record."""
        return bytes(self._packed)

    @property
    def root(self) -> bytes:
        """Their Merkle root, 32 bytes."""
        return self._tree.root()


def sign_root(
    leaves: Leaves,
    *,
    day: date,
    made_at: datetime,
    previous: RootRecord | None,
    key: Ed25519PrivateKey,
    since: datetime | None = None,
) -> RootRecord:
    """
    Make the record of one day.

    Args:
        leaves: heads of the cases that changed from `since` on (None: of all), each event before `made_at`.
        made_at: aware.
        previous: the newest record so far; None only for the very first.
    """
    if made_at.tzinfo is None:
        raise ValueError("made_at must be aware")
    body = canonical_json(
        {
            "day": day.isoformat(),
            "made_at": made_at.isoformat(),
            "since": since.isoformat() if since else None,
            "cases": leaves.count,
            "root": leaves.root.hex(),
            "previous": (previous.hash if previous else NO_RECORD).hex(),
        }
    )
    return read_root(canonical_json({"body": body.decode(), "signature": key.sign(DOMAIN + body).hex()}))


def read_root(stored: bytes) -> RootRecord:
    """Read a kept record, without checking it. Raises Tampered where it cannot be read."""
    try:
        body = json.loads(json.loads(stored)["body"])
        return RootRecord(
            day=date.fromisoformat(body["day"]),
            made_at=datetime.fromisoformat(body["made_at"]),
            cases=int(body["cases"]),
            root=bytes.fromhex(body["root"]),
            previous=bytes.fromhex(body["previous"]),
            stored=stored,
            since=datetime.fromisoformat(body["since"]) if body.get("since") else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Tampered("unreadable root record") from error


def verify_root(stored: bytes, public: Ed25519PublicKey, *, previous: RootRecord | None = None) -> RootRecord:
    """
    The record, proved to be ours and to follow `previous` (None: the first, or unknown).

    Raises: Tampered where signature or predecessor do not fit.
    """
    record = read_root(stored)
    try:
        envelope = json.loads(stored)
        signature = bytes.fromhex(envelope["signature"])
        if canonical_json({"body": envelope["body"], "signature": signature.hex()}) != stored:
            raise Tampered("root record is not in its one spelling")
        public.verify(signature, DOMAIN + envelope["body"].encode())
    except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Tampered("root record is not signed by us") from error
    if previous is not None and not hmac.compare_digest(record.previous, previous.hash):
        raise Tampered("root record does not follow the one before")
    return record


def verify_leaves(record: RootRecord, packed: bytes) -> None:
    """Raise Tampered unless these are the heads the record was made of."""
    tree, count, last = GrowingTree(), 0, b""
    for head in read_leaves(packed):
        name = head.case_id.encode()
        if count and name <= last:
            raise Tampered("leaves are not in their one order")
        tree.add(leaf_hash(head))
        last, count = name, count + 1
    if count != record.cases or not hmac.compare_digest(tree.root(), record.root):
        raise Tampered("leaves do not give the signed root")


def read_leaves(packed: bytes) -> Iterator[Head]:
    """The heads of `Leaves.packed`, one in memory at a time. Raises Tampered where they cannot be read."""
    if not packed.startswith(PACKED):
        yield from _read_first_format(packed)
        return
    place, view = len(PACKED), memoryview(packed)
    while place < len(packed):
        end = place + 1 + packed[place]
        try:
            case_id = bytes(view[place + 1 : end]).decode()
            version, digest = _LEAF.unpack_from(packed, end)
        except (struct.error, ValueError) as error:
            raise Tampered("unreadable leaves") from error
        yield Head(case_id, version, digest)
        place = end + _LEAF.size


def _read_first_format(packed: bytes) -> Iterator[Head]:
    """JSON, as written before heads were packed."""
    try:
        for case_id, version, found in json.loads(packed):
            yield Head(str(case_id), int(version), bytes.fromhex(found))
    except (ValueError, TypeError) as error:
        raise Tampered("unreadable leaves") from error
