"""
Codes and PINs that may be told before the report exists, made from the secret id of a submission.

Asking twice gives the same answer, so a form sent twice by a double click shows the code of the one report it becomes.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from core.identity.codes import hash_pin, new_code, new_pin
from core.storage import reports
from core.storage.database import Connection


@dataclass(frozen=True)
class Secrets:
    """Lasting secrets of the deployment: what codes are drawn from, what PINs are hashed under."""

    codes: bytes = field(repr=False)
    pins: bytes = field(repr=False)


@dataclass(frozen=True)
class Promise:
    """A code and PIN for a citizen; only the hash is ever stored."""

    code: str
    pin: str = field(repr=False)
    pin_hash: str


def derive(seed: str, secrets: Secrets) -> Promise:
    """The code and PIN that belong to a seed."""
    chance = _Chance(secrets.codes, seed)
    code, pin = new_code(chance), new_pin(chance)
    return Promise(code, pin, hash_pin(pin, code=code, key=secrets.pins))


def is_free_or_own(connection: Connection, promise: Promise) -> bool:
    """A code nobody holds, or the report that this very submission became already."""
    return not reports.is_of_another(connection, code=promise.code, pin_hash=promise.pin_hash)


class _Chance:
    """An endless row of numbers made from a key and a seed (HMAC-SHA256 in counter mode)."""

    def __init__(self, key: bytes, seed: str) -> None:
        self._key, self._seed, self._count = key, seed.encode(), 0

    def __call__(self, above: int) -> int:
        """A number from 0 to one below `above`; 128 bits a number, so that no remainder shows."""
        self._count += 1
        block = hmac.new(self._key, self._count.to_bytes(4, "big") + self._seed, hashlib.sha256).digest()
        return int.from_bytes(block[:16], "big") % above
