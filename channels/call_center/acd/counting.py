"""Reconciliation: what is remembered and not there is put right, and told."""

from __future__ import annotations

from channels.call_center.acd import callbacks
from channels.call_center.acd import happenings as h
from channels.call_center.acd.dealing import deal
from channels.call_center.acd.effects import Repaired
from channels.call_center.acd.floor import Floor
from channels.call_center.acd.model import AgentState


@deal.register
def _counted(real: h.Counted, floor: Floor) -> None:
    """Nobody rings for a caller who has gone, nobody is kept for an agent who has; callbacks need no line."""
    for waiter in list(floor.waiting.values()):
        if waiter.kind != "callback" and waiter.call not in real.calls:
            floor.want(Repaired("call", waiter.call, "waited without a line"))
            floor.drop(waiter.call, "gave_up")
    for call in [call for call in floor.talks if call not in real.calls]:
        floor.want(Repaired("call", call, "talked without a line"))
        talk = floor.end_talk(call)
        if talk is not None:
            callbacks.settle(floor, talk)
    for agent in list(floor.agents):
        if agent not in real.agents:
            _missing(floor, agent)
        elif agent not in real.heard:
            _deaf(floor, agent)


def _missing(floor: Floor, agent: str) -> None:
    """Their page has gone, and nobody said so."""
    talk = floor.talk_of(agent)
    if talk is not None and talk.lost_at is not None:
        return
    floor.want(Repaired("agent", agent, floor.agents[agent].state.value))
    deal(h.Vanished(agent) if talk else h.SignedOut(agent), floor)


def _deaf(floor: Floor, agent: str) -> None:
    """Their sound has gone, and nobody said so: no caller is given to, or left with, somebody who hears nothing."""
    known, talk = floor.agents[agent], floor.talk_of(agent)
    if talk is not None and talk.lost_at is not None:
        return
    if talk is not None or known.state in (AgentState.AVAILABLE, AgentState.RESERVED):
        floor.want(Repaired("agent", agent, f"{known.state.value} without sound"))
        deal(h.Vanished(agent), floor)
