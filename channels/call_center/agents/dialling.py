"""Calls that agents make: ringing in the agent's ear until somebody answers; then a caller like any other."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from channels.call_center.acd import happenings as h
from channels.call_center.agents.callbacks import ABOUT
from channels.call_center.agents.caller import Caller, Served, Told
from channels.call_center.agents.news import Refused
from channels.call_center.ports import Call, Media

if TYPE_CHECKING:
    from channels.call_center.agents.desk import Desk

RINGING = "ringing"
NOTICE = "outgoing_notice"
"""What everybody whom we call hears first."""


@dataclass(frozen=True, slots=True)
class Dialled:
    """
    Somebody whom an agent calls, until both hear each other.

    Args:
        call: by which the floor knows it. `record`: id of the record that it leaves, and `about` what it is.
        number: E.164.
        over: the agent has hung up, has gone, or gave it away.
    """

    call: str
    record: str
    agent: str
    number: str
    queue: str
    about: str
    since: datetime
    over: asyncio.Event = field(default_factory=asyncio.Event, compare=False)


class Dialling:
    """The calls of a desk that nobody has answered yet, by id."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.calls: dict[str, Dialled] = {}

    def begin(self, agent: str, record: str, *, number: str, about: str = "") -> Dialled | None:
        """
        It rings for the agent from now on; None where they have something in hand.

        A callback whose turn they have taken is that already; one that they make out of turn leaves the queue.
        """
        desk = self._desk
        known, taken = desk.acd.agents.get(agent), desk.callbacks.in_hand(agent, about)
        call = taken or record
        if known is None or call in self.calls or (desk.talk_of(agent) is not None and not taken):
            return None
        queue = min(known.queues or desk.acd.queues)
        dialled = self.calls[call] = Dialled(call, record, agent, number, queue, about, desk.now())
        desk.seats[agent].held = False
        owed = about.removeprefix(ABOUT) if about.startswith(ABOUT) else ""
        desk.happen(h.Ticked() if taken else h.Dials(agent, call, queue, owed))
        if call not in desk.acd.talks:
            del self.calls[call]
            return None
        self.sound(call)
        return dialled

    def sound(self, call: str) -> None:
        """The agent hears it ring."""
        media = self._desk.seats[self.calls[call].agent].media
        if media is not None:
            media.hear([])
            media.music(RINGING)

    def answered(self, dialled: Dialled, call: Call) -> None:
        """The agent hears who answered; they themselves hear first that the call is recorded (VN-5)."""
        media = self._silence(dialled)
        if media is not None:
            media.hear([call.media])

    async def talk(self, dialled: Dialled, call: Call, *, told: Told) -> Served:
        """Let both hear each other until the agent has ended it. `told` to whom it was passed on."""
        caller = Caller(call, dialled.queue, dialled.since, about=dialled.record, told=told)
        del self.calls[dialled.call]
        return await self._desk.keep(dialled.call, caller)

    def end(self, dialled: Dialled, why: str = "") -> None:
        """Nobody was reached, and the page is told why; nothing where they have talked."""
        if self.calls.pop(dialled.call, None) is None:
            return
        media = self._silence(dialled)
        if media is not None:
            media.hear([])
        self._desk.happen(h.NotReached(dialled.call))
        self._desk.happen(h.GaveUp(dialled.call))
        if why:
            self._desk.tell(Refused(agent=dialled.agent, command="dial", why=why))

    def look(self) -> None:
        """Whoever is not there any more, or gave the call away, waits for nobody to answer."""
        for dialled in self.calls.values():
            talk = self._desk.acd.talks.get(dialled.call)
            if talk is None or talk.agent != dialled.agent or talk.lost_at is not None:
                dialled.over.set()

    def _silence(self, dialled: Dialled) -> Media | None:
        """No more ringing in the agent's ear; their sound, where there is any."""
        seat = self._desk.seats.get(dialled.agent)
        media = seat.media if seat is not None else None
        if media is not None:
            media.music(None)
        return media
