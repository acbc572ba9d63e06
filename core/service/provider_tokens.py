"""
Tokens of providers: kept sealed, renewed by one process at a time, granted by an official who began it himself.

`SealedTokens` is what a channel is handed (`core.contract.ports.TokenStore`); `Grants` is what the page is built on
that connects a channel.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from pydantic import BaseModel

from core.contract.errors import CaseError
from core.contract.ports import TokenLease, Tokens
from core.contract.schema import new_id
from core.privacy.keys import SYSTEM
from core.service.safe import Safe
from core.storage import provider_tokens
from core.storage.database import Database
from core.storage.provider_tokens import GrantRow, TokenRow

_SUBJECT = f"{SYSTEM}provider-tokens"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_VERIFIER_LETTERS = 43
GRANT_LASTS = timedelta(minutes=10)


class GrantRefused(CaseError):
    """The answer of a provider belongs to no request of this official, or comes too late or a second time: 409."""

    code = "grant_refused"
    vi = "Yêu cầu kết nối đã hết hạn hoặc đã được dùng. Vui lòng bấm kết nối lại từ đầu."


class _Pair(BaseModel):
    access: str
    refresh: str


class _Verifier(BaseModel):
    verifier: str


class SealedTokens:
    """The pairs of one channel; implements `TokenStore`. `now` is the deployment's clock."""

    def __init__(self, database: Database, *, safe: Safe, channel: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._channel = channel
        self._now = now

    def __repr__(self) -> str:
        return f"SealedTokens({self._channel})"

    async def current(self, account: str) -> Tokens | None:
        """The pair in force."""
        row = await self._database.read(partial(provider_tokens.load, channel=self._channel, account=account))
        return None if row is None else await self._safe.aside(partial(self._opened, row), _SUBJECT)

    async def connect(self, account: str, *, access: str, refresh: str, expires: datetime) -> Tokens:
        """A pair that a person was granted just now."""
        row = await self._row(account, 0, access=access, refresh=refresh, expires=expires)
        stored = await self._database.write(partial(provider_tokens.begin_anew, row=row))
        return Tokens(access, refresh, expires, stored.refreshed_at, stored.generation)

    async def lease(self, account: str, *, generation: int, seconds: float) -> TokenLease | None:
        """The right to renew."""
        owner, now = new_id(), self._now()
        take = partial(
            provider_tokens.take_lease,
            channel=self._channel,
            account=account,
            generation=generation,
            owner=owner,
            now=now,
            until=now + timedelta(seconds=seconds),
        )
        interrupted = await self._database.write(take)
        return None if interrupted is None else TokenLease(account, generation, owner, interrupted)

    async def renewed(self, lease: TokenLease, *, access: str, refresh: str, expires: datetime) -> Tokens | None:
        """Store the pair that came; it stands for everybody when this returns."""
        row = await self._row(lease.account, lease.generation + 1, access=access, refresh=refresh, expires=expires)
        if not await self._database.write(partial(provider_tokens.replace, row=row)):
            return await self.current(lease.account)
        return Tokens(access, refresh, expires, row.refreshed_at, row.generation)

    async def release(self, lease: TokenLease, *, unsettled: bool = False, needs_reauth: bool = False) -> None:
        """No new pair came."""
        await self._database.write(
            partial(
                provider_tokens.let_go,
                channel=self._channel,
                account=lease.account,
                generation=lease.generation,
                owner=lease.owner,
                unsettled=unsettled,
                needs_reauth=needs_reauth,
            )
        )

    async def _row(self, account: str, generation: int, *, access: str, refresh: str, expires: datetime) -> TokenRow:
        pair = _Pair(access=access, refresh=refresh)
        seal = partial(self._safe.seal, pair, subject_id=_SUBJECT, place=self._place(account))
        sealed = await self._safe.aside(seal, _SUBJECT)
        return TokenRow(self._channel, account, generation, sealed, expires, self._now())

    def _opened(self, row: TokenRow) -> Tokens:
        place = self._place(row.account)
        pair = self._safe.open_model(row.pair_sealed, _Pair, subject_id=_SUBJECT, place=place)
        whole = Tokens(pair.access, pair.refresh, row.expires_at, row.refreshed_at, row.generation)
        return replace(whole, needs_reauth=row.needs_reauth)

    def _place(self, account: str) -> str:
        return f"provider_token:{self._channel}/{account}"


class Grants:
    """Requests to connect a channel: begun by an official, ended once, within ten minutes, by the same one."""

    def __init__(self, database: Database, *, safe: Safe, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._now = now

    async def begin(self, channel: str, *, user_id: str) -> tuple[str, str]:
        """A fresh (state, verifier): both can be guessed by nobody, and only the state leaves the house."""
        state, now = secrets.token_urlsafe(32), self._now()
        verifier = "".join(secrets.choice(_LETTERS) for _ in range(_VERIFIER_LETTERS))
        digest = _digest(state)
        sealed = await asyncio.to_thread(
            self._safe.seal, _Verifier(verifier=verifier), subject_id=_SUBJECT, place=f"grant_request:{digest}"
        )
        row = GrantRow(digest, channel, user_id, sealed, now + GRANT_LASTS)
        await self._database.write(partial(provider_tokens.note_request, row=row, now=now))
        return state, verifier

    async def end(self, channel: str, *, state: str, user_id: str) -> str:
        """The verifier of a request, which is used up by this, however it ends. Raises GrantRefused."""
        digest = _digest(state)
        row = await self._database.write(partial(provider_tokens.take_request, state_hash=digest))
        if row is None or (row.channel, row.user_id) != (channel, user_id) or row.expires_at <= self._now():
            raise GrantRefused("no such request of this official")
        opened = await asyncio.to_thread(
            self._safe.open_model,
            row.verifier_sealed,
            _Verifier,
            subject_id=_SUBJECT,
            place=f"grant_request:{digest}",
        )
        return opened.verifier


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode(errors="replace")).hexdigest()
