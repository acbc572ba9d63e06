"""Which call rings for whom: the most pressing caller first, for each the agent who has been idle longest."""

from __future__ import annotations

from dataclasses import replace

from channels.call_center.acd.effects import Ring
from channels.call_center.acd.floor import Floor
from channels.call_center.acd.model import Agent, AgentState, Waiter


def match(floor: Floor) -> None:
    """Let every caller ring for whom somebody is free. Each agent is used once, each caller waits for one agent."""
    for waiter in in_order(floor):
        if waiter.may_ring(floor.now) and (agent := best(floor, waiter)):
            _reserve(floor, waiter, agent)


def in_order(floor: Floor) -> list[Waiter]:
    """Everybody who waits, the next to be served first."""
    return sorted(floor.waiting.values(), key=lambda waiter: waiter.rank(floor.queue(waiter.queue), floor.now))


def best(floor: Floor, waiter: Waiter) -> Agent | None:
    """The agent for a caller: free, of the queue, with the skills; who did not decline, then the longest idle."""
    free = (agent for agent in floor.agents.values() if agent.state is AgentState.AVAILABLE)
    fit = [agent for agent in free if suits(agent, waiter) and _asks_again(floor, waiter, agent)]
    return min(fit, key=lambda agent: (agent.id in waiter.declined, agent.idle_since, agent.id), default=None)


def suits(agent: Agent, waiter: Waiter) -> bool:
    """Whether an agent could take this caller at all."""
    promised = not waiter.only or waiter.only == agent.id
    return promised and waiter.queue in agent.queues and waiter.skills <= agent.skills


def staffed(floor: Floor, queue: str, skills: frozenset[str] = frozenset()) -> bool:
    """Whether somebody with the skills is signed in for a queue and did not go away."""
    serving = (agent for agent in floor.agents.values() if queue in agent.queues and skills <= agent.skills)
    return any(agent.state is not AgentState.AWAY for agent in serving)


def _asks_again(floor: Floor, waiter: Waiter, agent: Agent) -> bool:
    """Somebody who declined is left alone for a while."""
    declined = waiter.declined.get(agent.id)
    return declined is None or (floor.now - declined).total_seconds() >= floor.acd.again_s


def _reserve(floor: Floor, waiter: Waiter, agent: Agent) -> None:
    until = floor.later(floor.queue(waiter.queue).ring_s)
    floor.put_agent(agent, AgentState.RESERVED, until=until, call=waiter.call)
    floor.waiting[waiter.call] = replace(waiter, ringing=agent.id)
    floor.want(Ring(agent.id, waiter.call, until, callback=waiter.kind == "callback"))
