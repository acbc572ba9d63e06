"""
Asking somebody about a call before giving it away: the caller hears music, or all talk to all.

On the floor a colleague has a call of their own, known by an id that nobody else uses; what belongs together is
remembered here, and dropped as soon as the floor says otherwise. A place outside is not on the floor: it has a line.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from channels.call_center.acd import happenings as h
from channels.call_center.acd.model import AgentState
from channels.call_center.agents.messages import Side
from channels.call_center.agents.news import Asking, Refused
from channels.call_center.ports import Media
from core.contract.schema import new_id

if TYPE_CHECKING:
    from channels.call_center.agents.desk import Desk


@dataclass(slots=True)
class Consult:
    """
    `asks` asks `asked` about the call `about`; `call` is what the colleague has on the floor meanwhile.

    `by`, `colleague`: their names, for each other's page. A place outside has no `asked`: `colleague` names it, `media`
    is its sound once it has answered, and `over` ends its line. `given`: it has the caller now, and nobody of ours.
    """

    call: str
    about: str
    asks: str
    asked: str
    by: str
    colleague: str
    since: datetime
    answered: bool = False
    side: Side = "colleague"
    media: Media | None = None
    given: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def outside(self) -> bool:
        """Whether it is a place outside that is asked."""
        return not self.asked


class Consulting:
    """The questions of a desk, by the colleague's call. What cannot be done is answered by a word for the page."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.calls: dict[str, Consult] = {}

    def about(self, call: str) -> Consult | None:
        """The question about a call, by either's id."""
        return self.calls.get(call) or next((one for one in self.calls.values() if one.about == call), None)

    def by(self, agent: str) -> Consult | None:
        """The question that an agent asks."""
        return next((one for one in self.calls.values() if one.asks == agent and not one.given), None)

    def asking(self, agent: str) -> Asking | None:
        """The same for the agent's page."""
        consult = self.by(agent)
        if consult is None:
            return None
        return Asking(
            colleague=consult.colleague, answered=consult.answered, side=consult.side, outside=consult.outside
        )

    def begin(self, agent: str, colleague: str) -> str:
        """It rings for a colleague who is free; the caller is put on hold."""
        talk, asked = self._desk.talk_of(agent), self._desk.acd.agents.get(colleague)
        if talk is None or talk.call not in self._desk.callers or self.by(agent) is not None:
            return "no_call"
        if asked is None or asked.state is not AgentState.AVAILABLE:
            return "colleague_busy"
        queue = talk.queue if talk.queue in asked.queues else min(asked.queues, default=talk.queue)
        names = self._desk.seats[agent].name, self._desk.seats[colleague].name
        consult = Consult(new_id(), talk.call, agent, colleague, *names, since=self._desk.now())
        self.calls[consult.call] = consult
        self._desk.happen(h.Asks(consult.call, queue, colleague))
        self._desk.hearing.set(talk.call)
        return ""

    def begin_outside(self, agent: str, place: str) -> str:
        """It rings at a place outside; the caller is put on hold."""
        talk = self._desk.talk_of(agent)
        if talk is None or talk.call not in self._desk.callers or self.by(agent) is not None:
            return "no_call"
        if place not in self._desk.outside.names:
            return "no_place"
        name = self._desk.seats[agent].name
        consult = Consult(new_id(), talk.call, agent, "", name, place, since=self._desk.now())
        self.calls[consult.call] = consult
        self._desk.outside.begin(consult)
        self._heard(consult)
        return ""

    def reached(self, consult: Consult, media: Media) -> None:
        """The place outside has answered."""
        consult.media = media
        self._answer(consult)
        self._desk.tell_changes()

    def left(self, consult: Consult, why: str) -> None:
        """The line to a place outside is over; `why` for the page of whoever asked."""
        consult.media = None
        if consult.given:
            self._desk.outside.served(consult)
        self._drop(consult, held=not consult.given, why=why)

    def turn(self, agent: str, side: Side) -> str:
        """To whom the agent talks now."""
        consult = self.by(agent)
        if consult is None or not consult.answered:
            return "no_colleague"
        consult.side = side
        self._heard(consult)
        return ""

    def hand_over(self, agent: str) -> str:
        """Whoever was asked has the caller from now on."""
        consult = self.by(agent)
        if consult is None or not consult.answered:
            return "no_colleague"
        if consult.outside:
            consult.given = True
            self._desk.callers[consult.about].told.given(consult.colleague)
            self._desk.happen(h.TalkEnded(consult.about))
            self._heard(consult)
        else:
            del self.calls[consult.call]
            self._desk.happen(h.HandedOver(consult.about, consult.call))
        return ""

    def back(self, agent: str) -> str:
        """The colleague is let go; agent and caller hear each other again."""
        consult = self.by(agent)
        if consult is None:
            return "no_colleague"
        self._drop(consult, held=False)
        return ""

    def end(self, call: str) -> None:
        """The colleague has hung up; the caller goes on hearing music until the agent takes them up again."""
        self._drop(self.calls[call], held=True)

    def look(self) -> None:
        """What the floor says of every question: it rings, it is answered, or it is over."""
        for consult in list(self.calls.values()):
            asks = self._desk.acd.talks.get(consult.about)
            if consult.given:
                if consult.about not in self._desk.callers:
                    self._drop(consult, held=False)
            elif asks is None or asks.agent != consult.asks:
                self._drop(consult, held=False)
            elif not consult.outside:
                self._look_at(consult)

    def _look_at(self, consult: Consult) -> None:
        """Whether the colleague is still there, and has answered."""
        acd = self._desk.acd
        talk, waiter = acd.talks.get(consult.call), acd.waiting.get(consult.call)
        if consult.asked not in self._desk.seats:
            self._drop(consult, held=True)
        elif talk is not None and talk.agent == consult.asked:
            self._answer(consult)
        elif waiter is None or waiter.ringing != consult.asked:
            self._drop(consult, held=True)

    def _answer(self, consult: Consult) -> None:
        if not consult.answered:
            consult.answered = True
            self._desk.hearing.set(consult.about)

    def _heard(self, consult: Consult) -> None:
        self._desk.hearing.set(consult.about)
        self._desk.tell_changes()

    def _drop(self, consult: Consult, *, held: bool, why: str = "colleague_gone") -> None:
        """Forget it. `held`: whoever asked did not want that, and is told why."""
        if self.calls.pop(consult.call, None) is None:
            return
        consult.over.set()
        seat = self._desk.seats.get(consult.asks)
        if held and seat is not None:
            seat.held = True
            self._desk.tell(Refused(agent=consult.asks, command="consult", why=why))
        talking = consult.call in self._desk.acd.talks
        self._desk.happen(h.NotReached(consult.call) if talking else h.GaveUp(consult.call))
        self._desk.hearing.set(consult.about)
