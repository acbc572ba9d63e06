"""Calls of all trunks, each led by a session; what is more than we can carry or keep is refused, never broken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import replace

import structlog

from channels.call_center.flow.model import Flow
from channels.call_center.numbers import is_among
from channels.call_center.ports import Call, CallFailed, CallGone, Ended, PutsThrough, Trunk
from channels.call_center.session import Session
from channels.call_center.sip.group import TrunkGroup
from channels.call_center.tools import Tools

log = structlog.get_logger()

_NO_SUCH_NUMBER, _UNAVAILABLE = 404, 503
_RETRY_S = 5
_AGAIN_S = 5.0
_NOT_SHOWN = (403, 503)  # this line may not show the number; or it may, and others that may are full


class Switchboard:
    """
    Takes calls from `open` to `close`.

    Args:
        numbers: those of ours that are answered; empty: all. `flow_for`: what leads a call to one of them.
        ended: set whenever a call has left its record. `started`: trunks whose address could be had. `draining`: no
            more are taken.
    """

    def __init__(
        self,
        trunks: Sequence[Trunk],
        tools: Tools,
        *,
        numbers: Collection[str],
        ended: asyncio.Event,
        flow_for: Callable[[str], Flow],
    ) -> None:
        self._trunks = trunks
        self._tools = tools
        self._flow_for = flow_for
        self._numbers = frozenset(numbers)
        self._ended = ended
        self._taking: list[asyncio.Task[None]] = []
        self._calls: set[asyncio.Task[None]] = set()
        self.unkept = 0
        self.draining = False
        self.started: set[str] = set()
        self._told: set[str] = set()

    @property
    def calls(self) -> int:
        """How many are up."""
        return len(self._calls)

    async def open(self) -> None:
        """Begin to take calls; a trunk whose address is taken is tried again and again."""
        self._taking = [asyncio.create_task(self._take(trunk)) for trunk in self._trunks]

    async def close(self, *, drain_s: float) -> None:
        """Take no more, let those that are up go on for so long, then end them; each leaves its record. May be
        called again meanwhile, with less patience."""
        self.draining = True
        await asyncio.gather(*(trunk.stop(drain_s=drain_s) for trunk in self._trunks))
        for task in self._taking:
            task.cancel()
        await asyncio.gather(*self._taking, *self._calls, return_exceptions=True)

    async def _take(self, trunk: Trunk) -> None:
        await self._start(trunk)
        async for call in trunk.incoming():
            task = asyncio.create_task(self._lead(call))
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)

    async def _start(self, trunk: Trunk) -> None:
        while True:
            try:
                await trunk.start()
            except OSError as error:
                if trunk.name not in self._told:
                    self._told.add(trunk.name)
                    log.error("trunk_not_started", trunk=trunk.name, error=error.strerror or str(error))
                await asyncio.sleep(_AGAIN_S)
                continue
            self.started.add(trunk.name)
            log.info("trunk_started", trunk=trunk.name)
            return

    async def _lead(self, call: Call) -> None:
        """One call from its first sign to its record."""
        if self._numbers and not is_among(call.called, self._numbers):
            log.info("call_refused", trunk=call.trunk, reason="number")
            await self._refuse(call, _NO_SUCH_NUMBER)
            return
        try:
            await Session(call, replace(self._tools, flow=self._flow_for(call.called))).lead()
        except OSError as error:  # nobody may be promised what cannot be kept
            self.unkept += 1
            log.error("call_not_kept", trunk=call.trunk, error=error.strerror)
            await self._refuse(call, _UNAVAILABLE, retry_after_s=_RETRY_S)
        except Exception:  # of one call: the switchboard goes on
            log.exception("call_failed", trunk=call.trunk)
            await call.hangup()
        finally:
            self._ended.set()

    async def _refuse(self, call: Call, code: int, *, retry_after_s: int | None = None) -> None:
        with suppress(CallGone):
            await call.reject(code, retry_after_s=retry_after_s)
        await call.hangup()


class Transfers:
    """Puts callers through to the numbers that they may be connected with."""

    def __init__(self, trunks: Sequence[Trunk], *, allowed: Collection[str]) -> None:
        self._out = TrunkGroup(trunks)
        self._allowed = frozenset(allowed)

    async def connect(self, call: Call, to: str) -> None:
        """
        Call the number and let both hear each other until it hangs up. Raises: CallFailed.

        Where the caller's own network does that by itself it shows the caller's own number, which we may not.
        """
        if to not in self._allowed:
            raise CallFailed(403, "not a number that callers are connected with")
        if isinstance(call, PutsThrough):
            try:
                return await call.put_through(to)
            except CallFailed as error:
                log.info("call_not_put_through", trunk=call.trunk, code=error.code)
        other = await self._dial(to, caller=call.remote)
        call.media.bridge(other.media)
        try:
            async for event in other.events():
                if isinstance(event, Ended):
                    return
        finally:
            call.media.bridge(None)
            await other.hangup()
            await other.media.close()

    async def _dial(self, to: str, *, caller: str) -> Call:
        """Showing the caller's number where a line may, else the line's own: a call to 114 has to get through."""
        try:
            return await self._out.dial(to, caller=caller)
        except CallFailed as error:
            if error.code not in _NOT_SHOWN:
                raise
            return await self._out.dial(to, caller="")
