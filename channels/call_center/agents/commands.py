"""A page's commands: each becomes a happening of the floor, or something done to a sound."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from functools import singledispatchmethod
from typing import Any

import structlog

from channels.call_center.acd import happenings as h
from channels.call_center.agents import messages as m
from channels.call_center.agents.callbacks import ABOUT
from channels.call_center.agents.desk import Desk
from channels.call_center.agents.news import Refused
from channels.call_center.agents.offers import Offers
from channels.call_center.agents.owed import Owed, ShowFloor, WebWord
from channels.call_center.agents.quality import level_of
from channels.call_center.agents.status import board_of
from channels.call_center.media.wire import Legs
from channels.call_center.ports import CallGone
from channels.call_center.webrtc.inside import MediaPlace

log = structlog.get_logger()
Dial = Callable[[Desk, m.Dial], bool]
"""Begins to call somebody; False where the agent has something in hand."""


class Commands:
    """
    Carries out what pages say. What cannot be done is told by `Refused`; nothing here raises.

    Args:
        legs: opens the sound of a browser. `place`: where browsers reach us.
        dial: calls what an agent dials; None where no line goes out.
    """

    def __init__(self, desk: Desk, *, legs: Legs, place: MediaPlace, dial: Dial | None = None) -> None:
        self._desk, self._offers = desk, Offers(desk, legs, place)
        self._dial = dial
        self._under_way: set[asyncio.Task[None]] = set()

    def heed(self, command: WebWord) -> None:
        """Do it now, or begin to."""
        if isinstance(command, Owed):
            self._desk.callbacks.tell(command.calls)
        elif isinstance(command, ShowFloor):
            self._desk.tell(board_of(self._desk, command.ask))
        elif not isinstance(command, m.SignIn) and command.agent not in self._desk.seats:
            self._refuse(command, "not_signed_in")
        else:
            self._do(command)

    @singledispatchmethod
    def _do(self, command: m.Command) -> None:
        raise TypeError(f"no command: {command!r}")

    @_do.register
    def _sign_in(self, command: m.SignIn) -> None:
        """A page that comes back is told everything anew."""
        seat = self._offers.seat(command.agent)
        seat.name, seat.told = command.name, None
        there = frozenset(self._desk.acd.queues)
        self._desk.happen(h.SignedIn(command.agent, command.queues & there or there, command.skills))

    @_do.register
    def _leave(self, command: m.Leave) -> None:
        """A page without a connection may still have sound: its call goes on."""
        seat = self._desk.seats[command.agent]
        if command.signed_out:
            self._desk.happen(h.SignedOut(command.agent))
            del self._desk.seats[command.agent]
            self._begin(seat.close())
        elif not seat.heard:
            self._desk.happen(h.Vanished(command.agent))

    @_do.register
    def _offer(self, command: m.Offer) -> None:
        self._begin(self._offers.answer(command))

    @_do.register
    def _choose(self, command: m.Choose) -> None:
        """Nobody rings for a browser that cannot be heard."""
        if command.state == "available" and not self._desk.seats[command.agent].heard:
            self._refuse(command, "no_sound")
        else:
            self._desk.happen(h.Chose(command.agent, command.state == "available", command.why))

    @_do.register
    def _take(self, command: m.Take) -> None:
        self._desk.happen(h.Took(command.agent, command.call))
        talk = self._desk.acd.talks.get(command.call)
        if talk is None or talk.agent != command.agent:
            self._refuse(command, "gone")
        elif talk.owed is not None:
            self._call_back(command)

    def _call_back(self, command: m.Take) -> None:
        """It was a callback's turn: it is dialled, once, however often the key is pressed."""
        owed, dialling = self._desk.callbacks.find(command.call), self._desk.dialling.calls
        if owed is None or command.call in dialling or command.call in self._desk.callers:
            return
        wanted = m.Dial(agent=command.agent, number=owed.number, about=f"{ABOUT}{owed.call}")
        if self._dial is None or not self._dial(self._desk, wanted):
            self._desk.happen(h.NotReached(command.call))
            self._refuse(command, "no_line")

    @_do.register
    def _decline(self, command: m.Decline) -> None:
        self._desk.happen(h.Declined(command.agent, command.call))

    @_do.register
    def _dials(self, command: m.Dial) -> None:
        """Only for who can be heard, and has nothing in hand; nobody is called back by two at once."""
        if self._dial is None:
            self._refuse(command, "no_line")
        elif not self._desk.seats[command.agent].heard:
            self._refuse(command, "no_sound")
        elif self._desk.callbacks.with_a_colleague(command.agent, command.about):
            self._refuse(command, "with_colleague")
        elif not self._dial(self._desk, command):
            self._refuse(command, "not_free")

    @_do.register
    def _hang_up(self, command: m.HangUp) -> None:
        self._desk.finish(command.agent)

    @_do.register
    def _hold(self, command: m.Hold) -> None:
        self._desk.hold(command.agent, command.on)

    @_do.register
    def _keys(self, command: m.Keys) -> None:
        talk = self._desk.talk_of(command.agent)
        if talk is None or talk.call not in self._desk.callers:
            self._refuse(command, "no_call")
        else:
            self._begin(self._desk.callers[talk.call].call.media.send_keys(command.keys))

    @_do.register
    def _pass_on(self, command: m.PassOn) -> None:
        talk = self._desk.talk_of(command.agent)
        if talk is None or command.queue not in self._desk.acd.queues:
            self._refuse(command, "no_call" if talk is None else "no_queue")
        else:
            self._desk.happen(h.Passed(talk.call, command.queue, command.to))

    @_do.register
    def _consults(self, command: m.Consult | m.ConsultOutside | m.Turn | m.HandOver | m.Back) -> None:
        asking, agent = self._desk.consulting, command.agent
        match command:
            case m.Consult():
                why = asking.begin(agent, command.colleague)
            case m.ConsultOutside():
                why = asking.begin_outside(agent, command.place)
            case m.Turn():
                why = asking.turn(agent, command.side)
            case m.HandOver():
                why = asking.hand_over(agent)
            case m.Back():
                why = asking.back(agent)
        if why:
            self._refuse(command, why)

    @_do.register
    def _quality(self, command: m.Quality) -> None:
        """Told again and again; only a change is news."""
        seat, level = self._desk.seats[command.agent], level_of(command)
        if level != seat.quality:
            seat.quality = level
            figures = command.model_dump(include={"lost", "rtt_ms", "delay_ms", "concealed"})
            log.info("agent_sound_changed", agent=command.agent, level=level, **figures)
            self._desk.tell_changes()

    @_do.register
    def _wrapped_up(self, command: m.WrappedUp) -> None:
        self._desk.happen(h.WrappedUp(command.agent))

    @_do.register
    def _supervise(self, command: m.Supervise) -> None:
        self._desk.happen(h.Supervised(command.agent, command.call, command.part))

    @_do.register
    def _watch(self, command: m.Watch) -> None:
        seat = self._desk.seats[command.agent]
        seat.watching, seat.shown = command.on, None
        self._desk.happen(h.Ticked())

    def _refuse(self, command: m.Command, why: str) -> None:
        self._desk.tell(Refused(agent=command.agent, command=command.do, why=why))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(_quietly(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    """A call may end while something is done to its sound."""
    with contextlib.suppress(CallGone):
        await work
