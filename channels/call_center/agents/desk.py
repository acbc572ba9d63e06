"""The people who answer, as one object: callers are served, pages command, the floor decides, sound follows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog

from channels.call_center.acd import happenings as h
from channels.call_center.acd.model import Acd, Talk
from channels.call_center.acd.step import step
from channels.call_center.agents.callbacks import Callbacks
from channels.call_center.agents.caller import NOBODY, Caller, Served, Told, Wanted
from channels.call_center.agents.consulting import Consulting
from channels.call_center.agents.dialling import Dialling
from channels.call_center.agents.hearing import Hearing
from channels.call_center.agents.news import News
from channels.call_center.agents.outside import Outside, Reach, no_line
from channels.call_center.agents.seat import Seat
from channels.call_center.agents.status import board_of, glance_at, status_of
from channels.call_center.agents.wishes import Wishes
from channels.call_center.ports import Call
from channels.tasks import ended

log = structlog.get_logger()
TICK_S = 1.0
COUNT_EVERY = 5  # ticks: what is stuck is repaired within ten seconds


class Desk:
    """
    The floor with its callers and seats. Everything happens on one event loop; `happen` never waits.

    Args:
        acd: queues and rules, nobody on it yet.
        tell: given every news for a page; it finds the page by `agent`.
        outside: numbers that agents may ask about a call, by name; `reach` calls one.
    """

    def __init__(
        self,
        acd: Acd,
        *,
        tell: Callable[[News], None],
        now: Callable[[], datetime],
        outside: Mapping[str, str] = MappingProxyType({}),
        reach: Reach = no_line,
    ) -> None:
        self.acd = acd
        self.now, self.tell = now, tell
        self.callers: dict[str, Caller] = {}
        self.seats: dict[str, Seat] = {}
        self.dialling = Dialling(self)
        self.callbacks = Callbacks(self)
        self.consulting = Consulting(self)
        self.outside = Outside(self, outside, reach)
        self.hearing = Hearing(self)
        self._wishes = Wishes(self)
        self._ticking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Let time pass on the floor."""
        self._ticking = asyncio.ensure_future(self._tick())

    async def stop(self) -> None:
        """No more rings; calls that are up are their sessions' to end."""
        if self._ticking is not None:
            await ended(self._ticking)
        await self.outside.close()
        await asyncio.gather(*(seat.close() for seat in self.seats.values()))

    async def serve(
        self,
        call: Call,
        wanted: Wanted,
        *,
        about: str = "",
        told: Told = NOBODY,
    ) -> Served:
        """
        Keep a caller until somebody has talked to them, or it is clear that nobody will now.

        `about` is the call's record, by which pages know it. Cancelled where the caller hangs up.
        """
        queue, language = wanted.queue, wanted.language
        if queue not in self.acd.queues:  # a flow of our own may name one that the province has not
            log.warning("no_such_queue", queue=queue)
            return Served("machine")
        caller = Caller(call, queue, self.now(), about=about, told=told, language=language)
        return await self.keep(call.id, caller, h.Queued(call.id, queue, wanted.priority, wanted.skills))

    async def keep(self, call: str, caller: Caller, begins: h.Happening | None = None) -> Served:
        """Somebody on the line, known by `call`, until they are served; sound follows from what the floor remembers."""
        self.callers[call] = caller
        try:
            if begins is None:
                self.hearing.set(call)
            self.happen(begins or h.Ticked())
            return await caller.served
        finally:
            caller.stop_waiting()
            self._leave(call)

    def happen(self, happening: h.Happening) -> None:
        """Let the floor deal with it, do what it wants, and tell every page that sees a change."""
        before = self.acd.talks
        self.acd, wanted = step(self.acd, happening, self.now())
        for talk in before.values():
            self.hearing.part(talk)
        for wish in wanted:
            self._wishes.carry_out(wish)
        self.dialling.look()
        self.consulting.look()
        self.tell_changes()

    def tell_changes(self) -> None:
        """Tell every page whose status or board is another than before."""
        glance = glance_at(self)
        for seat in self.seats.values():
            status = status_of(self, seat, glance)
            if status is not None and status != seat.told:
                seat.told = status
                self.tell(status)
            board = board_of(self, seat.agent) if seat.watching else None
            if board is not None and board != seat.shown:
                seat.shown = board
                self.tell(board)

    def hold(self, agent: str, on: bool) -> None:
        """Music for the agent's caller, or sound again."""
        talk = self.talk_of(agent)
        if talk is not None:
            self.seats[agent].held = on
            self.hearing.set(talk.call)
            self.tell_changes()

    def finish(self, agent: str) -> None:
        """The agent ends their call; the caller's flow goes on (or hangs up)."""
        talk = self.talk_of(agent)
        if talk is not None and talk.call in self.dialling.calls:
            self.dialling.calls[talk.call].over.set()
        if talk is not None and talk.consult:
            self.consulting.end(talk.call)
        elif talk is not None and talk.call in self.callers:
            self.callers[talk.call].end(Served("talked", agent=agent, began=talk.since))

    def sound_is_back(self, agent: str) -> None:
        """The agent's browser is connected, for the first time or again."""
        self.happen(h.CameBack(agent))
        talk = self.talk_of(agent)
        if talk is not None:
            self.hearing.set(talk.call)

    def talk_of(self, agent: str) -> Talk | None:
        """The call that an agent has."""
        return next((talk for talk in self.acd.talks.values() if talk.agent == agent), None)

    def _leave(self, call: str) -> None:
        self.callers.pop(call).call.media.hear([])
        self.happen(h.TalkEnded(call) if call in self.acd.talks else h.GaveUp(call))

    # Time

    async def _tick(self) -> None:
        ticks, due = 0, self.now()
        while True:
            ticks, due = ticks + 1, due + timedelta(seconds=TICK_S)
            await asyncio.sleep(max(0.0, (due - self.now()).total_seconds()))
            self.happen(h.Ticked())
            if ticks % COUNT_EVERY == 0:
                self.count()

    def count(self) -> None:
        """Let the floor put right what is stuck: it is told who is really there."""
        heard = frozenset(name for name, seat in self.seats.items() if seat.heard)
        calls = frozenset({*self.callers, *self.dialling.calls, *self.consulting.calls})
        self.happen(h.Counted(calls, frozenset(self.seats), heard))
