"""Several trunks as one: calls of all of them come in, and go out by the first that takes them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence

import structlog

from channels.call_center.ports import Call, CallFailed, Trunk, TrunkState, TrunkStatus
from channels.tasks import let_go

log = structlog.get_logger()

# Answers that say something of the line and nothing of the number: another line may do better.
_OF_THE_LINE = frozenset({0, 401, 403, 407, 500, 502, 503, 504})
_NOBODY = "Không có trung kế nào sẵn sàng."


class TrunkGroup:
    """`ports.Trunk` made of others, the preferred one first."""

    def __init__(self, trunks: Sequence[Trunk], *, name: str = "all") -> None:
        self.name = name
        self._trunks = tuple(trunks)
        self._failed_over = 0

    async def start(self) -> None:
        """Start all; those that were started are stopped again where one fails. Raises: OSError."""
        started: list[Trunk] = []
        try:
            for trunk in self._trunks:
                await trunk.start()
                started.append(trunk)
        except OSError:
            for trunk in started:
                await trunk.stop()
            raise

    async def stop(self, *, drain_s: float = 0) -> None:
        """Stop all at once."""
        await asyncio.gather(*(trunk.stop(drain_s=drain_s) for trunk in self._trunks))

    async def incoming(self) -> AsyncIterator[Call]:
        """Calls of all trunks as they come; ends when all have stopped."""
        merged: asyncio.Queue[Call | None] = asyncio.Queue()
        readers = [asyncio.ensure_future(_pour(trunk, merged)) for trunk in self._trunks]
        try:
            open_ones = len(readers)
            while open_ones:
                call = await merged.get()
                if call is None:
                    open_ones -= 1
                else:
                    yield call
        finally:
            await let_go(*readers)

    async def dial(self, to: str, *, caller: str, ring_s: float = 45, headers: Mapping[str, str] | None = None) -> Call:
        """
        Call by the first trunk that is up and can; those that are down are tried last.

        Raises: CallFailed: as the last one said, or as soon as one told of the number (busy, no answer).
        """
        failure = CallFailed(503, _NOBODY)
        for trunk in sorted(self._trunks, key=_is_down):
            try:
                return await trunk.dial(to, caller=caller, ring_s=ring_s, headers=headers)
            except CallFailed as error:
                if error.code not in _OF_THE_LINE:
                    raise
                failure = error
                self._failed_over += 1
                log.info("trunk_failed_over", trunk=trunk.name, code=error.code)
        raise failure

    def status(self) -> TrunkStatus:
        """Up while one of them is; what ails the others is told."""
        parts = [trunk.status() for trunk in self._trunks]
        up = any(part.state is TrunkState.UP for part in parts)
        idle = all(part.state is TrunkState.IDLE for part in parts)
        return TrunkStatus(
            self.name,
            TrunkState.IDLE if idle else TrunkState.UP if up else TrunkState.DOWN,
            calls=sum(part.calls for part in parts),
            rtt_ms=next((part.rtt_ms for part in parts if part.rtt_ms is not None), None),
            problem=" ".join(f"{part.name}: {part.problem}" for part in parts if part.problem),
            counters=sum((Counter(part.counters) for part in parts), Counter({"failed_over": self._failed_over})),
        )


def _is_down(trunk: Trunk) -> bool:
    return trunk.status().state is not TrunkState.UP


async def _pour(trunk: Trunk, merged: asyncio.Queue[Call | None]) -> None:
    async for call in trunk.incoming():
        merged.put_nowait(call)
    merged.put_nowait(None)
