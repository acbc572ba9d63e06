"""
Whether a citizen's message comes from eSMS: MD5 over its parts and a key that only eSMS and we know. Pure.

The documentation says MD5; its examples show base64 of the raw digest. Both are accepted until a live message has
decided. What eSMS says about our own messages is not signed at all: the secret path is what proves it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from channels.base import same
from core.contract.errors import SignatureInvalid

SIGNED = ("cpid", "smsid", "content", "receiverTime")


def digest(form: Mapping[str, str], key: str) -> bytes:
    """The sixteen bytes that eSMS signs a message with."""
    signed = "".join(form.get(name, "") for name in SIGNED) + key
    return hashlib.md5(signed.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()


def check(form: Mapping[str, str], key: str) -> None:
    """Raise SignatureInvalid unless `sign` is right, as base64 or as hexadecimal digits."""
    want, given = digest(form, key), form.get("sign", "").replace(" ", "+")  # a plus that was not escaped in a query
    if True not in [same(given, base64.b64encode(want)), same(given.lower(), want.hex())]:
        raise SignatureInvalid("wrong signature")
