"""Keys of protected sound in a description (SDES, RFC 4568): one suite, which everybody has to know. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable

SUITE = "AES_CM_128_HMAC_SHA1_80"
KEY_BYTES = 30
"""Sixteen of the master key, fourteen of its salt."""
_OFFERED = re.compile(rf"(\d{{1,9}}) {SUITE} inline:([A-Za-z0-9+/]{{40}}=*)(?:\|[\w^]+)?", re.ASCII)


def read(lines: Iterable[str]) -> tuple[str, bytes]:
    """
    Tag and key of the first line that we can follow; no key: none.

    Not followed: other suites, several keys (MKI), session parameters that change the protection.
    """
    for written in lines:
        found = _OFFERED.fullmatch(written.strip())
        key = _key(found[2]) if found else b""
        if found and key:
            return found[1], key
    return "1", b""


def line(tag: str, key: bytes) -> str:
    """Ours."""
    return f"a=crypto:{tag} {SUITE} inline:{base64.b64encode(key).decode()}"


def _key(written: str) -> bytes:
    try:
        key = base64.b64decode(written, validate=True)
    except binascii.Error:
        return b""
    return key if len(key) == KEY_BYTES else b""
