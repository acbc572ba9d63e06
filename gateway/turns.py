"""
Turns of sending, shared by the processes of one deployment through Redis; its clock is the one that counts.

While Redis is away each process keeps to a part of the rate, so that the processes that a deployment may sensibly have
stay below it together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from core.service.turns import HORIZON, OwnTurns, Turns

log = structlog.get_logger()

_PART = 0.25
_PATIENCE = 1.0
_SCRIPT = """
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local apart, most, horizon = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local free = tonumber(redis.call('GET', KEYS[1]) or '0')
local first = math.max(now, free) - now
local count = 0
if first <= horizon then
  count = math.max(0, math.min(most, math.floor((horizon - first) / apart) + 1))
end
if count > 0 then
  local next_free = now + first + count * apart
  local lasts = math.ceil((next_free - now) / 1000) + 1000
  redis.call('SET', KEYS[1], string.format('%.0f', next_free), 'PX', string.format('%.0f', lasts))
end
return {count, first}
"""
_MICROSECONDS = 1_000_000


class SharedTurns:
    """`Turns` of all processes that name the same server and namespace."""

    def __init__(self, url: str, *, namespace: str) -> None:
        from redis.asyncio import Redis

        self._client = Redis.from_url(url, socket_connect_timeout=_PATIENCE, socket_timeout=_PATIENCE)
        self._script = self._client.register_script(_SCRIPT)
        self._prefix = f"langnghe:{namespace}:turns:"
        self._alone = OwnTurns()
        self._away = False

    async def take(self, key: str, *, per_second: float, most: int) -> list[float]:
        """See `Turns`."""
        apart = _MICROSECONDS / per_second
        try:
            given = [apart, most, HORIZON * _MICROSECONDS]
            count, first = await self._script(keys=[self._prefix + key], args=given)
        except Exception as error:  # whatever ails it, sending goes on, slower
            self._note(away=True, error=type(error).__name__)
            return await self._alone.take(key, per_second=per_second * _PART, most=most)
        self._note(away=False)
        return [(first + number * apart) / _MICROSECONDS for number in range(count)]

    async def close(self) -> None:
        """Let go of the server."""
        await self._client.aclose()

    def _note(self, *, away: bool, error: str = "") -> None:
        if away != self._away:
            self._away = away
            log.warning("turns_away" if away else "turns_back", error=error)


@asynccontextmanager
async def open_turns(url: str, *, namespace: str) -> AsyncIterator[Turns]:
    """
    Turns by way of a Redis server, or of this process alone.

    Args:
        url: of the server; empty: this process is the only one. `namespace`: as for events.
    """
    if not url:
        yield OwnTurns()
        return
    shared = SharedTurns(url, namespace=namespace)
    try:
        yield shared
    finally:
        await shared.close()
