"""How long callers will wait: who serves whom next is played through, with talks of the usual length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from channels.call_center.acd.floor import Floor
from channels.call_center.acd.matching import in_order, suits
from channels.call_center.acd.model import Agent, AgentState, Queue

NEVER = float("inf")


def places_of(floor: Floor) -> Mapping[str, int]:
    """Where everybody stands in their queue; 1 is next. Who may not be called yet stands nowhere."""
    counted: Counter[str] = Counter()
    places = {}
    for waiter in in_order(floor):
        if waiter.kind != "colleague" and (waiter.ringing or waiter.may_ring(floor.now)):
            counted[waiter.queue] += 1
            places[waiter.call] = counted[waiter.queue]
    return places


def waits_of(floor: Floor) -> Mapping[str, float]:
    """
    Seconds until each who waits is served, by the agents who are there now; infinite where none of them could.

    An agent who is free or rings is there at once; one who talks, after the rest of a usual talk and its notes.
    """
    free_in = {agent.id: _free_in(floor, agent) for agent in floor.agents.values() if _serves(agent)}
    waits = {}
    for waiter in in_order(floor):
        fit = [agent for agent in free_in if suits(floor.agents[agent], waiter)]
        if not fit or not (waiter.ringing or waiter.may_ring(floor.now)):
            waits[waiter.call] = NEVER
            continue
        agent = min(fit, key=free_in.__getitem__)
        waits[waiter.call] = free_in[agent]
        free_in[agent] += _takes(floor, floor.queue(waiter.queue))
    return waits


def _serves(agent: Agent) -> bool:
    return agent.state is not AgentState.AWAY


def _free_in(floor: Floor, agent: Agent) -> float:
    if agent.state is AgentState.WRAP_UP:
        return _seconds_until(floor, agent.until)
    talk = floor.talk_of(agent.id)
    if talk is None:
        return 0.0
    queue = floor.queue(talk.queue)
    lasted = (floor.now - talk.since).total_seconds()
    return max(0.0, floor.acd.usual_of(queue) - lasted) + queue.wrap_up_s


def _seconds_until(floor: Floor, at: datetime | None) -> float:
    return max(0.0, (at - floor.now).total_seconds()) if at is not None else 0.0


def _takes(floor: Floor, queue: Queue) -> float:
    return floor.acd.usual_of(queue) + queue.wrap_up_s
