"""
How the provider signs: SHA-256, no HMAC, over app id, raw body, the body's own timestamp and the OA's secret.

Source: Zalo's page "Webhook / tổng quan" and four independent implementations; accepted with and without `mac=`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable

from channels.base import same, sign
from core.contract.errors import SignatureInvalid

HEADER = "x-zevent-signature"


def mac_of(body: bytes, *, timestamp: str, app_id: str, secret: str) -> str:
    """The signature of one event, in hex."""
    stamp = timestamp.encode("utf-8", "surrogatepass")
    return hashlib.sha256(app_id.encode() + body + stamp + secret.encode()).hexdigest()


def check_signature(body: bytes, given: str, *, app_id: str, secrets: Iterable[str]) -> None:
    """Raise SignatureInvalid unless one of the secrets signed exactly these bytes."""
    timestamp = _timestamp(body)
    shown = given.strip().removeprefix("mac=").lower()
    fits = [same(shown, mac_of(body, timestamp=timestamp, app_id=app_id, secret=secret)) for secret in secrets]
    if not any(fits):
        raise SignatureInvalid("not signed with a secret of ours" if shown else "not signed")


def _timestamp(body: bytes) -> str:
    """Only to fetch it: nothing else of the body is looked at before it is proved."""
    try:
        event = json.loads(body)
        return str(event["timestamp"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise SignatureInvalid("no timestamp in it") from error


def challenge_of(verifier: str) -> str:
    """PKCE (RFC 7636 §4.2, S256): what is shown first of a secret that is shown later."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def proof_of(access_token: str, *, app_secret: str) -> str:
    """`appsecret_proof`: that whoever shows the token also has the app's secret."""
    return sign(app_secret.encode(), access_token.encode())
