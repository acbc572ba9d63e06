"""What an agent's page is told of the floor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from channels.call_center.acd.floor import Floor
from channels.call_center.acd.matching import in_order
from channels.call_center.acd.model import Agent, AgentState
from channels.call_center.agents.news import Board, CallCard, Colleague, OnBoard, Status
from channels.call_center.agents.owed import OwedCall

if TYPE_CHECKING:
    from channels.call_center.agents.desk import Desk
    from channels.call_center.agents.seat import Seat


@dataclass(frozen=True, slots=True)
class Glance:
    """
    What the statuses of one moment have in common, looked up once for all of them.

    Sixty agents who each look at all others would stop the sound for 12 ms a second. `waiting`: on the line, by queue.
    """

    colleagues: tuple[Colleague, ...]
    waiting: Mapping[str, int]


def glance_at(desk: Desk) -> Glance:
    """Everybody who is signed in, by name, and how many wait; whoever cannot be asked now is not free."""
    waiting = Counter(waiter.queue for waiter in desk.acd.waiting.values() if waiter.kind == "line")
    there = (_as_colleague(desk, seat) for seat in desk.seats.values() if seat.agent in desk.acd.agents)
    return Glance(tuple(sorted(there, key=lambda colleague: (colleague.name, colleague.agent))), waiting)


def _as_colleague(desk: Desk, seat: Seat) -> Colleague:
    """The same object as long as nothing has changed: statuses are then equal at first sight."""
    free, known = desk.acd.agents[seat.agent].state is AgentState.AVAILABLE, seat.seen
    if known is None or (known.name, known.free) != (seat.name, free):
        known = seat.seen = Colleague(agent=seat.agent, name=seat.name, free=free)
    return known


def status_of(desk: Desk, seat: Seat, glance: Glance) -> Status | None:
    """The agent's whole state; None for somebody whom the floor does not know (any more)."""
    agent = desk.acd.agents.get(seat.agent)
    if agent is None:
        return None
    call = _card(desk, agent.call, held=seat.held) if agent.state is AgentState.TALKING else None
    may_ask = call is not None and not call.asked_by
    seat.last = call or seat.last
    return Status(
        agent=agent.id,
        state=agent.state.value,
        since=agent.since,
        until=agent.until,
        wanted=agent.wanted.value,
        why=agent.why,
        sound=seat.heard,
        quality=seat.quality,
        ringing=_card(desk, agent.call) if agent.state is AgentState.RESERVED else None,
        call=call,
        wrapping=seat.last if agent.state is AgentState.WRAP_UP else None,
        asking=desk.consulting.asking(agent.id),
        colleagues=_others(glance, agent.id) if may_ask else (),
        outside=desk.outside.names if may_ask else (),
        waiting={queue: glance.waiting.get(queue, 0) for queue in sorted(agent.queues)},
    )


def _others(glance: Glance, agent: str) -> tuple[Colleague, ...]:
    return tuple(one for one in glance.colleagues if one.agent != agent)


def board_of(desk: Desk, reader: str) -> Board:
    """Everybody on the floor, for a supervisor or a wallboard."""
    waiting = (_card(desk, waiter.call) for waiter in in_order(Floor(desk.acd, desk.now())) if waiter.kind == "line")
    agents = tuple(_on_board(desk, agent) for agent in sorted(desk.acd.agents.values(), key=lambda agent: agent.id))
    return Board(agent=reader, agents=agents, waiting=tuple(card for card in waiting if card))


def _on_board(desk: Desk, agent: Agent) -> OnBoard:
    talk = desk.acd.talks.get(agent.call)
    return OnBoard(
        agent=agent.id,
        state=agent.state.value,
        since=agent.since,
        why=agent.why,
        call=_card(desk, agent.call),
        quality=desk.seats[agent.id].quality if agent.id in desk.seats else "",
        watched_by=tuple(sorted(talk.others)) if talk else (),
    )


def _card(desk: Desk, call: str, *, held: bool = False) -> CallCard | None:
    consult = desk.consulting.calls.get(call)
    if consult is not None:
        asked = _card(desk, consult.about)
        changed = {"call": call, "since": consult.since, "asked_by": consult.by}
        return asked.model_copy(update=changed) if asked else None
    dialled, caller = desk.dialling.calls.get(call), desk.callers.get(call)
    if dialled is not None:
        return CallCard(
            call=call,
            about=dialled.record,
            remote=dialled.number,
            queue=dialled.queue,
            since=dialled.since,
            dialling=True,
        )
    if caller is None:
        owed = desk.callbacks.find(call)
        return _owed_card(owed) if owed else None
    return CallCard(
        call=call, about=caller.about, remote=caller.call.remote, queue=caller.queue, since=caller.since, held=held
    )


def _owed_card(owed: OwedCall) -> CallCard:
    """Nobody is on the line yet, and nobody has read the number."""
    return CallCard(
        call=owed.call, about=owed.call, remote=owed.shown, queue=owed.queue, since=owed.since, callback=True
    )
