"""
How two systems prove to each other who is speaking: HMAC-SHA256 with a secret that both hold; pure.

News that we send is signed as https://www.standardwebhooks.com has it, over `id.timestamp.body`, so that receivers use
any library of that name. A request to our API is signed the same way, over its method and address before its body.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

PREFIX = "whsec_"
SCHEME = "v1"
_SECRET_BYTES = 32
FRESH = timedelta(minutes=5)
"""How far the clocks of two systems may differ: what was signed earlier or later than that is refused."""


class SecretInvalid(ValueError):
    """Not `whsec_` and 24 to 64 bytes in base64."""


def new_secret() -> str:
    """A secret nobody has yet."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes behind a written secret. SecretInvalid."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise SecretInvalid from None
    if not secret.startswith(PREFIX) or not 24 <= len(key) <= 64:
        raise SecretInvalid
    return key


def signature(secrets_: Iterable[str], *, message_id: str, at: datetime, body: bytes) -> str:
    """The value of `webhook-signature`: one signature for each secret in force, so that a receiver may hold either."""
    head = f"{message_id}.{int(at.timestamp())}.".encode()
    return " ".join(f"{SCHEME},{_mac(secret, head + body)}" for secret in secrets_)


def of_request(method: str, target: str, body: bytes) -> bytes:
    """What of a request is signed; `target` is path and query as they go over the wire."""
    return f"{method.upper()} {target}\n".encode() + body


Verdict = Literal["", "forged", "stale"]


def judged(
    secrets_: Iterable[str], *, message_id: str, timestamp: str, given: str, body: bytes, now: datetime
) -> Verdict:
    """
    What is wrong with a signature; empty: nothing.

    `given`: any of several, separated by spaces, may fit any secret in force. Only what is proved is called stale, so
    that a stranger learns nothing about clocks.
    """
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return "forged"
    head = f"{message_id}.{timestamp}.".encode(errors="surrogateescape")
    expected = [_mac(secret, head + body).encode() for secret in secrets_]
    shown = [one.partition(",")[2].encode(errors="surrogateescape") for one in given.split()[:8]]
    if not any(hmac.compare_digest(one, other) for one in shown for other in expected):
        return "forged"
    return "" if abs(now.timestamp() - int(timestamp)) <= FRESH.total_seconds() else "stale"


def _mac(secret: str, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key_of(secret), signed, "sha256")).decode()
