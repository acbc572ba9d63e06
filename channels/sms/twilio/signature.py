"""
Whether a hook comes from Twilio: HMAC-SHA1 over our public address and the fields of the form. Pure.

https://www.twilio.com/docs/usage/webhooks/webhooks-security; checked in tests against the published validator.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qs, urlsplit, urlunsplit

from channels.base import same
from core.contract.errors import SignatureInvalid

HEADER = "x-twilio-signature"
_PORTS = {"https": 443, "http": 80}


def compute(token: str, url: str, fields: Mapping[str, Sequence[str]]) -> str:
    """Base64 of HMAC-SHA1(token, url ‖ name ‖ value …): names sorted, of repeated fields distinct values sorted."""
    written = url + "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    return base64.b64encode(hmac.digest(token.encode(), written.encode("utf-8", "surrogatepass"), "sha1")).decode()


def check(given: str, *, url: str, body: bytes, fields: Mapping[str, Sequence[str]], tokens: Iterable[str]) -> None:
    """
    Raise SignatureInvalid unless one of our tokens made this signature.

    Args:
        url: as it was told to Twilio: public scheme, host and path, and the undecoded query.
        body: raw; where the query holds its SHA-256 (a JSON hook), this is compared and `fields` are not signed.
    """
    digest = parse_qs(urlsplit(url).query).get("bodySHA256")
    if digest and not same(digest[0].lower(), hashlib.sha256(body).hexdigest()):
        raise SignatureInvalid("the body is not the one that was signed")
    signed: Mapping[str, Sequence[str]] = {} if digest else fields
    possible = [compute(token, spelled, signed) for token in tokens if token for spelled in _spellings(url)]
    if True not in [same(given, one) for one in possible]:  # a list: all are compared, whichever it is
        raise SignatureInvalid("wrong signature")


def _spellings(url: str) -> tuple[str, str]:
    """With and without the port that goes without saying; Twilio signs one or the other."""
    parts = urlsplit(url)
    port = _PORTS.get(parts.scheme)
    host = parts.netloc.removesuffix(f":{port}")
    bare = parts.port is None or parts.port == port
    return url, urlunsplit(parts._replace(netloc=f"{host}:{port}" if parts.port is None and bare else host))
