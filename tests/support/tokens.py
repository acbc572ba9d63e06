"""A provider's tokens in memory; they pass the tests of the stored ones (test_provider_tokens.py)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.contract.ports import TokenLease, Tokens
from core.contract.schema import new_id


@dataclass
class _Held:
    tokens: Tokens
    owner: str = ""
    until: datetime | None = None
    unsettled: bool = False


@dataclass
class MemoryTokens:
    """Implements `TokenStore` for one channel in one process. `failures` are raised by the next calls of `renewed`."""

    now: Callable[[], datetime]
    failures: list[Exception] = field(default_factory=list)
    _held: dict[str, _Held] = field(default_factory=dict)

    def generation(self, account: str) -> int:
        """Of the pair in force."""
        return self._held[account].tokens.generation

    async def current(self, account: str) -> Tokens | None:
        """The pair in force."""
        return self._held[account].tokens if account in self._held else None

    async def connect(self, account: str, *, access: str, refresh: str, expires: datetime) -> Tokens:
        """Whatever stood there."""
        before = await self.current(account)
        tokens = Tokens(access, refresh, expires, self.now(), before.generation + 1 if before else 1)
        self._held[account] = _Held(tokens)
        return tokens

    async def lease(self, account: str, *, generation: int, seconds: float) -> TokenLease | None:
        """One at a time."""
        held = self._held.get(account)
        if held is None or held.tokens.generation != generation or held.tokens.needs_reauth or self._lives(held):
            return None
        lease = TokenLease(account, generation, new_id(), held.unsettled)
        held.owner, held.until, held.unsettled = lease.owner, self.now() + timedelta(seconds=seconds), True
        return lease

    def _lives(self, held: _Held) -> bool:
        return held.until is not None and self.now() < held.until <= self.now() + timedelta(minutes=10)

    async def renewed(self, lease: TokenLease, *, access: str, refresh: str, expires: datetime) -> Tokens | None:
        """Only after the generation it follows."""
        if self.failures:
            raise self.failures.pop(0)
        before = await self.current(lease.account)
        if before is not None and before.generation == lease.generation:
            await self.connect(lease.account, access=access, refresh=refresh, expires=expires)
        return await self.current(lease.account)

    async def release(self, lease: TokenLease, *, unsettled: bool = False, needs_reauth: bool = False) -> None:
        """With what is known."""
        held = self._held[lease.account]
        if (held.owner, held.tokens.generation) == (lease.owner, lease.generation):
            held.owner, held.until, held.unsettled = "", None, unsettled
            held.tokens = replace(held.tokens, needs_reauth=needs_reauth)
