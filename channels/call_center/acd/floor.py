"""The floor while one happening is dealt with: changes are made on copies, wishes gathered in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from channels.call_center.acd.effects import Effect, StopRinging
from channels.call_center.acd.model import Acd, Agent, AgentState, Queue, Talk, Waiter

FREE_TO_CHOOSE = (AgentState.AVAILABLE, AgentState.AWAY)
SHORTEST_TALK_S = 10
LEARNS = 0.1
"""How much one talk counts against all before it."""


class Floor:
    """Small steps that keep the promises of `Acd`: a call is in one place, an agent has at most one call."""

    def __init__(self, acd: Acd, now: datetime) -> None:
        self.acd = acd
        self.now = now
        self.agents = dict(acd.agents)
        self.waiting = dict(acd.waiting)
        self.talks = dict(acd.talks)
        self.usual_s, self.settled = dict(acd.usual_s), dict(acd.settled)
        self.effects: list[Effect] = []

    def finished(self) -> tuple[Acd, tuple[Effect, ...]]:
        """The new state and what it wants done."""
        acd = replace(
            self.acd,
            agents=self.agents,
            waiting=self.waiting,
            talks=self.talks,
            usual_s=self.usual_s,
            settled=self.settled,
        )
        return acd, tuple(self.effects)

    def want(self, effect: Effect) -> None:
        """Add a wish."""
        self.effects.append(effect)

    def queue(self, name: str) -> Queue:
        """A queue by its name."""
        return self.acd.queues[name]

    def later(self, seconds: float) -> datetime:
        """The instant so many seconds from now."""
        return self.now + timedelta(seconds=seconds)

    # Agents

    def put_agent(self, agent: Agent, state: AgentState, **changes: Any) -> Agent:
        """An agent's new state, from now on; the end of what they did before is forgotten."""
        fresh = {"since": self.now, "until": None, "call": "", **changes}
        self.agents[agent.id] = replace(agent, state=state, **fresh)
        return self.agents[agent.id]

    def rest(self, agent: Agent) -> None:
        """An agent who has nothing in hand becomes what they chose last. A call that only rang costs no place."""
        idle_since = agent.idle_since if agent.state is AgentState.RESERVED else self.now
        if agent.wanted is AgentState.AVAILABLE:
            self.put_agent(agent, AgentState.AVAILABLE, idle_since=idle_since, why="")
        else:
            self.put_agent(agent, AgentState.AWAY)

    def choose(self, agent: Agent, wanted: AgentState, why: str) -> None:
        """What an agent wants to be; at once where they have nothing in hand."""
        agent = replace(agent, wanted=wanted, why=why)
        self.agents[agent.id] = agent
        if agent.state in FREE_TO_CHOOSE and agent.state is not wanted:
            self.rest(agent)

    # Callers

    def put_waiter(self, waiter: Waiter, **changes: Any) -> Waiter:
        """A caller's new waiting."""
        self.waiting[waiter.call] = replace(waiter, **changes)
        return self.waiting[waiter.call]

    def stop_ringing(self, waiter: Waiter, why: str) -> Waiter:
        """Nobody's telephone rings for the caller any more, and the agent for whom it rang is free again."""
        agent = self.agents.get(waiter.ringing)
        if agent is not None and agent.call == waiter.call:
            self.want(StopRinging(agent.id, waiter.call, why))
            self.rest(agent)
        return self.put_waiter(waiter, ringing="")

    def drop(self, call: str, why: str) -> Waiter | None:
        """Take a caller out of the queue; None if they were not in it."""
        waiter = self.waiting.get(call)
        if waiter is None:
            return None
        self.stop_ringing(waiter, why)
        return self.waiting.pop(call)

    def decline(self, call: str) -> None:
        """The agent for whom it rings does not take it, and is left alone with it for a while."""
        agent = self.waiting[call].ringing
        self.leave_alone(self.stop_ringing(self.waiting[call], "declined"), agent)

    def leave_alone(self, waiter: Waiter, agent: str) -> None:
        """Not this agent, for a while; a question to one colleague is over with that."""
        if waiter.kind == "colleague":
            del self.waiting[waiter.call]
        else:
            self.put_waiter(waiter, ringing="", declined={**waiter.declined, agent: self.now})

    # Talks

    def talk_of(self, agent: str) -> Talk | None:
        """The call that an agent has."""
        return next((talk for talk in self.talks.values() if talk.agent == agent), None)

    def begin_talk(self, call: str, agent: str, queue: str, **more: Any) -> Talk:
        """An agent has a call from now on. `more`: of `Talk`."""
        self.put_agent(self.agents[agent], AgentState.TALKING, call=call)
        self.talks[call] = Talk(call, agent, queue, since=self.now, **more)
        return self.talks[call]

    def end_talk(self, call: str) -> Talk | None:
        """A conversation is over: its agent writes up, its supervisors are gone. None if there was none."""
        talk = self.talks.pop(call, None)
        if talk is not None:
            self.write_up(talk)
        return talk

    def write_up(self, talk: Talk) -> None:
        """Time for notes; then the agent becomes what they chose."""
        agent = self.agents.get(talk.agent)
        if agent is not None and agent.call == talk.call:
            self.put_agent(agent, AgentState.WRAP_UP, until=self.later(self.queue(talk.queue).wrap_up_s))

    def learn(self, talk: Talk) -> None:
        """The usual length of a talk follows what is observed, slowly; wrong numbers teach nothing."""
        queue, lasted = self.queue(talk.queue), (self.now - talk.since).total_seconds()
        if lasted >= SHORTEST_TALK_S and not talk.consult:
            usual = self.acd.usual_of(queue)
            self.usual_s[queue.name] = usual + LEARNS * (lasted - usual)
