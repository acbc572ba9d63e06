"""Who we are to a push service (VAPID, RFC 8292): one key pair of this deployment, and a token for each call."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02  # type: ignore[import-untyped]
from yarl import URL

TOKEN_LASTS = timedelta(hours=12)
"""Of at most 24 hours (RFC 8292 §2)."""
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group P-256 (FIPS 186-4 D.1.2.3)."""


class Vapid:
    """Signs calls. `secret`: 32 lasting bytes; `contact`: whom a push service may write to."""

    def __init__(self, secret: bytes, *, contact: str) -> None:
        number = 1 + int.from_bytes(secret, "big") % (_ORDER - 1)
        self._signer = Vapid02(ec.derive_private_key(number, ec.SECP256R1()))
        self._contact = contact

    def __repr__(self) -> str:
        return f"Vapid({self.public_key})"

    @property
    def public_key(self) -> str:
        """What a browser subscribes with (`applicationServerKey`): the uncompressed point, base64url."""
        point = self._signer.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).decode().rstrip("=")

    def headers(self, endpoint: str, *, now: datetime) -> dict[str, str]:
        """What proves us to the service at this address, until half a day from now."""
        claims = {
            "aud": str(URL(endpoint).origin()),
            "exp": int((now + TOKEN_LASTS).timestamp()),
            "sub": self._contact,
        }
        signed: dict[str, str] = self._signer.sign(claims)
        return signed
