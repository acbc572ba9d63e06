"""
The daily root, signed: what makes a deleted case, or a chain rewritten from its start, visible the day after.

Each record names the hash of the record before it, so that records form a chain too; print or send one somewhere
else and everything up to that day is fixed. Leaves are kept beside the record to name the case that differs.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from core.privacy.chain import Head
from core.privacy.errors import Tampered
from core.privacy.merkle import merkle_root, sort_heads

DOMAIN = b"langnghe/root/v1\0"
NO_RECORD = bytes(32)


@dataclass(frozen=True)
class RootRecord:
    """One day's signed root. `stored` is what is kept and hashed; the other fields are read from it."""

    day: date
    made_at: datetime
    cases: int
    root: bytes
    previous: bytes
    stored: bytes

    @property
    def hash(self) -> bytes:
        """What the next day's record names as `previous`, 32 bytes."""
        return hashlib.sha256(DOMAIN + self.stored).digest()


@dataclass(frozen=True)
class HeadDifference:
    """A case that is not as the record says; `problem` is missing, shorter or altered."""

    case_id: str
    problem: str


def signing_key(secret: bytes) -> Ed25519PrivateKey:
    """The deployment's Ed25519 key from 32 secret bytes (`system_secret("root")`)."""
    return Ed25519PrivateKey.from_private_bytes(secret)


def sign_root(
    heads: Iterable[Head], *, day: date, made_at: datetime, previous: RootRecord | None, key: Ed25519PrivateKey
) -> RootRecord:
    """
    Make the record of one day over the heads of all cases.

    Args:
        heads: one per case, in any order; each event counted lies before `made_at`.
        made_at: aware.
        previous: the newest record so far; None only for the very first.
    """
    if made_at.tzinfo is None:
        raise ValueError("made_at must be aware")
    ordered = sort_heads(heads)
    body = _canonical(
        {
            "day": day.isoformat(),
            "made_at": made_at.isoformat(),
            "cases": len(ordered),
            "root": merkle_root(ordered).hex(),
            "previous": (previous.hash if previous else NO_RECORD).hex(),
        }
    )
    return read_root(_canonical({"body": body.decode(), "signature": key.sign(DOMAIN + body).hex()}))


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
        if _canonical({"body": envelope["body"], "signature": signature.hex()}) != stored:
            raise Tampered("root record is not in its one spelling")
        public.verify(signature, DOMAIN + envelope["body"].encode())
    except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Tampered("root record is not signed by us") from error
    if previous is not None and not hmac.compare_digest(record.previous, previous.hash):
        raise Tampered("root record does not follow the one before")
    return record


def verify_leaves(record: RootRecord, leaves: Iterable[Head]) -> None:
    """Raise Tampered unless these are the heads the record was made of."""
    ordered = sort_heads(leaves)
    if len(ordered) != record.cases or not hmac.compare_digest(merkle_root(ordered), record.root):
        raise Tampered("leaves do not give the signed root")


def compare_heads(leaves: Iterable[Head], now: Mapping[str, Mapping[int, bytes]]) -> list[HeadDifference]:
    """
    Cases that no longer hold what a day's leaves say.

    Args:
        leaves: proved by `verify_leaves`.
        now: case id → event version → hash as recomputed from the stored events (only versions asked for are needed).
    """
    found = []
    for leaf in sort_heads(leaves):
        chain = now.get(leaf.case_id)
        if chain is None:
            found.append(HeadDifference(leaf.case_id, "missing"))
        elif leaf.version not in chain:
            found.append(HeadDifference(leaf.case_id, "shorter"))
        elif not hmac.compare_digest(chain[leaf.version], leaf.hash):
            found.append(HeadDifference(leaf.case_id, "altered"))
    return found


def pack_leaves(leaves: Iterable[Head]) -> bytes:
    """The leaves as one byte string for the column beside the record."""
    return _canonical([[head.case_id, head.version, head.hash.hex()] for head in sort_heads(leaves)])


def unpack_leaves(stored: bytes) -> list[Head]:
    """What `pack_leaves` made. Raises Tampered where it cannot be read."""
    try:
        return [
            Head(str(case_id), int(version), bytes.fromhex(found)) for case_id, version, found in json.loads(stored)
        ]
    except (ValueError, TypeError) as error:
        raise Tampered("unreadable leaves") from error


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
