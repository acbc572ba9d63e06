"""
OAuth v4 of the official account: where an official grants us access, and how pairs of tokens are had.

Not to be confused with Zalo's sign-in for people (`/v4/permission`, `/v4/access_token`): other tokens, other ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yarl import URL

from channels.http import ProviderHttp
from channels.zalo.errors import BUSY, MINUTE, code_of
from channels.zalo.settings import ZaloSettings
from channels.zalo.signature import challenge_of
from core.contract.errors import NeedsReauth, OutcomeUnknown, Throttled

_GRANT = "/v4/oa/permission"
_PAIR = "/v4/oa/access_token"
_LIFE = 90_000.0


@dataclass(frozen=True)
class Granted:
    """A fresh pair; `seconds` is how long the access token lives."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    seconds: float = _LIFE


class OAuth:
    """The provider's token server."""

    def __init__(self, settings: ZaloSettings, http: ProviderHttp) -> None:
        self._settings = settings
        self._http = http

    def link(self, *, state: str, verifier: str) -> str:
        """Where the official grants it."""
        query = {
            "app_id": self._settings.app_id,
            "redirect_uri": self._settings.redirect_uri,
            "code_challenge": challenge_of(verifier),
            "state": state,
        }
        return str(URL(self._settings.oauth_url + _GRANT).with_query(query))

    async def exchange(self, code: str, *, verifier: str) -> Granted:
        """A pair for the code that the official came back with; it works once, for ten minutes."""
        return await self._ask({"grant_type": "authorization_code", "code": code, "code_verifier": verifier})

    async def refresh(self, refresh: str) -> Granted:
        """
        A new pair for a refresh token, which works once and ends the old access token at once.

        Raises: ConnectionFailed, Throttled: the token is unused. OutcomeUnknown: nobody knows. NeedsReauth: refused.
        """
        return await self._ask({"grant_type": "refresh_token", "refresh_token": refresh})

    async def _ask(self, fields: Mapping[str, str]) -> Granted:
        secret = {"secret_key": self._settings.app_secret.get_secret_value()}
        reply = await self._http.post_form(_PAIR, {"app_id": self._settings.app_id, **fields}, headers=secret)
        if reply.status >= 500:
            raise OutcomeUnknown("the token server failed", provider_code=str(reply.status))
        return _granted(reply.json())


def _granted(answer: Mapping[str, Any]) -> Granted:
    code = code_of(answer)
    if code == BUSY:
        raise Throttled("too many requests this minute", retry_after=MINUTE, provider_code=str(code))
    access, refresh = answer.get("access_token"), answer.get("refresh_token")
    if code or not isinstance(access, str) or not isinstance(refresh, str) or not (access and refresh):
        raise NeedsReauth("no tokens were granted", provider_code=str(code))
    try:
        return Granted(access, refresh, float(answer.get("expires_in", _LIFE)))
    except (TypeError, ValueError):
        return Granted(access, refresh)
