"""
Keeping the pair of tokens alive: renewed in time, by one process at a time, and never twice with one refresh token.

A refresh token works once, so a renewal whose answer was lost is the one thing to fear. The old access token tells: the
provider ends it with the renewal, so as long as it works, the renewal did not happen and the refresh token is unused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from channels.zalo.oauth import Granted, OAuth
from core.contract.errors import ConnectionFailed, NeedsReauth, OutcomeUnknown, SendError, TemporarySendError
from core.contract.ports import TokenLease, Tokens, TokenStore

SOON = timedelta(hours=2)
LEASE_SECONDS = 180.0
_STORING_PAUSES = (0.2, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_LOOK_SECONDS = 0.2
_PATIENCE = 25.0
_AFTER_UNKNOWN = timedelta(minutes=5)
_AFTER_FAILURE = timedelta(minutes=1)

log = structlog.get_logger()


class TokenKeeper:
    """
    The tokens of one official account in one process.

    `works` asks the provider something harmless with an access token: True, False, or ConnectionFailed.
    """

    def __init__(
        self,
        store: TokenStore,
        oauth: OAuth,
        *,
        account: str,
        works: Callable[[str], Awaitable[bool]],
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._oauth = oauth
        self._account = account
        self._works = works
        self._now = now
        self._renewal: asyncio.Task[Tokens | None] | None = None
        self._rests_until: datetime | None = None

    async def usable(self) -> Tokens:
        """A pair whose access token is good for a while. Raises NeedsReauth, TemporarySendError."""
        tokens = await self.standing()
        left = tokens.expires - self._now()
        if left > SOON or (left > timedelta() and self._rests()):
            return tokens
        return await self._renewed(tokens, must=left <= timedelta())

    async def after_refusal(self, refused: Tokens) -> Tokens:
        """The provider did not take this pair's access token: the newer one that stands, or one renewed now."""
        tokens = await self.standing()
        return tokens if tokens.generation != refused.generation else await self._renewed(tokens, must=True)

    async def standing(self) -> Tokens:
        """What is stored. Raises NeedsReauth where that is nothing, or nothing the provider takes."""
        tokens = await self._store.current(self._account)
        if tokens is None or tokens.needs_reauth:
            raise NeedsReauth("not connected" if tokens is None else "the provider no longer takes our token")
        return tokens

    async def give_up(self, tokens: Tokens) -> None:
        """Fresh as it was, it was refused: only a person can help."""
        lease = await self._store.lease(self._account, generation=tokens.generation, seconds=LEASE_SECONDS)
        if lease is not None:
            await self._store.release(lease, needs_reauth=True)
            log.error("token_refused", channel="zalo", account=self._account)

    async def settle(self, seconds: float) -> None:
        """Let a renewal come to its end before the process does: its answer is the only copy of the new pair."""
        if self._renewal is not None and not self._renewal.done():
            await asyncio.wait({self._renewal}, timeout=seconds)

    async def connect(self, granted: Granted) -> Tokens:
        """An official has granted a pair."""
        expires = self._now() + timedelta(seconds=granted.seconds)
        return await self._store.connect(self._account, access=granted.access, refresh=granted.refresh, expires=expires)

    def _rests(self) -> bool:
        """After a renewal that nobody knows the end of, the next one waits: the first may still arrive."""
        return self._rests_until is not None and self._now() < self._rests_until

    async def _renewed(self, tokens: Tokens, *, must: bool) -> Tokens:
        """All who ask at the same time share one renewal, and none of them can break it off by giving up."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew(tokens), name="zalo-tokens")
            self._renewal.add_done_callback(_look_at)
        try:
            fresh = await asyncio.shield(self._renewal)
        except TemporarySendError:
            if must:
                raise
            self._rests_until = self._now() + _AFTER_FAILURE
            return tokens
        if fresh is not None:
            return fresh
        return await self._renewed_elsewhere(tokens) if must else tokens

    async def _renewed_elsewhere(self, tokens: Tokens) -> Tokens:
        """Another process is at it: its pair will stand in a moment."""
        try:
            async with asyncio.timeout(_PATIENCE):
                while True:
                    await asyncio.sleep(_LOOK_SECONDS)
                    if (stands := await self.standing()).generation != tokens.generation:
                        return stands
        except TimeoutError:
            raise ConnectionFailed("the token is being renewed elsewhere") from None

    async def _renew(self, tokens: Tokens) -> Tokens | None:
        """The new pair, or the old one where that still works; None where another process has the lease."""
        lease = await self._store.lease(self._account, generation=tokens.generation, seconds=LEASE_SECONDS)
        if lease is None:
            return None
        if lease.interrupted:
            log.warning("token_renewal_was_interrupted", channel="zalo", account=self._account)
        try:
            granted = await self._oauth.refresh(tokens.refresh)
        except OutcomeUnknown:
            return await self._after_cut(lease, tokens)
        except SendError as error:
            await self._refused(lease, error)
            raise
        return await self._keep(lease, granted)

    async def _after_cut(self, lease: TokenLease, tokens: Tokens) -> Tokens:
        """Did it happen? While the old access token works it did not; else one more try tells."""
        try:
            if await self._works(tokens.access):
                self._rests_until = self._now() + _AFTER_UNKNOWN
                await self._store.release(lease, unsettled=True)
                return tokens
            granted = await self._oauth.refresh(tokens.refresh)
        except OutcomeUnknown as error:
            await self._store.release(lease, unsettled=True)
            raise ConnectionFailed("nobody knows whether the token was renewed") from error
        except SendError as error:
            await self._refused(lease, error, unsettled=True)
            raise
        return await self._keep(lease, granted)

    async def _refused(self, lease: TokenLease, error: SendError, *, unsettled: bool = False) -> None:
        lost = isinstance(error, NeedsReauth)
        await self._store.release(lease, needs_reauth=lost, unsettled=unsettled and not lost)
        log.log(40 if lost else 30, "token_not_renewed", channel="zalo", error=error.code, code=error.provider_code)

    async def _keep(self, lease: TokenLease, granted: Granted) -> Tokens:
        """The only copy of the new pair is in our hand: a database that is away for a moment is waited for."""
        expires = self._now() + timedelta(seconds=granted.seconds)
        stands = await self._stored(lease, granted, expires)
        if stands is None:
            raise NeedsReauth("the account was disconnected meanwhile")
        self._rests_until = None
        log.info("token_renewed", channel="zalo", account=self._account, generation=stands.generation)
        return stands

    async def _stored(self, lease: TokenLease, granted: Granted, expires: datetime) -> Tokens | None:
        for pause in (*_STORING_PAUSES, None):
            try:
                return await self._store.renewed(lease, access=granted.access, refresh=granted.refresh, expires=expires)
            except Exception as error:  # whatever ails the store: an unstored token locks us out, so it is tried again
                log.warning("token_not_stored", channel="zalo", error=type(error).__name__)
                if pause is None:
                    raise
            await asyncio.sleep(pause)
        raise AssertionError("unreachable: the last try returns or raises")


def _look_at(renewal: asyncio.Task[Tokens | None]) -> None:
    """Whoever waited may be gone; a failure is not left unread."""
    if not renewal.cancelled():
        renewal.exception()
