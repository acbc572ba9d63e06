"""
What every use of Twilio shares (SMS, calls): whether a hook is theirs, and the way to their REST interface.

Hooks: HMAC-SHA1 over our public address and the fields of the form, pure.
https://www.twilio.com/docs/usage/webhooks/webhooks-security; checked in tests against the published validator.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit, urlunsplit

import aiohttp
from aiohttp import encode_basic_auth
from pydantic import SecretStr

from channels.base import same
from channels.http import ProviderHttp, Reply
from core.contract.errors import OutcomeUnknown, SignatureInvalid

HEADER = "x-twilio-signature"
VERSION = "2010-04-01"
MEDIA_HOSTS = frozenset({"api.twilio.com", ".twiliocdn.com", ".amazonaws.com"})
"""Where Twilio keeps pictures and recordings."""
_NOTHING = SecretStr("")
_PORTS = {"https": 443, "http": 80, "wss": 443, "ws": 80}


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


@dataclass(frozen=True)
class Account:
    """
    An account at Twilio: calls to it are made with the API key where there is one, hooks are signed with the token.

    While the token is being changed the old one counts as well.
    """

    sid: str
    token: SecretStr
    old_token: SecretStr = _NOTHING
    key_sid: str = ""
    key_secret: SecretStr = _NOTHING

    @property
    def tokens(self) -> tuple[str, str]:
        """Those that may have signed a hook."""
        return self.token.get_secret_value(), self.old_token.get_secret_value()

    @property
    def authorization(self) -> str:
        """Who we are, as HTTP says it."""
        user, secret = (self.key_sid, self.key_secret) if self.key_sid else (self.sid, self.token)
        return encode_basic_auth(user, secret.get_secret_value())


class TwilioRest:
    """The resources below one account; paths begin with a slash. Raises SendError as `ProviderHttp`."""

    def __init__(self, account: Account, *, base_url: str, timeout: float) -> None:
        self._http = ProviderHttp(base_url, timeout=timeout)
        self._base_url = base_url.rstrip("/")
        self._below = f"/{VERSION}/Accounts/{account.sid}"
        self._headers = {"Authorization": account.authorization}

    async def get(self, path: str, *, query: Mapping[str, str] | None = None) -> Reply:
        """Read a resource."""
        return await self._http.get(self._below + path, query=query, headers=self._headers)

    async def post(self, path: str, fields: Mapping[str, str] | aiohttp.FormData) -> Reply:
        """Make or change one."""
        return await self._http.post_form(self._below + path, fields, headers=self._headers)

    async def delete(self, path: str) -> Reply:
        """Remove one."""
        return await self._http.delete(self._below + path, headers=self._headers)

    async def download(self, source: str, *, hosts: frozenset[str], most: int) -> bytes:
        """A file, by its address or its path below the account; only the first host hears who we are."""
        url = self._base_url + self._below + source if source.startswith("/") else source
        return await self._http.download(url, hosts=hosts, most=most, headers=self._headers)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()


def code_of(reply: Reply) -> str:
    """Twilio's own code of an answer; a gateway in front of it sends pages instead."""
    try:
        return str(reply.json().get("code") or reply.status)
    except OutcomeUnknown:
        return str(reply.status)
