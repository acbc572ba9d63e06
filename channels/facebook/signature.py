"""
What proves the provider to us, and us to the provider; pure.

Source: developers.facebook.com, Messenger Platform, Webhooks (2026-05-05); Graph API, Securing calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from channels.base import same, sign
from core.contract.errors import SignatureInvalid

HEADER = "x-hub-signature-256"
PREFIX = "sha256="


def verify(body: bytes, *, header: str, secrets: Iterable[bytes]) -> None:
    """
    Check `sha256=<hex>` over the raw bytes, whose letters are escaped: written anew they would be other bytes.

    Raises SignatureInvalid.
    """
    given = header.strip()
    if not any(same(given, PREFIX + sign(secret, body)) for secret in secrets):
        raise SignatureInvalid("X-Hub-Signature-256 does not match the body")


def challenge(query: Mapping[str, str], *, token: str) -> str:
    """What to answer when the provider asks whether the hook is ours. Raises SignatureInvalid."""
    known = same(query.get("hub.verify_token", ""), token)
    answer = query.get("hub.challenge", "")
    if query.get("hub.mode") != "subscribe" or not known or not (answer.isascii() and answer.isalnum()):
        raise SignatureInvalid("the verify token is not ours")
    return answer


def appsecret_proof(token: str, *, secret: bytes) -> str:
    """Shows that whoever uses a token also holds the app's secret: HMAC-SHA256 of the token, hexadecimal."""
    return sign(secret, token.encode())
