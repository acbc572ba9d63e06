"""
Access tokens for a hosted mailbox and its relay (OAuth 2.0, RFC 6749 §6), shown by XOAUTH2.

The operator gives one refresh token; what is had for it, and whatever refresh token the provider puts in its place, is
kept in the token store and renewed by one process at a time. A refresh token may be used again when an answer was lost:
Microsoft and Google end the old one at most after a while. A new one in the settings is a new beginning.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from channels.email.settings import OAuthSettings
from channels.http import ProviderHttp, Reply
from core.contract.errors import (
    ConnectionFailed,
    NeedsReauth,
    NotLetIn,
    OutcomeUnknown,
    SendError,
    TemporarySendError,
)
from core.contract.ports import TokenLease, Tokens, TokenStore

SOON = timedelta(minutes=5)
LEASE_SECONDS = 60.0
_LIFE = 3600.0
_PATIENCE = 25.0
_LOOK_SECONDS = 0.2
_OUR_FAULT = frozenset({"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"})
_ENDED = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})

log = structlog.get_logger()


class AccessTokens(Protocol):
    """Who gives the token that is shown at a log-in."""

    async def access(self, *, refused: str = "") -> str:
        """One that is good for a while, and not the one that was `refused`. Raises SendError."""

    async def close(self) -> None:
        """Let go of the connections."""


class MailTokens:
    """The tokens of one mailbox. `account` is our address; implements `AccessTokens`."""

    def __init__(
        self, settings: OAuthSettings, store: TokenStore, *, account: str, now: Callable[[], datetime]
    ) -> None:
        given = settings.refresh_token.get_secret_value()
        self._settings = settings
        self._store = store
        self._account = f"{account}#{hashlib.sha256(given.encode()).hexdigest()[:12]}"
        self._given = given
        self._now = now
        self._http = ProviderHttp(settings.token_url, timeout=settings.timeout)

    async def access(self, *, refused: str = "") -> str:
        """As `AccessTokens` says. NeedsReauth: our refresh token is taken no longer, and only a person can help."""
        tokens = await self._standing()
        if tokens.access and tokens.access != refused and tokens.expires - self._now() > SOON:
            return tokens.access
        lease = await self._store.lease(self._account, generation=tokens.generation, seconds=LEASE_SECONDS)
        fresh = await self._renewed(lease, tokens) if lease is not None else await self._elsewhere(tokens)
        return fresh.access

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    async def _standing(self) -> Tokens:
        tokens = await self._store.current(self._account)
        if tokens is None:
            tokens = await self._store.connect(self._account, access="", refresh=self._given, expires=self._now())
        if tokens.needs_reauth:
            raise NeedsReauth("the mailbox's refresh token has ended")
        return tokens

    async def _elsewhere(self, tokens: Tokens) -> Tokens:
        """Another process renews it: its token will stand in a moment."""
        try:
            async with asyncio.timeout(_PATIENCE):
                while True:
                    await asyncio.sleep(_LOOK_SECONDS)
                    if (stands := await self._standing()).generation != tokens.generation:
                        return stands
        except TimeoutError:
            raise ConnectionFailed("the token is being renewed elsewhere") from None

    async def _renewed(self, lease: TokenLease, tokens: Tokens) -> Tokens:
        try:
            answer = await self._asked(tokens.refresh)
        except OutcomeUnknown as error:
            await self._store.release(lease, unsettled=True)
            raise ConnectionFailed("the token server did not answer", provider_code=error.provider_code) from None
        except SendError as error:
            await self._store.release(lease, needs_reauth=isinstance(error, NeedsReauth))
            log.warning("token_not_renewed", channel="email", error=error.code, code=error.provider_code)
            raise
        stands = await self._store.renewed(
            lease,
            access=str(answer["access_token"]),
            refresh=str(answer.get("refresh_token") or tokens.refresh),
            expires=self._now() + timedelta(seconds=_seconds(answer.get("expires_in"))),
        )
        if stands is None:
            raise ConnectionFailed("the token was given up meanwhile")
        log.info("token_renewed", channel="email", generation=stands.generation)
        return stands

    async def _asked(self, refresh: str) -> Mapping[str, Any]:
        settings = self._settings
        fields = {
            "grant_type": "refresh_token",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.get_secret_value(),
            "refresh_token": refresh,
            "scope": settings.scope,
        }
        reply = await self._http.post_form("", {name: value for name, value in fields.items() if value})
        if not reply.ok:
            raise _refusal(reply)
        answer = reply.json()
        if not isinstance(answer.get("access_token"), str):
            raise OutcomeUnknown("no token in the answer", provider_code=str(reply.status))
        return answer


def _refusal(reply: Reply) -> SendError:
    """What a token server's no means (RFC 6749 §5.2)."""
    if reply.status >= 500:
        return TemporarySendError("the token server has trouble", provider_code=str(reply.status))
    code = str(reply.json().get("error", ""))[:60]
    if code in _ENDED:
        return NeedsReauth("the mailbox's refresh token has ended", provider_code=code)
    if code in _OUR_FAULT:
        return NotLetIn("the token server does not know us", provider_code=code)
    return TemporarySendError("the token server refused", provider_code=code or str(reply.status))


def _seconds(value: object) -> float:
    try:
        return float(value) if isinstance(value, int | float | str) else _LIFE
    except ValueError:
        return _LIFE
