"""What agents do beside their talks: they come, choose, vanish, and go."""

from __future__ import annotations

from dataclasses import replace

from channels.call_center.acd import happenings as h
from channels.call_center.acd.dealing import deal
from channels.call_center.acd.effects import Comfort, Connect
from channels.call_center.acd.floor import Floor
from channels.call_center.acd.model import Agent, AgentState

VANISHED = "vanished"


@deal.register
def _signed_in(here: h.SignedIn, floor: Floor) -> None:
    known = floor.agents.get(here.agent) or Agent(here.agent, here.queues, here.skills, floor.now, floor.now)
    floor.agents[here.agent] = replace(known, queues=here.queues, skills=here.skills)


@deal.register
def _signed_out(gone: h.SignedOut, floor: Floor) -> None:
    agent = floor.agents.get(gone.agent)
    if agent is None:
        return
    if agent.state is AgentState.RESERVED:
        floor.stop_ringing(floor.waiting[agent.call], "signed_out")
    if agent.state is AgentState.TALKING:
        floor.choose(agent, AgentState.AWAY, "signed_out")
    else:
        del floor.agents[agent.id]


@deal.register
def _chose(choice: h.Chose, floor: Floor) -> None:
    agent = floor.agents.get(choice.agent)
    if agent is None:
        return
    if agent.state is AgentState.RESERVED and not choice.available:
        floor.decline(agent.call)
    wanted = AgentState.AVAILABLE if choice.available else AgentState.AWAY
    floor.choose(floor.agents[agent.id], wanted, choice.why)


@deal.register
def _wrapped_up(done: h.WrappedUp, floor: Floor) -> None:
    agent = floor.agents.get(done.agent)
    if agent is not None and agent.state is AgentState.WRAP_UP:
        floor.rest(agent)


@deal.register
def _vanished(gone: h.Vanished, floor: Floor) -> None:
    """A ringing call goes on to the next; a caller in mid-sentence hears music until the page is back."""
    agent, talk = floor.agents.get(gone.agent), floor.talk_of(gone.agent)
    if agent is None:
        return
    if talk is not None:
        floor.talks[talk.call] = replace(talk, lost_at=talk.lost_at or floor.now)
        floor.want(Comfort(talk.call))
        return
    if agent.state is AgentState.RESERVED:
        floor.decline(agent.call)
    if agent.wanted is AgentState.AVAILABLE:
        floor.choose(floor.agents[agent.id], AgentState.AWAY, VANISHED)


@deal.register
def _came_back(back: h.CameBack, floor: Floor) -> None:
    """A page that was loaded again goes on where it was."""
    agent, talk = floor.agents.get(back.agent), floor.talk_of(back.agent)
    if talk is not None and talk.lost_at is not None:
        floor.talks[talk.call] = replace(talk, lost_at=None)
        floor.want(Connect(back.agent, talk.call, talk.since))
    if agent is not None and agent.why == VANISHED:
        floor.choose(agent, AgentState.AVAILABLE, "")
