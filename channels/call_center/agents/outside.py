"""
Places outside that an agent may ask about a call, and to which a call may be given: a guard room, a hospital's desk.

Pages name a place and never a number: whoever sits at one can call nobody else at our cost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog

from channels.call_center import reaching
from channels.call_center.agents.caller import Served
from channels.call_center.agents.dialling import NOTICE
from channels.call_center.ending import unless, until_over
from channels.call_center.ports import Call, CallFailed, CallGone

if TYPE_CHECKING:
    from channels.call_center.agents.consulting import Consult
    from channels.call_center.agents.desk import Desk

log = structlog.get_logger()
GONE = "outside_gone"
_WHY = {"busy": "outside_busy", reaching.NO_LINE: reaching.NO_LINE}
Reach = Callable[[str], Coroutine[Any, Any, Call]]
"""Calls a number; returns when somebody has answered. Raises: CallFailed."""


async def no_line(_number: str) -> Call:
    """Where no call can go out."""
    raise CallFailed(503, "no line")


class Outside:
    """
    The places of a desk, and the lines to those that are asked at this moment.

    Args:
        numbers: of each place, by the name that pages show.
    """

    def __init__(self, desk: Desk, numbers: Mapping[str, str], reach: Reach) -> None:
        self._desk, self._numbers, self._reach = desk, numbers, reach
        self.names = tuple(numbers)
        self._lines: set[asyncio.Task[None]] = set()

    def begin(self, consult: Consult) -> None:
        """It rings there from now on, until `consult.over`."""
        line = asyncio.ensure_future(self._lead(consult))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)

    async def close(self) -> None:
        """Hang up everywhere."""
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    async def _lead(self, consult: Consult) -> None:
        why = GONE
        call: Call | None = None
        try:
            call = await unless(consult.over, self._reach(self._numbers[consult.colleague]))
            await until_over(call, self._talk(consult, call))
        except CallFailed as error:
            why = _WHY.get(reaching.why(error.code), GONE)
        except Exception:  # whatever broke: the agent is told that it is over
            log.exception("call_outside_broke", call=consult.about)
        finally:
            self._desk.consulting.left(consult, why)
            if call is not None:
                await asyncio.shield(asyncio.ensure_future(_hang_up(call)))

    async def _talk(self, consult: Consult, call: Call) -> None:
        """They hear first that the call is recorded (VN-5)."""
        with suppress(CallGone):
            await call.media.play([NOTICE])
            self._desk.consulting.reached(consult, call.media)
            await consult.over.wait()

    def served(self, consult: Consult) -> None:
        """Whoever the call was given to has hung up: the caller has been served."""
        caller = self._desk.callers.get(consult.about)
        if caller is not None:
            caller.end(Served("talked", agent=consult.asks, began=consult.since))


async def _hang_up(call: Call) -> None:
    await call.hangup()
    await call.media.close()
